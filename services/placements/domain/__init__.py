"""Where a child lives, and what the law says to it: exactly one place at a time, permissions refused, facts never.

The root is whereabouts, one a child; placement, breach, decision, absences, reviews, bonds and exemptions are parts of
it, with their functions in modules of their own. gatekeeping, families, reintegration, leaving_care, coming_of_age,
guardianship and alarms are roots beside it. rules*: small pure functions, in rulebook by precedence; situation: what
they read; judgement: which is asked when; turn: what time brings; days and calendar: arithmetic. Not here: who the
child is (registry), the numbers of the law (the country pack); inspection, incidents, adoption are still to come.
"""

from services.placements.domain.absence_facts import AbsenceKind
from services.placements.domain.breach import Breach, BreachHealed, BreachOpened
from services.placements.domain.codes import NOT_RECORDED, PLANNED, RELIED_ON
from services.placements.domain.days import Span, birthday, months_later, nights
from services.placements.domain.judgement import Act
from services.placements.domain.lawbook import CareForm, Law, LawBook
from services.placements.domain.placement import (
    TRANSITIONS,
    Ground,
    Impossible,
    InTwoPlaces,
    Placement,
    PlacementAuthorised,
    PlacementCorrected,
    PlacementEnded,
    PlacementMoved,
    PlacementStarted,
    State,
    Stay,
)
from services.placements.domain.possible import EntryIsWithdrawn, KnownChild
from services.placements.domain.provider import (
    Approval,
    Details,
    Provider,
    ProviderAmended,
    ProviderKeyTaken,
    ProviderRegistered,
    Providers,
    Rooms,
    Takes,
    Unit,
)
from services.placements.domain.register_line import (
    AlreadyRecordedOtherwise,
    RegisterIsBehind,
    RegisterLine,
    RegisterLineKey,
    RegisterLines,
    Said,
)
from services.placements.domain.rulebook import RULES
from services.placements.domain.rules import Rule, Verdict
from services.placements.domain.situation import Surroundings
from services.placements.domain.whereabouts import Whereabouts, WhereaboutsOfAll

__all__ = [
    "NOT_RECORDED",
    "PLANNED",
    "RELIED_ON",
    "RULES",
    "TRANSITIONS",
    "AbsenceKind",
    "Act",
    "AlreadyRecordedOtherwise",
    "Approval",
    "Breach",
    "BreachHealed",
    "BreachOpened",
    "CareForm",
    "Details",
    "EntryIsWithdrawn",
    "Ground",
    "Impossible",
    "InTwoPlaces",
    "KnownChild",
    "Law",
    "LawBook",
    "Placement",
    "PlacementAuthorised",
    "PlacementCorrected",
    "PlacementEnded",
    "PlacementMoved",
    "PlacementStarted",
    "Provider",
    "ProviderAmended",
    "ProviderKeyTaken",
    "ProviderRegistered",
    "Providers",
    "RegisterIsBehind",
    "RegisterLine",
    "RegisterLineKey",
    "RegisterLines",
    "Rooms",
    "Rule",
    "Said",
    "Span",
    "State",
    "Stay",
    "Surroundings",
    "Takes",
    "Unit",
    "Verdict",
    "Whereabouts",
    "WhereaboutsOfAll",
    "birthday",
    "months_later",
    "nights",
]
