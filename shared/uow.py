"""The shape of a unit of work, for handlers to name. Protocols only; imports nothing but typing."""

from typing import Protocol


class UnitOfWork(Protocol):
    """One transaction over one service's database. Handlers use it; whoever opened it commits it, once."""

    def commit(self) -> None:
        """Write rows, events and audit in one commit."""

    def rollback(self) -> None:
        """Forget everything since it was opened."""
