"""What making the tables needs of Alembic."""

from typing import Protocol

from sqlalchemy import Connection


class Executes(Protocol):
    """The one thing needed of Alembic's `op`."""

    def execute(self, sqltext: str) -> object:
        """Run one SQL statement."""


class Migrates(Executes, Protocol):
    """Of Alembic's `op`, where rows that are there already have to be read."""

    def get_bind(self) -> Connection:
        """The connection whose transaction the migration is."""
