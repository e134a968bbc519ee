"""What registry told of a child's kin, for the options. Not here: the search for room (views.vacancies)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Table, Text, Uuid, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.placements.store.tables import metadata

kin = Table(
    "kin",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("person", Uuid, primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("area", Text),
    Column("deceased", Boolean, nullable=False),
)


class Kin:
    """Who is what to a child, by ids of registry's persons."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stands(self, child: UUID, person: UUID, relation: str, facts: Mapping[str, Any]) -> None:
        """A person is this to a child; `facts`: the area where the person lives, and whether dead."""
        row = {"child": child, "person": person, "relation": relation, **facts}
        self._session.execute(insert(kin).values(row).on_conflict_do_update(constraint=kin.primary_key, set_=facts))

    def gone(self, child: UUID, person: UUID, relation: str) -> None:
        """The person is that no longer, or never was."""
        mine = (kin.c.child == child) & (kin.c.person == person) & (kin.c.relation == relation)
        self._session.execute(delete(kin).where(mine))

    def changed(self, person: UUID, facts: Mapping[str, Any]) -> None:
        """Something else is known of a person."""
        self._session.execute(update(kin).where(kin.c.person == person).values(**facts))

    def withheld(self, person: UUID) -> None:
        """The person wished not to be named."""
        self._session.execute(delete(kin).where(kin.c.person == person))


class Collections:
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def kin(self) -> Kin:
        """What registry told of kin."""
        return Kin(self.session)
