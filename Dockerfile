# One image for every service of a deployment; `kinward serve ...` chooses which. With the extra for telemetry, off unless
# it is asked for. --build-arg COMMIT=$(git rev-parse HEAD): `kinward --version` says it, for there is no git in the image.
FROM python:3.11.14-slim-bookworm AS build
COPY requirements-image.lock /src/
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /src/requirements-image.lock

FROM node:22.22.2-bookworm-slim AS assets
WORKDIR /assets
COPY services/portal/assets/package.json services/portal/assets/package-lock.json services/portal/assets/.npmrc /assets/
RUN npm ci --omit=dev

FROM python:3.11.14-slim-bookworm
# pango and fonts for printing; pg_dump and pg_restore of the server's own major version for backups
RUN apt-get update && apt-get install -y --no-install-recommends \
        libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 kinward && useradd --system --uid 10001 --gid kinward --home-dir /nonexistent --shell /usr/sbin/nologin kinward
COPY --from=build /opt/venv /opt/venv
COPY services /opt/kinward/services
COPY shared /opt/kinward/shared
COPY countries /opt/kinward/countries
COPY LICENSE NOTICE /opt/kinward/
COPY deploy/compose/healthy /usr/local/bin/healthy
COPY --from=assets /assets/node_modules /tmp/node_modules
RUN printf '#!/bin/sh\nexec /opt/venv/bin/python -m services "$@"\n' > /usr/local/bin/kinward && chmod 755 /usr/local/bin/kinward \
    && install -d -o kinward -g kinward -m 700 /var/lib/kinward
# Compiled here, once: a container cannot write, and would compile everything anew at each command.
RUN PYTHONPATH=/opt/kinward kinward portal assets /tmp/node_modules && rm -rf /tmp/node_modules \
    && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/kinward
ARG COMMIT=""
LABEL org.opencontainers.image.revision=$COMMIT
RUN [ -z "$COMMIT" ] || { echo "$COMMIT" | grep -Ex '[0-9a-f]{40}' > /opt/kinward/shared/commit.txt; }
ENV PYTHONPATH=/opt/kinward PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 KINWARD_HOME=/var/lib/kinward
WORKDIR /opt/kinward
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["kinward"]
CMD ["serve", "all"]
