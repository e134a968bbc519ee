"""A child's page over several services: one that does not answer costs its line, what is not the reader's says so."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import g

from services.portal import child as framing
from services.portal.clients import Down, Refusal
from services.portal.clients.api import Answer
from services.portal.house import Person
from services.portal.pages import child as pages
from shared.auth import Principal

CHILD = UUID("0192f0c1-2b3c-7d4e-8f50-000000000001")
RECORD = {
    "id": str(CHILD), "reference": "CH-0000001-D", "version": 3, "status": "active", "death": None, "identifiers": [],
    "identity": {
        "names": [{"script": "Latn", "kind": "birth", "family": "Bekova", "given": "Dinara"}],
        "sex": "F", "area": "KZ-75", "languages": [], "nationality": None, "civil_registration": None,
        "functioning": None,
        "birth": {"born_from": "2017-03-02", "born_to": "2017-03-02", "basis": "documented", "area": None},
        "disability": True,
    },
}  # fmt: skip
STAY = {
    "id": "s", "state": "active", "from": "2026-01-02", "to": None, "care_form": "SHELTER_EMERGENCY", "kind": "planned",
    "authorised": False, "provider": None, "planned_to": "2026-02-02", "decision": None,
}  # fmt: skip
LISTS = {
    "capacity": {"representatives": []}, "reviews": {"items": []}, "alerts": {"items": []},
    "decisions": {"decisions": [], "emergencies": [], "appeals": [], "notices": []},
}  # fmt: skip


def asked(stays=None, cases=None, record=None):
    """Services that answer these, or raise them."""

    def say(found):
        if isinstance(found, Exception):
            raise found
        return found

    lists = {"listed": lambda path, **_: LISTS[path.split("?")[0]], "of_child": lambda _child, what, **_: LISTS[what]}
    return SimpleNamespace(
        registry=SimpleNamespace(child=lambda _: say(record or Answer(RECORD, '"3"')), **lists),
        placements=SimpleNamespace(stays=lambda _: say(stays or {"placements": [STAY], "breaches": []}), **lists),
        social_work=SimpleNamespace(cases=lambda _: say(cases or {"items": []})),
    )


@pytest.fixture
def shown(app, monkeypatch):
    def show(role="gatekeeper", **answers):
        monkeypatch.setattr(framing, "apis", lambda: asked(**answers))
        with app.test_request_context(headers={"Accept-Language": "en"}):
            principal = Principal("p", frozenset({role}), frozenset({"*"}), None, None, "kz")
            g.person = Person(principal, "P", "token", "1")
            return pages.show(child=CHILD)

    return show


def test_who_is_responsible_is_shown_with_what_is_missing(shown):
    page = shown()
    assert "Emergency shelter" in page
    assert "Not authorised" in page
    assert "Nobody on record" in page
    assert "The stay is planned to end" in page


def test_a_service_that_does_not_answer_costs_its_line_alone(shown):
    page = shown(stays=Down("placements"), cases=Down("social_work"))
    assert "Where the child lives cannot be shown just now" in page
    assert "The case cannot be shown just now" in page
    assert "Bekova" in page
    assert "Nobody on record" in page


def test_without_registry_there_is_no_page_and_a_record_out_of_reach_is_absent(shown):
    with pytest.raises(Down):
        shown(record=Down("registry"))
    with pytest.raises(Refusal) as absent:
        shown(record=Refusal("registry", 403, {}))
    assert absent.value.status == 404


def test_a_record_that_was_merged_leads_to_the_one_that_stands_for_it(shown):
    kept = "0192f0c1-2b3c-7d4e-8f50-000000000002"
    said = {"code": "record-merged", "detail": f"This record was merged into {kept}."}
    with pytest.raises(framing.Merged) as merged:
        shown(record=Refusal("registry", 409, said))
    assert str(merged.value.into) == kept


def test_a_name_stands_in_no_title_and_health_is_closed(shown):
    page = shown()
    assert "Bekova" not in page.split("</title>")[0]
    assert "Registered disability" not in page
