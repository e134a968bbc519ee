#!/bin/bash
# Stands in for the entrypoints of the images that docker-compose.yml names, for what it uses of them: POSTGRES_USER,
# POSTGRES_PASSWORD_FILE, POSTGRES_DB and /docker-entrypoint-initdb.d; RabbitMQ's configuration in conf.d.
set -Eeuo pipefail
case "$1" in
postgres)
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        initdb -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust \
            -D "$PGDATA" ${POSTGRES_INITDB_ARGS:-} >/dev/null
        echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
        pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
        [ "$POSTGRES_DB" = postgres ] || createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
        for file in /docker-entrypoint-initdb.d/*.sh; do . "$file"; done
        pg_ctl -D "$PGDATA" -m fast -w stop
    fi
    exec "$@" -c listen_addresses='*'
    ;;
rabbitmq-server)
    exec /usr/lib/rabbitmq/bin/rabbitmq-server
    ;;
*)
    exec "$@"
    ;;
esac
