#!/bin/bash
# Run once by the image's entrypoint, on the first start of an empty server: an account and a database for each service
# that owns one, with the password of its file, and the two roles that services take: to read under row security, and
# to erase from the event log.
set -Eeuo pipefail

psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d postgres \
    -c "create role kinward_app nologin" -c "create role kinward_eraser nologin"
for account in registry placements social_work reporting portal hub_reporting hub_portal; do
    # The password comes by standard input: a command line can be seen by other processes.
    {
        printf '\\set password %s\n' "$(<"/run/secrets/${account}_password")"
        cat <<'SQL'
create role :"account" login password :'password';
grant kinward_app, kinward_eraser to :"account";
create database :"account" owner :"account";
revoke all on database :"account" from public;
SQL
    } | psql -v ON_ERROR_STOP=1 -q -v account="$account" -U "$POSTGRES_USER" -d postgres
done
