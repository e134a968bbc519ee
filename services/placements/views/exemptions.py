"""Read-only queries about exemptions from rules: of a child, to see to, and for oversight without any child."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from services.placements.store.exemptions import exemption, exemption_reasoning
from services.placements.views.records import sealed
from shared import protection, queries
from shared.reach import Reach

FOR_OVERSIGHT = (
    "id", "rule", "kind", "state", "reason", "care_form", "area", "conflicts_with", "proposed_on", "signed_on",
    "until", "ended_on", "end_reason",
)  # fmt: skip
After = tuple[date, UUID]


def of_child(session: Session, child: UUID, reach: Reach) -> list[dict[str, Any]]:
    """The exemptions of a child within reach with their reasons in words, the oldest first."""
    own = exemption.c
    query = select(exemption).where(own.child == child, reach.over(own.area, own.provider))
    found = queries.rows(session, query.order_by(own.proposed_on, own.id))
    kept = queries.rows(session, select(exemption_reasoning).where(exemption_reasoning.c.child == child))
    words = {row["id"]: row.get("words", "") for row in protection.opened(session, exemption_reasoning, kept)}
    return [row | {"words": words.get(row["id"], "")} for row in found]


def listed(
    session: Session,
    reach: Reach,
    areas: Collection[str] | None,
    wanted: Mapping[str, str | None],
    after: After | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Exemptions within reach, the oldest first; `wanted`: rule, state, kind (None: any)."""
    own = exemption.c
    query = select(exemption).where(reach.over(own.area, own.provider), ~sealed(own.child))
    return queries.rows(session, _narrowed(query, wanted, areas, after).limit(limit))


def for_oversight(
    session: Session, wanted: Mapping[str, str | None], areas: Collection[str] | None, after: After | None, limit: int
) -> list[dict[str, Any]]:
    """As `listed`, of the whole deployment: which rule was set aside where, why by code and until when; no child."""
    query = select(*(exemption.c[name] for name in FOR_OVERSIGHT)).where(~sealed(exemption.c.child))
    return queries.rows(session, _narrowed(query, wanted, areas, after).limit(limit))


def _narrowed(
    query: Select[Any], wanted: Mapping[str, str | None], areas: Collection[str] | None, after: After | None
) -> Select[Any]:
    own = exemption.c
    for name, value in wanted.items():
        if value is not None:
            query = query.where(own[name] == value)
    if areas is not None:
        query = query.where(own.area.in_(areas))
    if after is not None:
        query = query.where(tuple_(own.proposed_on, own.id) > after)
    return query.order_by(own.proposed_on, own.id)
