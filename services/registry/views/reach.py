"""What decides whether someone may see a child: where it is, in what state, with whom, who is kin to it.

One statement, however many children and whatever it finds: an answer of "absent" costs what every other refusal costs.
Not here: the decision itself (api/reaching).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import children as store
from shared import queries


def standing(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """id, version, status, area and merged_into of those children that there are."""
    child = store.child.c
    query = select(child.id, child.version, child.status, child.area, child.merged_into).where(child.id.in_(set(ids)))
    return {row["id"]: row for row in queries.rows(session, query)}
