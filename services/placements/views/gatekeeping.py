"""Read-only queries about gatekeeping cases. What was said in them is opened for whoever is shown one case."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from services.placements.domain.gatekeeping_states import FINAL, CaseStatus
from services.placements.store.gatekeeping_cases import HEARD, SEALED, gatekeeping_case
from services.placements.store.tables import whereabouts
from services.placements.views import records
from shared import protection, queries
from shared.reach import Reach

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""When the step of a case is due that has no clock."""
ON_AGENDA = (CaseStatus.OPTIONS_RECORDED, CaseStatus.RECOMMENDED, CaseStatus.ASSESSED, CaseStatus.SCREENED)
"""A panel sees the cases before it, until they are decided."""
SHOWN = [column for column in gatekeeping_case.c if column.name != "sealed"]


def place_of(session: Session, case: UUID) -> tuple[UUID, str]:
    """The child and the area of a case. Raises NotFound, also for a child whose record is sealed."""
    query = _seen(select(gatekeeping_case.c.child, gatekeeping_case.c.area)).where(gatekeeping_case.c.id == case)
    found = queries.one(session, query, "gatekeeping case")
    return found["child"], found["area"]


def case(session: Session, id_: UUID) -> dict[str, Any]:
    """One case, opened. Raises NotFound."""
    row = queries.one(session, _seen(select(gatekeeping_case)).where(gatekeeping_case.c.id == id_), "gatekeeping case")
    opened = _whole(protection.opened(session, gatekeeping_case, [row])[0])
    return opened | {"about": _about(session, opened["child"])}


def _about(session: Session, child: UUID) -> dict[str, Any]:
    """What a panel judges by of who the child is: how old it is, and its sex; never its name."""
    told = whereabouts.c
    found = queries.rows(session, select(told.born_from, told.born_to, told.sex).where(told.child == child))
    return found[0] if found else {"born_from": None, "born_to": None, "sex": None}


def of_child(session: Session, child: UUID) -> list[dict[str, Any]]:
    """A child's cases, the newest first, those of records merged into its own among them; without what was said."""
    query = _seen(select(*SHOWN)).where(gatekeeping_case.c.child.in_(records.with_merged(session, child)))
    return queries.rows(session, query.order_by(gatekeeping_case.c.id.desc()))


def open_cases(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Cases in which something is still to be done, within reach in `areas` (None: any), what is due first first."""
    own = gatekeeping_case.c
    query = _seen(select(*SHOWN)).where(own.status.not_in(FINAL), reach.over(own.area))
    if areas is not None:
        query = query.where(own.area.in_(areas))
    due = func.coalesce(own.due_at, literal(FAR))
    if after is not None:
        query = query.where(tuple_(due, own.id) > after)
    return queries.rows(session, query.order_by(due, own.id).limit(limit))


def agenda(session: Session, account: str, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The cases on whose panel an account sits, until they are decided."""
    own = gatekeeping_case.c
    query = _seen(select(*SHOWN)).where(_before(account))
    if after is not None:
        query = query.where(own.id > after)
    return queries.rows(session, query.order_by(own.id).limit(limit))


def on_agenda(session: Session, id_: UUID, account: str) -> bool:
    """Whether a case is on the agenda of an account."""
    own = gatekeeping_case.c
    query = select(func.count()).where(own.id == id_, _before(account))
    return session.execute(query).scalar_one() > 0


def not_heard(session: Session, reach: Reach, since: date) -> dict[str, Any]:
    """Of the cases requested since a day: how many children were heard, how many not and why, of how many nothing."""
    own = gatekeeping_case.c
    query = select(own.heard, func.count()).where(own.requested_on >= since, reach.over(own.area)).group_by(own.heard)
    found = {row.heard: row[1] for row in session.execute(query)}
    reasons = [{"reason": reason, "count": found[reason]} for reason in sorted(set(found) - {None, HEARD})]
    return {"since": since, "heard": found.get(HEARD, 0), "nothing_recorded": found.get(None, 0), "not_heard": reasons}


def _before(account: str) -> ColumnElement[bool]:
    """Whether a case is before a panel on which an account sits: its own, or that of the case it was joined with."""
    own, leading = gatekeeping_case.c, gatekeeping_case.alias("leading").c
    heard_there = exists().where(leading.id == own.joined_into, _sits(leading, account))
    return or_(_sits(own, account), and_(own.status == CaseStatus.JOINED, heard_there))


def _sits(of: Any, account: str) -> ColumnElement[bool]:
    named = of.panel_accounts.bool_op("@>")(literal([account], ARRAY(Text)))
    return and_(named, of.status.in_(ON_AGENDA))


def _seen(query: Select[Any]) -> Select[Any]:
    return query.where(~records.sealed(gatekeeping_case.c.child))


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: msgspec.convert(row[name], kind) for name, kind in SEALED.items()}
