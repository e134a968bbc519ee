"""What registry publishes: one schema per event type and version. What of identity may leave; never a name."""

from services.registry.events import (
    alerts,
    care,
    children,
    families,
    guarding,
    joining,
    legal,
    matching,
    papers,
    sealing,
)
from shared.event_schema import Catalogue

CATALOGUE = Catalogue(
    "registry",
    *children.SCHEMAS,
    *families.SCHEMAS,
    *legal.SCHEMAS,
    *care.SCHEMAS,
    *alerts.SCHEMAS,
    *papers.SCHEMAS,
    *joining.SCHEMAS,
    *matching.SCHEMAS,
    *sealing.SCHEMAS,
    *guarding.SCHEMAS,
)
