"""What hangs on a child, found by its own id for the lock of the child; records of a child, locked together.

Not here: the tables (each record's own module), lists for people (views).
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Table, inspect, select
from sqlalchemy.orm import Session

from services.placements.store import sealing
from shared.errors import NotFound
from shared.repository import Repository

Thing = TypeVar("Thing")


def child_of(session: Session, table: Table, id_: UUID, what: str) -> UUID:
    """The child that a row is about; nothing is locked. Raises NotFound, naming `what` it would be."""
    child: UUID | None = session.scalar(select(table.c.child).where(table.c.id == id_))
    if child is None:
        raise NotFound(f"No {what} with this id.", field=what.replace(" ", "_"))
    return child


class OfChildren(Repository[Thing]):
    """Records of which a child may have several, sealed under its key; `what` one is called where none is found."""

    what: str

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._of: dict[UUID, list[Thing]] = {}

    def add(self, thing: Thing) -> None:
        """Take in a new one; its child has a key from now on."""
        child = self._child(thing)
        sealing.provide(self._session, child)
        super().add(thing)
        self._of.pop(child, None)

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""
        return child_of(self._session, self._table, id_, self.what)

    def expect_of(self, children: Iterable[UUID]) -> None:
        """Load and lock those of many children at once."""
        wanted, own = list(children), self._table.c
        query = select(self.kind).where(own.child.in_(wanted)).order_by(own.child, own.id)
        self._of |= {child: [] for child in wanted}
        for each in self._session.scalars(query.with_for_update()):
            self._of[self._child(each)].append(each)

    def of(self, child: UUID) -> Sequence[Thing]:
        """Those of a child, locked, the oldest first."""
        if child not in self._of:
            self._session.flush()
            self.expect_of([child])
        return self._of[child]

    @property
    def _table(self) -> Table:
        table = inspect(self.kind).local_table
        assert isinstance(table, Table)
        return table

    @staticmethod
    def _child(thing: Thing) -> UUID:
        child: UUID = thing.child  # type: ignore[attr-defined]
        return child
