"""The forms of a gatekeeping case against what the service takes, and the steps against the service's own states."""

import json
from pathlib import Path

import pytest

from services.placements.domain.gatekeeping_states import TRANSITIONS, CaseStatus
from services.portal import forms_gatekeeping, steps

API = json.loads((Path(__file__).parents[3] / "docs" / "api" / "placements.json").read_text(encoding="utf-8"))
CASE = {
    "id": "c", "child": "k", "kind": "ENTRY", "area": "KZ-75", "reasons": ["NEGLECT"], "help_tried": [], "panel": [],
    "options": [], "recommendation": None, "decision": "d", "me": "somebody", "kin_searched_on": None,
}  # fmt: skip


def schema_of(route):
    body = API["paths"][route]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return resolved(body)


def resolved(schema):
    if "$ref" in schema:
        return API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def differences(body, schema, at=""):
    """What the body has that the schema does not know, and what it lacks that the schema asks for."""
    known = schema["properties"]
    wrong = [f"{at}{name} is not known" for name in body if name not in known]
    wrong += [f"{at}{name} is missing" for name in schema.get("required", ()) if name not in body]
    for name, value in body.items():
        if isinstance(value, dict) and name in known:
            wrong += differences(value, resolved(known[name]), f"{at}{name}.")
    return wrong


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
def test_what_a_form_sends_is_what_the_service_takes(app, step):
    route = f"/placements/gatekeeping/{{case_id}}/{step.name}"
    with app.test_request_context():
        form = step.form()
        form.begin_with(CASE)
        assert differences(form.body(CASE), schema_of(route)) == []


def test_people_are_typed_by_their_sign_in_name_and_sent_as_who_they_are(app, monkeypatch):
    accounts = {"aigul": "id-of-aigul"}
    names = {id_: name for name, id_ in accounts.items()}
    monkeypatch.setattr(forms_gatekeeping.staff, "subject_of", lambda typed: accounts.get(typed, typed))
    monkeypatch.setattr(forms_gatekeeping.staff, "typed_as", lambda subject: names.get(subject, subject))
    case = CASE | {"me": "id-of-aigul", "panel": [{"account": "id-of-aigul", "profession": "LAW"}]}
    forms = {step.name: step.form for step in steps.STEPS}
    with app.test_request_context():
        panel, hearing = forms["panel"](), forms["hearings"]()
        for form in (panel, hearing):
            form.begin_with(case)
        assert (panel.members[0].form.account.data, hearing.heard_by.data) == ("aigul", "aigul")
        assert panel.body(case) == {"members": [{"account": "id-of-aigul", "profession": "LAW"}]}
        assert hearing.body(case)["heard_by"] == "id-of-aigul"


@pytest.mark.parametrize(("rows", "route", "part"), [
    ("options", "options", forms_gatekeeping.OptionRow), ("members", "panel", forms_gatekeeping.Seat),
])  # fmt: skip
def test_the_rows_of_a_form_are_those_of_the_service(app, rows, route, part):
    schema = resolved(schema_of(f"/placements/gatekeeping/{{case_id}}/{route}")["properties"][rows]["items"])
    with app.test_request_context():
        names = {field.name for field in part()}
    assert names <= set(schema["properties"])
    assert set(schema["required"]) <= names


def test_asking_for_a_case_sends_what_the_service_takes(app):
    with app.test_request_context():
        body = forms_gatekeeping.Request().body()
    assert differences(body, schema_of("/placements/children/{child_id}/gatekeeping")) == []


def test_every_permission_of_a_step_is_the_one_of_its_route():
    for step in steps.STEPS:
        route = f"/placements/gatekeeping/{{case_id}}/{step.name}"
        assert API["paths"][route]["post"]["x-permission"] == step.permission


def test_every_state_of_a_case_has_its_words():
    assert set(steps.STATUSES) == {str(each) for each in CaseStatus}


LEADS_TO = {
    "screening": CaseStatus.SCREENED, "assessment": CaseStatus.ASSESSED, "options": CaseStatus.OPTIONS_RECORDED,
    "recommendation": CaseStatus.RECOMMENDED, "decision": CaseStatus.DECIDED, "withdrawal": CaseStatus.WITHDRAWN,
}  # fmt: skip


@pytest.mark.parametrize(("name", "reached"), LEADS_TO.items())
def test_a_step_is_offered_where_the_service_takes_it(name, reached):
    stays = {CaseStatus.OPTIONS_RECORDED} if name == "options" else set()
    joined = {CaseStatus.JOINED} if name == "assessment" else set()
    takes = {status for status, next_ in TRANSITIONS.items() if reached in next_} | stays | joined
    # A case that needs more comes back by itself, so that a decided one is not screened by hand.
    # What was decided is no request any more that somebody gives up.
    unoffered = {CaseStatus.DECIDED} if name in {"screening", "withdrawal"} else set()
    assert {CaseStatus(each) for each in steps.NAMES[name].when} == takes - unoffered
