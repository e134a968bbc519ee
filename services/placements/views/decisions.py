"""Read-only queries about decisions on children in care, appeals, notices and removals."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from services.placements.domain import State
from services.placements.domain.decision import Decision
from services.placements.domain.decisions_notices import OPEN
from services.placements.store import alarms, decisions, tables
from services.placements.views import records
from shared import queries
from shared.countries import Pack
from shared.reach import Reach

TABLE = "decision_table"


def of_child(session: Session, child: UUID, pack: Pack) -> dict[str, Any]:
    """All that was decided about a child, the oldest first. Raises NotFound for a child never named, or sealed."""
    known = records.known(session, child)

    def rows(table: Any) -> list[dict[str, Any]]:
        return queries.rows(session, select(table).where(table.c.child == child).order_by(table.c.id))

    found = rows(decisions.decision)
    for each in found:
        each["to_be_confirmed"] = unknown(pack, each["act"], each["situation"], each["made_on"], each["area"])
    stay = tables.placement.c
    active = select(stay.area).where(stay.child == child, stay.state == State.ACTIVE)
    return known | {
        "lives_in": session.scalars(active).all(),
        "decisions": found,
        "appeals": rows(decisions.appeal),
        "notices": rows(decisions.notice),
        "emergencies": rows(decisions.emergency),
    }


def unknown(pack: Pack, act: str, situation: str, on: date, area: str) -> Sequence[str]:
    """What the decision table does not know of an act, as pages say it."""
    lines = [each for each in pack.table(TABLE, on, area) if each["act"] == act]
    named = [each for each in lines if situation in each.get("situations", ())]
    general = [each for each in lines if not each.get("situations")]
    return sorted(next(iter((*named, *general)), {}).get("unknown", ()))


def open_notices(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Who is still to be told, the most urgent first; within reach, in `areas` (None: any)."""
    own = decisions.notice.c
    query = select(decisions.notice).where(own.status.in_(OPEN), reach.over(own.area), ~records.sealed(own.child))
    if areas is not None:
        query = query.where(own.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(own.due, own.id) > after)
    return queries.rows(session, query.order_by(own.due, own.id).limit(limit))


def second_signers(session: Session, decision: Decision, permission: str, pack: Pack, on: date) -> dict[str, Any]:
    """Who may sign a decision as the second person: roles, areas from its own upwards, who is on the rota."""
    roles = sorted(name for name, role in pack.roles.items() if permission in role["permissions"])
    areas = pack.areas.ancestors(decision.area, on)
    own = alarms.rota_duty.c
    query = select(own.account).where(
        own.role.in_(roles), or_(own.area.is_(None), own.area.in_(areas)), own.from_ <= on,
        or_(own.to.is_(None), own.to > on), own.account.not_in([decision.decided_by or "", decision.recorded_by]),
    )  # fmt: skip
    return {"roles": roles, "areas": areas, "accounts": sorted(set(session.scalars(query)))}
