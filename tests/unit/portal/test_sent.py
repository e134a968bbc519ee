"""What the forms that have no list of their fields send is what the APIs take, word for word (docs/api)."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

from services.portal.forms_emergency import EmergencyNotice
from services.portal.pages.figures import Closing
from services.portal.pages.places import MOST, PlaceSearch

API = Path(__file__).parents[3] / "docs" / "api"
CHILD = "01890a5d-ac96-774b-bcce-b302099a8057"


def wrong(service, schema, body):
    """What an API's description has against a body."""
    components = json.loads((API / f"{service}.json").read_text(encoding="utf-8"))["components"]
    whole = {"$ref": f"#/components/schemas/{schema}", "components": components}
    return [f"{list(each.path)}: {each.message}" for each in Draft202012Validator(whole).iter_errors(body)]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"children": "1", "age": "0"},
        {"children": str(MOST), "age": "25", "sex": "F", "home": "KZ-75", "care_form": "SMALL_GROUP_HOME",
         "language": "kk", "accessible": "WHEELCHAIR"},
    ],
)  # fmt: skip
def test_a_search_for_places_is_one_that_placements_takes(app, typed):
    with app.test_request_context():
        form = PlaceSearch(MultiDict(typed)) if typed else PlaceSearch()
        assert not typed or form.validate(), form.errors
        assert wrong("placements", "SearchVacancies", form.body()) == []


def test_what_the_form_refuses_of_a_search_placements_would_refuse_too(app):
    with app.test_request_context():
        many = PlaceSearch(MultiDict({"children": str(MOST + 1)}))
        assert not many.validate()
        assert wrong("placements", "SearchVacancies", many.body()) != []


@pytest.mark.parametrize("note", ["", "Two centres have not answered."])
def test_closing_a_period_is_what_reporting_takes(app, note):
    with app.test_request_context(method="POST", data={"note": note}):
        form = Closing()
        assert wrong("reporting", "ClosePeriod", {"note": form.note.data or None}) == []


def test_a_note_that_is_too_long_for_reporting_is_refused_by_the_form(app):
    for letters, fits in ((2000, True), (2001, False)):
        assert (wrong("reporting", "ClosePeriod", {"note": "x" * letters}) == []) is fits
        with app.test_request_context(method="POST", data={"note": "x" * letters}):
            form = Closing()
            form.validate()
            assert (not form.note.errors) is fits


def test_an_emergency_is_what_placements_takes(app):
    typed = {
        "taken_on-day": "3", "taken_on-month": "3", "taken_on-year": "2026", "taken_at": "02:05", "taken_by": "POLICE",
        "taken_from": "PARENT", "situation": "WITH_PARENTS", "entry_reason": "VIOLENCE", "area": "KZ-75",
        "care_form": "SHELTER_EMERGENCY", "children-0-given": "Айсұлу", "children-0-sex": "F", "children-0-years": "4",
    }  # fmt: skip
    with app.test_request_context(method="POST", data=typed):
        form = EmergencyNotice()
        form.validate()
        assert {each.field for each in form.problems()} == {"csrf_token"}
        assert wrong("placements", "RecordEmergencies", form.body([CHILD])) == []
