"""Everything that placements holds on a child, for the person itself."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.placements.store import tables
from shared.held import Holdings

HOLDINGS = Holdings(
    tables.metadata,
    through={"placement_key": ("placement", "placement", "id")},
    without={
        "provider": "an institution or a family's registration",
        "provider_unit": "a house of an institution",
        "carer_family": "a family's approval; its carers are persons of registry",
        "family_description": "what a family says of itself",
        "rota_duty": "who is on duty",
        "legacy_plan": "an area's plan, about no child",
        "subject_key": "the key of what is sealed, which is shown opened",
        "turn_law": "which law was seen last",
        "turn_provider": "a queue of work, by provider",
    },
)
"""How the tables of placements name a child."""


def held(session: Session, child: UUID) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held on a child, by table."""
    return HOLDINGS.about(session, [child])
