"""A whole deployment: seconds until every process is ready, and the memory that it holds when idle.

As operators run it: four processes (`kinward serve SERVICE`, API and worker) over RabbitMQ and PostgreSQL 15; and as a
laptop runs it: one process with everything bundled (`kinward serve all --embedded`), for the first time and again.
Against a limit measured in the same run: four processes that import the same libraries and do nothing. Memory is the
proportional set size in MiB. Last line JSON: start_s, limit_start_s, ratio, memory_mib, limit_memory_mib,
postgresql_mib, rabbitmq_mib, embedded_first_start_s, embedded_start_s, embedded_memory_mib (with its PostgreSQL),
spread.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import processes
from benchmarks.servers import Servers, durable_servers
from shared.config import SERVICES
from tests.e2e import running

ROUNDS = 3
IDLE = 3.0
"""Seconds after the start until memory is read."""

LIBRARIES = (
    "import eventlet; eventlet.monkey_patch(psycopg=False); import nameko.runners, nameko.web.server, kombu, amqp,"
    " flask, flask_smorest, marshmallow, sqlalchemy.orm, psycopg2, alembic.config, joserfc.jwt, cryptography.fernet,"
    " prometheus_client, typer, rich.console, msgspec; print('ready', flush=True); import time; time.sleep(600)"
)


def main() -> None:
    """Measure three starts of each."""
    with durable_servers() as servers, _separate(servers) as separate:
        starts, limits = [], []
        for number in range(ROUNDS):
            limit_start, limit_memory = _limit()
            start, memory = _started(separate, [(service,) for service in SERVICES])
            starts.append(start)
            limits.append(limit_start)
            print(
                f"round {number + 1}: ready after {start:.1f} s with {memory} MiB, libraries alone {limit_start:.1f} s"
            )
        answer = {
            "start_s": round(statistics.median(starts), 1),
            "limit_start_s": round(statistics.median(limits), 1),
            "ratio": round(statistics.median(starts) / statistics.median(limits), 2),
            "memory_mib": memory,
            "limit_memory_mib": limit_memory,
            "postgresql_mib": processes.weight([servers.postmaster]),
            "rabbitmq_mib": processes.weight([servers.node]),
        }
    answer |= _embedded() | {"spread": round((max(starts) - min(starts)) / statistics.median(starts), 2)}
    print(json.dumps(answer))


@contextmanager
def _separate(servers: Servers) -> Iterator[running.Deployment]:
    """A migrated deployment over the servers, of which nothing runs."""
    databases = {f"{service.upper()}_DATABASE_URL": servers.postgresql.new_database() for service in SERVICES}
    uri = servers.rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, "kz", AMQP_URI=uri, **databases) as deployment:
        deployment.kinward("migrate")
        deployment.kinward("keys", "init")
        yield deployment


def _started(deployment: running.Deployment, commands: list[tuple[str, ...]]) -> tuple[float, int]:
    """Start processes at the same time: seconds until all are ready, and their memory. They are stopped again."""
    begin = time.perf_counter()
    serving = [deployment.start(*command, port=running.free_port()) for command in commands]
    for each in serving:
        running.await_ready(each)
    taken = time.perf_counter() - begin
    time.sleep(IDLE)
    bundled = [deployment.postmaster().pid] if commands == [("all", "--embedded")] else []
    memory = processes.weight([*(each.pid for each in serving), *bundled])
    for each in serving:
        each.stop()
    return taken, memory


def _embedded() -> dict[str, float]:
    with running.home() as home, running.deployment(home, "kz") as deployment:
        first, _ = _started(deployment, [("all", "--embedded")])
        again = [_started(deployment, [("all", "--embedded")]) for _ in range(ROUNDS)]
    return {
        "embedded_first_start_s": round(first, 1),
        "embedded_start_s": round(statistics.median(start for start, _ in again), 1),
        "embedded_memory_mib": again[-1][1],
    }


def _limit() -> tuple[float, int]:
    """As many processes that only import: seconds until all have, and their memory."""
    begin = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", LIBRARIES]
    # Each in a session of its own, as those of the deployment are: Linux shares a busy machine out by session.
    idle = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) for _ in SERVICES]
    try:
        for each in idle:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        return time.perf_counter() - begin, processes.weight(each.pid for each in idle)
    finally:
        for each in idle:
            each.kill()
            each.wait()


if __name__ == "__main__":
    main()
