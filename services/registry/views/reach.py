"""What decides whether someone may see a child: where it is, in what state, with which provider, whose kin it is.

One statement, however many children and whatever it finds: an answer of "absent" costs what every other refusal costs.
Not here: the decision itself (api/reaching).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import care, children
from services.registry.views import guarding
from shared import queries


def standing(session: Session, account: str, ids: Iterable[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    """What is known of those children that there are, and of the records that they were merged into.

    id, version, status, area, provider, merged_into; whether `account` is kept from the child whatever its roles grant
    (blocked), and the glass by which the child is open to it at an instant.
    """
    child, status = children.child.c, care.care_status.c
    asked = set(ids)
    merged = select(child.merged_into).where(child.id.in_(asked), child.merged_into.is_not(None)).scalar_subquery()
    query = (
        select(
            child.id,
            child.version,
            child.status,
            child.area,
            child.merged_into,
            status.provider,
            guarding.is_blocked(account, child.id).label("blocked"),
            guarding.glass_of(account, child.id, at).label("glass"),
        )
        .outerjoin_from(children.child, care.care_status, status.child == child.id)
        .where(child.id.in_(asked) | child.id.in_(merged))
    )
    return {row["id"]: row for row in queries.rows(session, query)}
