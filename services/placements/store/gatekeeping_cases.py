"""Table and mapping of gatekeeping cases; what was said and found is sealed under the child's key."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Date, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, Uuid, select

from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import (
    Assessment,
    Finding,
    Hearing,
    Member,
    Option,
    ParentView,
    Recommendation,
)
from services.placements.domain.gatekeeping_silence import Silence
from services.placements.domain.gatekeeping_states import FINAL, CaseStatus
from services.placements.store.mapping import mapper
from services.placements.store.tables import CodesType, metadata
from shared import protection
from shared.columns import EnumText
from shared.repository import Repository

gatekeeping_case = Table(
    "gatekeeping_case",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("reasons", CodesType, nullable=False),
    Column("help_tried", CodesType, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("status", EnumText(CaseStatus), nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("overdue_told_at", DateTime(timezone=True)),
    Column("assessed_by", Text),
    Column("outcome", Text),
    Column("decision", Uuid),
    Column("comes_back_on", Date),
    Column("joined_into", Uuid),
    Column("ended_on", Date),
    Column("end_reason", Text),
    Column("panel_accounts", CodesType, nullable=False),
    Column("heard", Text),
    Column("silence", EnumText(Silence)),
    Column("sealed", LargeBinary, nullable=False),
)
SEALED: Mapping[str, Any] = {
    "hearings": tuple[Hearing, ...],
    "parents": tuple[ParentView, ...],
    "options": tuple[Option, ...],
    "panel": tuple[Member, ...],
    "assessment": Assessment | None,
    "findings": tuple[Finding, ...],
    "recommendation": Recommendation | None,
    "kin_searched_on": date | None,
    "screening": str,
}
"""What is kept in the sealed document, and of which type."""
HEARD = "heard"

mapper.map_imperatively(
    GatekeepingCase,
    gatekeeping_case,
    version_id_col=gatekeeping_case.c.version,
    version_id_generator=False,
)


def _write(case: GatekeepingCase) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(case, name)) for name in SEALED}


def _read(case: GatekeepingCase, kept: dict[str, Any]) -> None:
    for name, kind in SEALED.items():
        setattr(case, name, msgspec.convert(kept[name], kind))


def _derive(case: GatekeepingCase) -> Mapping[str, Any]:
    """`heard`: that the child was heard, or the code of the reason why not, so that both can be counted."""
    if any(each.heard for each in case.hearings):
        return {"heard": HEARD}
    return {"heard": case.hearings[-1].not_heard_reason if case.hearings else None}


protection.protect(
    GatekeepingCase, gatekeeping_case, subject=lambda case: case.child, write=_write, read=_read, derive=_derive
)


class GatekeepingCases(Repository[GatekeepingCase]):
    """The gatekeeping cases of a deployment."""

    kind = GatekeepingCase

    def open_of(self, child: UUID, kind: str | None = None) -> list[GatekeepingCase]:
        """The open cases of a child (of a kind), locked for change."""
        own = gatekeeping_case.c
        query = select(own.id).where(own.child == child, own.status.not_in(FINAL))
        return self._all(query if kind is None else query.where(own.kind == kind))

    def of_child(self, child: UUID) -> list[GatekeepingCase]:
        """All cases of a child but those whose request was given up, the oldest first, locked for change."""
        own = gatekeeping_case.c
        return self._all(select(own.id).where(own.child == child, own.status != CaseStatus.WITHDRAWN))

    def on_decision(self, decision: UUID) -> list[GatekeepingCase]:
        """The cases that a decision decided, locked for change."""
        return self._all(select(gatekeeping_case.c.id).where(gatekeeping_case.c.decision == decision))

    def overdue(self, at: datetime, limit: int) -> list[UUID]:
        """Children with a case whose step was due by `at` and of which it was not told, the longest overdue first."""
        own = gatekeeping_case.c
        late = select(own.child).where(own.due_at <= at, own.overdue_told_at.is_(None))
        return list(dict.fromkeys(self._session.scalars(late.order_by(own.due_at, own.id).limit(limit))))

    def coming_back(self, today: date, limit: int) -> list[UUID]:
        """Children with a case that needed more until a day that is there."""
        own = gatekeeping_case.c
        due = select(own.child).where(own.comes_back_on <= today, own.status == CaseStatus.DECIDED)
        return list(dict.fromkeys(self._session.scalars(due.order_by(own.comes_back_on, own.id).limit(limit))))

    def _all(self, query: Any) -> list[GatekeepingCase]:
        self._session.flush()
        ids = list(self._session.scalars(query))
        self.expect(ids)
        return [self.get(each) for each in sorted(ids)]
