"""Which steps of a gatekeeping case a page offers: by the case's state and by what the person may do.

The service decides, and a step that it refuses names the next ones; a test holds this table against its states.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from services.portal import forms_deciding as deciding
from services.portal import forms_gatekeeping as forms
from services.portal.house import Person

RECORD, RECOMMEND = "placements.gatekeeping.record", "placements.gatekeeping.recommend"
DECIDE, PERMIT = "placements.decision.record", "placements.placement.authorise"
GATHERING = frozenset({"requested", "screened", "assessed", "options_recorded", "recommended", "joined"})
BEFORE_PANEL = GATHERING - {"recommended"}
ASSESSED = frozenset({"assessed", "options_recorded", "recommended", "joined"})
UNDECIDED = GATHERING | {"lapsed"}

STATUSES: Mapping[str, tuple[Any, str]] = {
    "requested": (_l("Asked for"), "info"),
    "screened": (_l("Screened"), "info"),
    "assessed": (_l("Assessed"), "info"),
    "options_recorded": (_l("Options recorded"), "info"),
    "recommended": (_lp("decision", "Panel has recommended"), "info"),
    "decided": (_lp("decision", "Decided"), "good"),
    "carried_out": (_lp("decision", "Carried out"), "good"),
    "lapsed": (_lp("decision", "Lapsed: not carried out in time"), "bad"),
    "withdrawn": (_l("Given up"), "warn"),
    "joined": (_l("Heard with a sibling's case"), "info"),
}
DECISIONS: Mapping[str, Any] = {
    "unsigned": _lp("decision", "waits for the second signature"),
    "oral": _lp("decision", "oral, to be confirmed in writing"),
    "in-force": _lp("decision", "in force"),
    "suspended": _lp("decision", "rests while an appeal is pending"),
    "lapsed": _lp("decision", "lapsed"),
    "ended": _lp("decision", "ended"),
    "quashed": _lp("decision", "quashed on appeal"),
    "withdrawn": _lp("decision", "entered in error"),
}
COLUMNS: Mapping[str, Any] = {
    "longest": _lp("decision", "the longest time"),
    "renewals": _lp("decision", "how often it may be renewed"),
    "confirm": _lp("decision", "until when an oral order is confirmed"),
    "appeal": _lp("decision", "the time to appeal"),
    "appeal_suspends": _lp("decision", "whether it rests while an appeal is pending"),
    "application": _lp("decision", "the time to apply to the court"),
    "carry_out": _lp("decision", "the time to carry it out"),
    "withdrawal": _lp("decision", "the hours after an agreement is taken back"),
}
"""Columns of the decision table of a pack, in words."""


@dataclass(frozen=True)
class Step:
    """One step: its address, words, who may, at which states, its form; `next` where it moves the case on."""

    name: str
    title: Any
    why: Any
    permission: str
    when: frozenset[str]
    form: type[forms.StepForm]
    next: frozenset[str] = frozenset()


STEPS = (
    Step(
        "screening", _l("Screen the request"), _l("Is it one for this gate?"),
        RECORD, frozenset({"requested", "lapsed", "joined"}), forms.Screening, frozenset({"requested", "lapsed"}),
    ),
    Step(
        "assessment", _l("Record the assessment"), _l("What was looked at, and whether care is necessary."),
        RECORD, frozenset({"screened", "joined"}), forms.Assessment, frozenset({"screened"}),
    ),
    Step(
        "hearings", _lp("rights", "Record the child's view"), _l("In its own words, and how it weighed."),
        RECORD, GATHERING, forms.Hearing,
    ),
    Step(
        "parents", _l("Record a parent's view"), _l("Who was told, who was heard, who agrees."),
        RECORD, GATHERING, forms.ParentView,
    ),
    Step(
        "findings", _l("Record a finding"), _l("Each by itself, with who found it and why."),
        RECORD, ASSESSED, forms.Finding,
    ),
    Step(
        "reasons", _l("Change reasons and help tried"), _l("What was said before stays told."),
        RECORD, BEFORE_PANEL, forms.Reasons,
    ),
    Step(
        "options", _l("Record the options"), _l("Kin first, an institution last; what was asked, and the answer."),
        RECORD, frozenset({"assessed", "options_recorded", "recommended"}), forms.Options, frozenset({"assessed"}),
    ),
    Step(
        "panel", _l("Convene the panel"), _l("Members of several professions; never the worker who assessed."),
        RECOMMEND, BEFORE_PANEL, forms.Panel, frozenset({"options_recorded"}),
    ),
    Step(
        "recommendation", _lp("decision", "Record the recommendation"), _lp("decision", "With reasons and dissent."),
        RECOMMEND, frozenset({"options_recorded"}), forms.Recommendation, frozenset({"options_recorded"}),
    ),
    Step(
        "decision", _lp("decision", "Record the decision"),
        _lp("decision", "As the competent body made it. A court's order is taken at any step, and never refused."),
        DECIDE, UNDECIDED, deciding.Decision, frozenset({"recommended"}),
    ),
    Step(
        "stay", _lp("decision", "Permit the stay"), _lp("decision", "Refused where a rule of care says no."),
        PERMIT, frozenset({"decided"}), deciding.Stay, frozenset({"decided"}),
    ),
    Step(
        "withdrawal", _l("Give the request up"), _l("The case ends without a decision."),
        RECOMMEND, UNDECIDED, forms.Withdrawal,
    ),
)  # fmt: skip
NAMES: Mapping[str, Step] = {each.name: each for each in STEPS}


def offered(case: Mapping[str, Any], who: Person, decision: Mapping[str, Any] | None = None) -> list[Step]:
    """The steps of a case for somebody, in their order; no stay where the `decision` permits no form of care."""
    at_home = decision is not None and not decision["care_forms"]
    found = [each for each in STEPS if case["status"] in each.when and who.may(each.permission)]
    return [each for each in found if not (at_home and each.name == "stay")]


def moving(case: Mapping[str, Any], steps: list[Step], permitted: Mapping[str, Any] | None = None) -> list[Step]:
    """Those of them that take the case on; none where a stay is `permitted`: that is to begin (pages.stays)."""
    return [each for each in steps if case["status"] in each.next and permitted is None]
