"""Servers for the tests and benchmarks, provisioned on the spot and gone afterwards.

    with rabbitmq_node() as node: node.new_vhost()
    with postgresql_server("wheel") as server: server.new_database()

Lazy: importing it starts and installs nothing. Not here: fixtures (tests/conftest.py), anything used in production.
"""

from shared.testing.missing import ServerMissing
from shared.testing.postgresql import postgresql_server
from shared.testing.rabbitmq import rabbitmq_node

__all__ = ["ServerMissing", "postgresql_server", "rabbitmq_node"]
