"""Read-only queries about what registry hears of care and cases elsewhere."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.domain.care import Care
from services.registry.store import care as store


def of(session: Session, child_ids: Iterable[UUID]) -> dict[UUID, Care]:
    """How each of these children is cared for now; of one that nobody has spoken of: not at all."""
    return store.care_of(session, child_ids)


def provider_of(session: Session, child_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """With which provider each of these children is now; None: with none, or nobody has told."""
    return {child: care.provider for child, care in of(session, child_ids).items()}


def shown(session: Session, child_id: UUID) -> dict[str, Any]:
    """How a child is cared for now, as the API shows it."""
    care = of(session, [child_id])[child_id]
    return {**vars(care), "cases": sorted(care.cases), "child": child_id}
