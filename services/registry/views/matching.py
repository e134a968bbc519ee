"""Read-only queries about records that may be of one child.

Belongs here: what is looked for and found, wherever it is. Not here: which of it the person may see (api/matching).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, cast, func, select
from sqlalchemy.dialects.postgresql import REAL
from sqlalchemy.orm import Session

from services.registry import domain as children_domain
from services.registry.domain import Status, matching_names
from services.registry.domain.matching import PairDecision
from services.registry.domain.matching_keys import Likeness
from services.registry.store import children as children_store
from services.registry.store.matching import Matches
from services.registry.store.matching_pairs import judged
from services.registry.store.matching_tables import match_pair
from services.registry.views import reach
from services.registry.views.children import REFERENCE
from services.registry.views.guarding_glass import HIDDEN
from shared import clock, protection, queries, row_security
from shared.countries import Pack
from shared.ids import short_reference
from shared.reach import Reach

__all__ = ["asked", "judged", "pair", "pairs", "referred", "whereabouts"]

OPEN = (PairDecision.PROPOSED, PairDecision.UNSURE)
"""What waits for somebody's decision."""


def asked(
    matches: Matches,
    pack: Pack,
    identity: children_domain.Identity,
    *,
    mother: tuple[children_domain.Name, ...] = (),
    father: tuple[children_domain.Name, ...] = (),
    siblings: frozenset[UUID] = frozenset(),
) -> Likeness:
    """What is looked for, as it is compared."""
    return replace(
        matches.likeness(identity),
        mother=matching_names.read(mother, pack.languages),
        father=matching_names.read(father, pack.languages),
        siblings=siblings,
    )


def whereabouts(session: Session, account: str, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Reference and area of records wherever they are, but of those that are hidden or that an account is kept from."""
    asked = set(ids)
    if not asked:
        return {}
    with row_security.seeing_all(session):
        rows = reach.standing(session, account, asked, clock.now())
    return {
        id_: {"reference": short_reference(REFERENCE, row["number"]), "area": row["area"], "id": id_}
        for id_, row in rows.items()
        if id_ in asked and row["status"] not in HIDDEN and not row["blocked"]
    }


def referred(session: Session, number: int) -> UUID | None:
    """The record that a short reference means, or the one that it was merged into, wherever it is."""
    child = children_store.child.c
    with row_security.seeing_all(session):
        return session.scalar(select(func.coalesce(child.merged_into, child.id)).where(child.number == number))


def pairs(
    session: Session,
    reach: Reach,
    *,
    after: tuple[int, UUID] | None,
    limit: int,
    **wanted: str | None,
) -> list[dict[str, Any]]:
    """Pairs both of whose records are within reach, the likeliest first: those open, or those with the decision wanted.

    Open ones of which a record is no more, or stands under another one, are left out: nothing is to be decided there.
    """
    pair, first, second = match_pair.c, children_store.child.alias("first"), children_store.child.alias("second")
    shown = [column for column in pair if column.name != "sealed"]
    query: Select[Any] = (
        select(*shown, *_place(first, "child"), *_place(second, "other"))
        .join(first, first.c.id == pair.child)
        .join(second, second.c.id == pair.other)
        .where(reach.over(first.c.area), reach.over(second.c.area))
    )
    if wanted["decision"] is None:
        standing = (Status.ACTIVE, Status.DECEASED)
        query = query.where(pair.decision.in_(OPEN), first.c.status.in_(standing), second.c.status.in_(standing))
    for name, value in wanted.items():
        if value is not None:
            query = query.where(pair[name] == value)
    if after is not None:
        score = cast(after[0] / 10, REAL)
        query = query.where((pair.score < score) | ((pair.score == score) & (pair.id > after[1])))
    return [_paired(row) for row in queries.rows(session, query.order_by(pair.score.desc(), pair.id).limit(limit))]


def pair(session: Session, id_: UUID) -> dict[str, Any] | None:
    """One pair, with the words of who decided; None where there is none."""
    rows = queries.rows(session, select(match_pair).where(match_pair.c.id == id_))
    found = protection.opened(session, match_pair, rows)
    return {"because": ""} | found[0] if found else None


def _place(record: Any, name: str) -> tuple[Any, ...]:
    return record.c.number.label(f"{name}_number"), record.c.area.label(f"{name}_area")


def _paired(row: dict[str, Any]) -> dict[str, Any]:
    records = [
        {"id": row[name], "reference": short_reference(REFERENCE, row[f"{name}_number"]), "area": row[f"{name}_area"]}
        for name in ("child", "other")
    ]
    return row | {"records": records}
