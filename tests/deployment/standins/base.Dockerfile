# Debian's own packages of what the compose file's images hold, in the places and under the accounts of those images.
FROM standin-debian
COPY ca.crt /etc/ssl/certs/ca-certificates.crt
COPY entrypoint.sh /usr/local/bin/standin-entrypoint
RUN rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED \
    && for name in python python3 python3.11; do ln -s /usr/bin/python3.11 "/usr/local/bin/$name"; done \
    && mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql/data /var/run/postgresql /prometheus \
    && chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql \
    && chmod 3777 /var/run/postgresql && chown nobody /prometheus \
    && rabbitmq-plugins enable --offline rabbitmq_management rabbitmq_prometheus \
    && rm -f /var/lib/rabbitmq/.erlang.cookie && chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq /var/log/rabbitmq \
    && useradd --system nginx && ln -s /usr/lib/rabbitmq/bin/rabbitmq-diagnostics /usr/local/bin/ || true
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data RABBITMQ_LOGS=- LANG=C.UTF-8 \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
