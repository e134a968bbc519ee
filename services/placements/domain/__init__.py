"""Where a child lives, and what the law says to it: exactly one place at a time, permissions refused, facts never.

One file per aggregate or part: provider, whereabouts (the root that guards "one place a child"), placement and breach
(its parts), register_line (what a ministry's register says of a stay), possible (what can have been at all), rules
(small pure functions), judgement (which rule applies to what), days (calendar arithmetic), codes (those of the pack
that are relied on by name). Not here: who the child is (registry), the numbers of the law (the country pack);
gatekeeping, licences, reviews and absences are still to come.
"""

from services.placements.domain.breach import Breach, BreachHealed, BreachOpened
from services.placements.domain.codes import NOT_RECORDED, PLANNED, RELIED_ON
from services.placements.domain.days import Span, birthday, months_later, nights
from services.placements.domain.judgement import Act
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
    Provider,
    ProviderKeyTaken,
    ProviderRegistered,
    Providers,
)
from services.placements.domain.register_line import (
    AlreadyRecordedOtherwise,
    RegisterIsBehind,
    RegisterLine,
    RegisterLineKey,
    RegisterLines,
    Said,
)
from services.placements.domain.rules import RULES, CareForm, Law, LawBook, Rule, Verdict
from services.placements.domain.whereabouts import Whereabouts, WhereaboutsOfAll

__all__ = [
    "NOT_RECORDED",
    "PLANNED",
    "RELIED_ON",
    "RULES",
    "TRANSITIONS",
    "Act",
    "AlreadyRecordedOtherwise",
    "Breach",
    "BreachHealed",
    "BreachOpened",
    "CareForm",
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
    "ProviderKeyTaken",
    "ProviderRegistered",
    "Providers",
    "RegisterIsBehind",
    "RegisterLine",
    "RegisterLineKey",
    "RegisterLines",
    "Rule",
    "Said",
    "Span",
    "State",
    "Stay",
    "Verdict",
    "Whereabouts",
    "WhereaboutsOfAll",
    "birthday",
    "months_later",
    "nights",
]
