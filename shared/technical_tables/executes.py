"""What making the tables needs of Alembic."""

from typing import Protocol


class Executes(Protocol):
    """The one thing needed of Alembic's `op`."""

    def execute(self, sqltext: str) -> object:
        """Run one SQL statement."""
