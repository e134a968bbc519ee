# One image for every service of a deployment; `kinward serve ...` chooses which.
FROM python:3.11-slim AS build
COPY requirements.lock /src/
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /src/requirements.lock

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin kinward
COPY --from=build /opt/venv /opt/venv
COPY services /opt/kinward/services
COPY shared /opt/kinward/shared
COPY countries /opt/kinward/countries
RUN printf '#!/bin/sh\nexec /opt/venv/bin/python -m services "$@"\n' > /usr/local/bin/kinward && chmod 755 /usr/local/bin/kinward \
    && install -d -o kinward -g kinward -m 700 /var/lib/kinward
ENV PYTHONPATH=/opt/kinward PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 KINWARD_HOME=/var/lib/kinward
WORKDIR /opt/kinward
USER kinward
EXPOSE 8080
ENTRYPOINT ["kinward"]
CMD ["serve", "all"]
