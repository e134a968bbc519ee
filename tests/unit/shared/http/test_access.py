"""Who gets in: every route says so, the rest is refused, and refusals are in the audit log."""

import json
import logging
from itertools import product
from typing import Any

import pytest
from flask import Blueprint as FlaskBlueprint

from shared import http
from shared.auth import Policy
from shared.errors import ConfigurationError, Forbidden
from shared.ids import new_id
from tests.unit.shared.http import parcels
from tests.unit.shared.http.parcels import PARCEL, Office, Parcel, bearer, changing, client


@pytest.fixture
def office() -> Office:
    return Office(parcels={PARCEL: Parcel(PARCEL, 3)})


def test_without_a_token_the_answer_is_401_and_asks_for_a_bearer(office: Office) -> None:
    answer = client(office).get(f"/toys/parcels/{PARCEL}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert office.audit == []


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Basic YTpi", "Bearer", "Bearer ", "x", "bearer  "])
def test_a_bad_token_is_401_and_says_so(office: Office, header: str) -> None:
    answer = client(office).get(f"/toys/parcels/{PARCEL}", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert answer.json["code"] == "unauthenticated"


def test_a_missing_permission_is_403_and_in_the_audit_log(office: Office) -> None:
    answer = client(office).get(f"/toys/parcels/{PARCEL}", headers=bearer("auditor"))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    actor, action, subject, outcome, detail = office.audit[0]
    assert (actor, action, subject, outcome) == ("aliya", "parcels.read", PARCEL, "denied")
    assert detail == {"code": "forbidden", "rule": "permission"}
    assert len(office.audit) == 1


def test_refusal_comes_before_the_body_is_read(office: Office) -> None:
    answer = client(office).post("/toys/parcels", data=b"\x00" * 2_000_000, headers=bearer("auditor"))
    assert answer.status_code == 403


def test_a_read_is_in_the_audit_log_once_with_its_subject(office: Office) -> None:
    answer = client(office).get(f"/toys/parcels/{PARCEL}", headers=bearer("clerk"))
    assert answer.status_code == 200
    assert office.audit == [("aliya", "parcels.read", PARCEL, "done", {})]


def test_what_is_out_of_scope_reads_as_what_is_absent_and_both_are_audited_as_denied(office: Office) -> None:
    api = client(office)
    elsewhere = api.get(f"/toys/parcels/{PARCEL}", headers=bearer("clerk", areas=frozenset({"uz"})))
    absent = api.get("/toys/parcels/01950000-0000-7000-8000-00000000ffff", headers=bearer("clerk"))
    unknown = api.get("/toys/nowhere", headers=bearer("clerk"))
    texts = [{**answer.json, "request_id": ""} for answer in (elsewhere, absent, unknown)]
    assert elsewhere.status_code == absent.status_code == 404
    assert texts[0] == texts[1] == texts[2]
    missing = parcels.UUID("01950000-0000-7000-8000-00000000ffff")
    assert [(row[2], row[3]) for row in office.audit] == [(PARCEL, "denied"), (missing, "denied")]


def test_every_row_of_a_search_is_audited(office: Office) -> None:
    other = parcels.UUID("01950000-0000-7000-8000-000000000002")
    office.parcels[other] = Parcel(other, 4)
    answer = client(office).post("/toys/parcels/search", json={}, headers=bearer("clerk"))
    assert [item["id"] for item in answer.json["items"]] == [str(PARCEL), str(other)]
    assert [(row[1], row[2]) for row in office.audit] == [("parcels.search", PARCEL), ("parcels.search", other)]


def test_no_answer_leaves_where_its_audit_row_cannot_be_written(office: Office) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("disk full")

    class Silent(parcels.FakeUnitOfWork):
        note = broken

    answer = client(office, make_uow=lambda context: Silent(office, context)).get(
        f"/toys/parcels/{PARCEL}", headers=bearer("clerk")
    )
    assert answer.status_code == 500
    assert str(PARCEL) not in answer.text


def test_a_command_that_a_rule_refuses_is_audited_as_refused(office: Office) -> None:
    answer = client(office).post("/toys/parcels", json={"weight": 30}, headers=changing("clerk"))
    assert (answer.status_code, answer.json["code"]) == (422, "parcel-too-heavy")
    assert [row[1:] for row in office.audit] == [
        ("parcels.register", None, "refused", {"code": "parcel-too-heavy", "rule": "weight"})
    ]


def test_a_public_route_answers_everybody(office: Office) -> None:
    assert client(office).get("/toys/hours").json == {"open": "9-18"}


def test_a_public_route_states_its_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        http.public(" ")


def test_an_api_with_a_route_that_names_no_permission_does_not_start(office: Office) -> None:
    blueprint = http.Blueprint("open", __name__)
    blueprint.get("/open")(lambda: "x")
    with pytest.raises(ConfigurationError, match="names no permission"):
        client(office, blueprint)


def test_an_api_that_audits_a_parameter_it_does_not_have_does_not_start(office: Office) -> None:
    blueprint = http.Blueprint("open", __name__)
    blueprint.get("/things/<thing_id>")(http.requires("x", audits="thing_id")(lambda thing_id: "x"))
    with pytest.raises(ConfigurationError, match="audit"):
        client(office, blueprint)


def test_a_blueprint_that_is_not_ours_does_not_start(office: Office) -> None:
    with pytest.raises(ConfigurationError, match=r"http\.Blueprint"):
        http.create_app(parcels.service(office, FlaskBlueprint("plain", __name__)))  # type: ignore[arg-type]


def test_a_route_that_slipped_in_after_the_start_is_refused(office: Office) -> None:
    app = http.create_app(parcels.service(office))
    app.add_url_rule("/toys/late", "late", lambda: "secret")
    assert app.test_client().get("/toys/late", headers=bearer("clerk")).status_code == 403


def test_an_options_request_needs_the_permission_too(office: Office) -> None:
    assert client(office).options("/toys/parcels").status_code == 401


def test_the_policy_is_asked_at_each_request(office: Office) -> None:
    nobody = Policy.from_roles({})
    assert client(office, policy=nobody).get(f"/toys/parcels/{PARCEL}", headers=bearer("clerk")).status_code == 403


def test_the_forbidden_that_a_handler_raises_is_audited_as_denied(office: Office) -> None:
    blueprint = http.Blueprint("kin", __name__)

    @blueprint.get("/own/<uuid:parcel_id>")
    @http.requires("parcels.read", audits="parcel_id")
    @blueprint.response(200)
    def own(parcel_id: Any) -> Any:
        raise Forbidden("Own kin are blocked.", rule="own-kin")

    answer = client(office, blueprint).get(f"/toys/own/{PARCEL}", headers=bearer("clerk"))
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (403, "own-kin")
    assert office.audit[0][1:] == ("parcels.read", PARCEL, "denied", {"code": "forbidden", "rule": "own-kin"})


def test_the_access_line_names_route_and_actor_but_no_path_query_or_body(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api = client(office)
    api.get(f"/toys/parcels/{PARCEL}?family_name=canary", headers=bearer("clerk"))
    api.get("/toys/canary/path")
    api.open("/toys/parcels", method="CANARY")
    first, *rest = [record for record in caplog.records if record.name == "kinward.access"]
    assert (first.service, first.route, first.status) == ("toys", "/toys/parcels/<uuid:parcel_id>", 200)  # type: ignore[attr-defined]
    assert first.actor == "aliya"  # type: ignore[attr-defined]
    everything = json.dumps([vars(record) for record in [first, *rest]], default=str)
    assert "canary" not in everything.lower()
    assert str(PARCEL) not in everything


def test_a_refused_token_and_a_refused_permission_are_tagged_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    api = client(office)
    api.get("/toys/hours")
    api.get(f"/toys/parcels/{PARCEL}")
    api.get(f"/toys/parcels/{PARCEL}", headers=bearer("visitor"))
    lines = [record for record in caplog.records if record.name == "kinward.access"]
    tags = [(line.status, getattr(line, "security", None)) for line in lines]  # type: ignore[attr-defined]
    assert tags == [(200, None), (401, "token-refused"), (403, "permission-refused")]


def test_request_and_correlation_ids_are_taken_where_sane_and_given_back(office: Office) -> None:
    ids = {"X-Request-Id": "req-12345678", "X-Correlation-Id": "01950000-0000-7000-8000-0000000000aa"}
    answer = client(office).get("/toys/hours", headers=ids)
    assert {name: answer.headers[name] for name in ids} == ids
    for bad in ("x", "a b c d e f g", "x" * 100, 'a"},{"b":"'):
        answer = client(office).get("/toys/hours", headers={"X-Request-Id": bad, "X-Correlation-Id": bad})
        assert answer.headers["X-Request-Id"] != bad
        assert answer.headers["X-Correlation-Id"] != bad


DEPOT, OTHER_DEPOT, CENTRE = new_id(), new_id(), new_id()
SCOPES = ["own", "centre", "provider", "area", "deployment"]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_list_reaches_exactly_what_each_thing_by_itself_would_be_within_reach(office: Office, scope: str) -> None:
    looking = http.Blueprint("looking", __name__)
    seen: list[tuple[bool, bool]] = []

    @looking.get("/look")
    @http.requires("parcels.look")
    @looking.response(200)
    def look() -> Any:
        reach = http.reach()
        for area, provider in product(["kz-almaty", "kz", "uz", None], [DEPOT, OTHER_DEPOT, None]):
            listed = reach.areas is None or area in reach.areas or (provider is not None and provider == reach.provider)
            seen.append((listed, http.in_scope(http.by_area(area, provider))))
        return {}

    policy = Policy.from_roles({"clerk": {"scope": scope, "permissions": ["parcels.look"]}})
    api = client(office, looking, policy=policy)
    persons = product([frozenset({"kz"}), frozenset({"*"}), frozenset()], [CENTRE, None], [DEPOT, None])
    for areas, centre, provider in persons:
        who = bearer("clerk", areas=areas, centre=centre, provider=provider)
        assert api.get("/toys/look", headers=who).status_code == 200
    assert len(seen) == 12 * 12
    assert all(listed == single for listed, single in seen)
