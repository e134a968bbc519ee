"""The servers that benchmarks run on: one private RabbitMQ and one private PostgreSQL 15, durable as in production.

Not here: what is measured on them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from shared.testing.postgresql import DatabaseServer, postgresql_server
from shared.testing.rabbitmq import Broker, rabbitmq_node

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Servers:
    """One of each, for everybody who is measured in this run."""

    postgresql: DatabaseServer
    rabbitmq: Broker


@contextmanager
def durable_servers() -> Iterator[Servers]:
    """Run both for the length of the block. Raises ServerMissing where one cannot be had."""
    with postgresql_server("debian", DURABLE) as postgresql, rabbitmq_node() as rabbitmq:
        require_durable(postgresql.new_database())
        yield Servers(postgresql, rabbitmq)


def require_durable(url: str) -> None:
    """Refuse to measure a server that does not wait for its disk."""
    with psycopg2.connect(dsn(url)) as connection, connection.cursor() as cursor:
        for setting in DURABLE:
            cursor.execute(f"show {setting}")
            if cursor.fetchone() != ("on",):
                raise SystemExit(f"{setting} is off")
    connection.close()


def dsn(url: str) -> str:
    """A SQLAlchemy URL as libpq takes it."""
    return url.replace("postgresql+psycopg2://", "postgresql://")
