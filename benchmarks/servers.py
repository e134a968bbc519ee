"""The servers that benchmarks run on: one private RabbitMQ and one private PostgreSQL 15, durable as in production.

Not here: what is measured on them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from benchmarks import processes
from shared.testing.postgresql import DatabaseServer, postgresql_server
from shared.testing.rabbitmq import Broker, rabbitmq_node

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Servers:
    """One of each, for everybody who is measured in this run."""

    postgresql: DatabaseServer
    rabbitmq: Broker
    postmaster: int
    """PostgreSQL's first process."""

    @property
    def node(self) -> int:
        """RabbitMQ's first process. Raises SystemExit for a node that somebody else runs."""
        if self.rabbitmq.folder is None:
            raise SystemExit("the node is not ours: unset KINWARD_TEST_AMQP_URI")
        return int((self.rabbitmq.folder / "node.group").read_text(encoding="ascii"))


@contextmanager
def durable_servers() -> Iterator[Servers]:
    """Run both for the length of the block. Raises ServerMissing where one cannot be had."""
    with postgresql_server("debian", DURABLE) as postgresql, rabbitmq_node() as rabbitmq:
        yield Servers(postgresql, rabbitmq, _postmaster(postgresql.new_database()))


def _postmaster(url: str) -> int:
    """The server's first process; refuses to measure a server that does not wait for its disk."""
    with psycopg2.connect(dsn(url)) as connection, connection.cursor() as cursor:
        for setting in DURABLE:
            cursor.execute(f"show {setting}")
            if cursor.fetchone() != ("on",):
                raise SystemExit(f"{setting} is off")
        found = processes.parent(connection.info.backend_pid)
    connection.close()
    return found


def dsn(url: str) -> str:
    """A SQLAlchemy URL as libpq takes it."""
    return url.replace("postgresql+psycopg2://", "postgresql://")
