"""What placements publishes: one schema per event type and version. Ids, days and codes; never a name, never words."""

from services.placements.events import (
    alarms,
    decisions,
    exemptions,
    families,
    gatekeeping,
    guardianship,
    leaving_care,
    placements,
    reintegration,
    stays,
    turn,
)
from shared.event_schema import Catalogue

CATALOGUE = Catalogue(
    "placements",
    *placements.SCHEMAS,
    *decisions.SCHEMAS,
    *gatekeeping.SCHEMAS,
    *families.SCHEMAS,
    *stays.SCHEMAS,
    *reintegration.SCHEMAS,
    *leaving_care.SCHEMAS,
    *guardianship.SCHEMAS,
    *exemptions.SCHEMAS,
    *alarms.SCHEMAS,
    *turn.SCHEMAS,
)
