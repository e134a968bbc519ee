"""What the emergency form sends is what the services take."""

import json
from datetime import date
from pathlib import Path

from services.portal.forms_emergency import EmergencyNotice, TakenChild, emergency_forms

APIS = Path(__file__).parents[3] / "docs" / "api"


def body_of(service, route):
    api = json.loads((APIS / f"{service}.json").read_text(encoding="utf-8"))
    reference = api["paths"][route]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    found = api["components"]["schemas"][reference.rpartition("/")[2]]
    return api, found


def resolved(api, part):
    return api["components"]["schemas"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def test_the_notice_is_what_placements_takes(app):
    api, wanted = body_of("placements", "/placements/emergencies")
    with app.test_request_context():
        body = EmergencyNotice().body([])
    assert set(wanted["required"]) <= set(body) <= set(wanted["properties"])
    stay = resolved(api, wanted["properties"]["stay"])
    assert set(stay["required"]) <= set(body["stay"]) <= set(stay["properties"])


def test_a_child_unknown_so_far_is_what_registry_takes(app, pack):
    api, wanted = body_of("registry", "/registry/children")
    identity = resolved(api, wanted["properties"]["identity"])
    with app.test_request_context():
        row = TakenChild(data={"given": "Мадина", "sex": "F", "years": 2})
        said = row.identity("KZ-75", date(2026, 3, 1))
    assert set(identity["required"]) <= set(said) <= set(identity["properties"])
    assert said["birth"] == {"date": "2024", "precision": "year", "basis": "estimated"}


def test_only_forms_into_which_a_child_comes_at_once_are_offered(app, pack):
    with app.test_request_context():
        offered = set(emergency_forms())
        field = {value for value, *_rest in EmergencyNotice().care_form.iter_choices()}
    assert "SHELTER_EMERGENCY" in offered
    assert not {"PARENTAL", "GUARDIANSHIP", "DETENTION"} & offered
    assert field - {""} == offered


def test_what_is_wrong_with_one_of_the_children_stands_above_the_form_too(app):
    english = {"Accept-Language": "en"}
    with app.test_request_context(method="POST", data={"children-1-given": "Мадина"}, headers=english):
        notice = EmergencyNotice()
        assert not notice.validate()
        above = {problem.field: problem.message for problem in notice.problems()}
    for field in ("children-1-sex", "children-1-years"):
        assert above[field] == "Without a reference this is needed; a guess will do."
    with app.test_request_context(method="POST", data={"taken_at": "2:00"}):
        notice = EmergencyNotice()
        assert not notice.validate()
        assert "children-0-given" in {problem.field for problem in notice.problems()}
