"""Read-only queries about carer families."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.placements.store.families import FamilyDescription, carer_family
from services.placements.store.tables import provider
from shared import queries
from shared.reach import Reach


def family(session: Session, id_: UUID) -> dict[str, Any]:
    """One family, with how many children live and are expected there. Raises NotFound."""
    return queries.one(session, _families().where(carer_family.c.id == id_), "family")


def listed(
    session: Session, reach: Reach, areas: Collection[str] | None, state: str | None, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Families within reach, in `areas` (None: any), in a state (None: any), in order of id."""
    row = carer_family.c
    query = _families().where(reach.over(row.area, row.id))
    if areas is not None:
        query = query.where(row.area.in_(areas))
    if state is not None:
        query = query.where(row.state == state)
    if after is not None:
        query = query.where(row.id > after)
    return queries.rows(session, query.order_by(row.id).limit(limit))


def description(session: Session, id_: UUID) -> dict[str, str]:
    """What a family says of itself; empty words where it says nothing."""
    found = session.get(FamilyDescription, id_)
    return {"religion": found.religion, "ethnicity": found.ethnicity} if found else {"religion": "", "ethnicity": ""}


def _families() -> Select[Any]:
    joined = carer_family.join(provider, provider.c.id == carer_family.c.id)
    return select(carer_family, provider.c.living, provider.c.expected).select_from(joined)
