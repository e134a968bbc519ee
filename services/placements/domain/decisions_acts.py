"""What an act may decide on: none gets round the line of the decision table that another one has (CARE C2, C4).

Asked of whom the table binds; a court's order, and a decision on paper, are taken as they are. Functions on
whereabouts. Not here: what the table and the rules say of it (decisions_checks).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain.decision import MORE_RESTRICTIVE, RENEWAL, VOLUNTARY, Decision, DecisionStatus, Terms
from services.placements.domain.decisions_checks import PROLONGING
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Ground
from shared.errors import Conflict, Invalid

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

ENTRY, PERMANENT, GUARDIANSHIP, STAY_AFTER_18 = "ENTRY", "PERMANENT", "GUARDIANSHIP", "STAY_AFTER_18"
GOING_ON = PROLONGING | {MORE_RESTRICTIVE, PERMANENT, STAY_AFTER_18}
"""Acts on care that goes on: none of them begins it."""
OF_A_GUARDIAN = frozenset({"BY_CARER", "KINSHIP"})
"""What the appointment of a guardian permits: care by that person, and by nobody else."""
PROLONGATION, RETURN, TRIAL_AT_HOME, EXIT_BEFORE_18 = "PROLONGATION", "RETURN", "TRIAL_AT_HOME", "EXIT_BEFORE_18"
HOME = frozenset({RETURN, TRIAL_AT_HOME})
"""That the child goes home is decided in a case of any kind."""
OF_CASES: Mapping[str, frozenset[str]] = {
    ENTRY: HOME | {ENTRY, GUARDIANSHIP},
    VOLUNTARY: HOME | {ENTRY, GUARDIANSHIP},
    MORE_RESTRICTIVE: HOME | {MORE_RESTRICTIVE},
    PROLONGATION: HOME | {PROLONGATION, PERMANENT, GUARDIANSHIP, STAY_AFTER_18},
    RENEWAL: HOME | {RENEWAL},
    RETURN: HOME | {EXIT_BEFORE_18},
}
"""What a gatekeeping case of a kind decides on; of a kind that only a pack knows nothing is said."""
RELIED_ON: Mapping[str, frozenset[str]] = {
    "decision_act": frozenset().union(*OF_CASES.values()),
    "gatekeeping_kind": frozenset(OF_CASES),
}
NEVER = frozenset({DecisionStatus.UNSIGNED, DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN})
"""What was never decided, or is as if it had not been."""


def require(
    child: "Whereabouts", terms: Terms, act: Act, corrects: UUID | None = None, kind: str | None = None
) -> None:
    """Raise Conflict, or Invalid, where the act is none for this child, for these forms of care, or for the case.

    `kind`: the gatekeeping case's; a correction that keeps the act keeps it there too.
    """
    before = [each for each in child.decisions if each.id != corrects]
    if terms.act in GOING_ON and not any(each.id == corrects and each.act in GOING_ON for each in child.decisions):
        _require_in_care(child, terms, act)
    if terms.act in GOING_ON - {MORE_RESTRICTIVE}:
        _require_no_further(child, terms, act)
    if terms.act == ENTRY:
        _require_not_decided(child, terms, before, act)
    formal = [form for form in map(act.law.care_form, terms.care_forms) if form.formal]
    if terms.act == GUARDIANSHIP and any(form.bucket not in OF_A_GUARDIAN for form in formal):
        raise Invalid(
            "Who appoints a guardian places the child with nobody else.", field="care_forms", rule="form-of-the-act",
            remedy="Decide on entry into care.",
        )  # fmt: skip
    kept = any(each.id == corrects and each.act == terms.act for each in child.decisions)
    if terms.act not in OF_CASES.get(kind or "", {terms.act}) and not kept:
        raise Conflict(
            "A case of this kind does not decide on that.", field="act", rule="act-of-the-case",
            remedy="Ask for a case of the kind that decides on it.",
        )  # fmt: skip


def _require_in_care(child: "Whereabouts", terms: Terms, act: Act) -> None:
    """Raise Conflict where nothing is there to go on: entry into care would be decided by whoever may prolong it.

    Care that is a fact alone, on which nobody ever decided, is entry too.
    """
    here = child.active
    in_care = here is not None and act.law.care_form(here.care_form).formal
    made = [each for each in child.decisions if each.status not in NEVER]
    decided = here is not None and (
        here.authorised or here.ground is Ground.IMPORTED or any(each.permits(here) for each in made)
    )
    if terms.renews is None and not (in_care and decided):
        raise Conflict(
            "The child is not in care that anybody decided on.", field="act", rule="child-in-care",
            remedy="Decide on entry into care.",
        )  # fmt: skip


def _require_no_further(child: "Whereabouts", terms: Terms, act: Act) -> None:
    """Raise Invalid where what goes on would become more restrictive: that asks for more (CARE C4)."""
    renewed = {form for each in child.decisions if each.id == terms.renews for form in each.care_forms}
    renewed |= {child.active.care_form} if child.active else set()
    ranks = [act.law.care_form(form).preference for form in renewed]
    furthest = max((rank for rank in ranks if rank is not None), default=None)
    asked = [(act.law.care_form(form).preference or 0) for form in terms.care_forms]
    if furthest is not None and any(rank > furthest for rank in asked):
        raise Invalid(
            "It goes on in forms of care that are no more restrictive.", field="care_forms", rule="form-of-the-act",
            remedy="Decide on a more restrictive form.",
        )  # fmt: skip


def _require_not_decided(child: "Whereabouts", terms: Terms, before: Sequence[Decision], act: Act) -> None:
    """Raise Conflict where care goes on as it was decided, or becomes more restrictive: that is counted, and signed."""
    here = child.active
    rank = act.law.care_form(here.care_form).preference if here else None
    asked = [act.law.care_form(form).preference for form in terms.care_forms]
    decided = here is not None and any(each.holds(terms.made_on) and each.permits(here) for each in before)
    if decided and rank and any(each is not None and each >= rank for each in asked):
        raise Conflict(
            "The child is in care on which somebody decided.", field="act", rule="entered-before",
            remedy="Prolong or renew what was decided, or decide on a more restrictive form.",
        )  # fmt: skip
