"""Consents, grounds and what they add up to, over a real database and the API; a withdrawal while they lapse."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from services.registry.handlers import legal
from services.registry.store import families
from shared.ids import new_id
from tests import named
from tests.integration import deployed
from tests.integration.deployed import problem

NOW = datetime.now(UTC)
TODAY = deployed.today(NOW)
DECISION = {"body": "COURT", "instrument": "JUDGMENT"}


@pytest.fixture(scope="module")
def worker(api):
    return api.as_("social_worker", areas=("KZ-75",))


def years_ago(years, days=0):
    day = TODAY - timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


def child_of(worker, years=8, days=0):
    body = {"sex": "F", "birth": {"date": str(years_ago(years, days))}, "area": "KZ-75", "names": [named.fresh("Latn")]}
    return worker.made("/children", {"identity": body})


def with_mother(engine, child):
    mother = new_id()
    tie = {"child": child, "other": mother, "other_kind": "person", "kind": "MOTHER", "bond": "parent"}
    flags = {"kin": True, "single": True, "symmetric": False, "status": "recorded"}
    with engine.begin() as connection:
        connection.execute(families.relationship.insert().values(id=new_id(), version=1, **tie, **flags))
    return mother


def said(person=None, purpose="PHOTOGRAPH", **more):
    giver = {"relation": "PARENT_GIVES", "person": str(person)} if person else {"relation": "SELF"}
    words = {"scope": "A leaflet Canarova", "witness": "Canarov", "language": "kk"}
    return {"said": {"purpose": purpose, "given_on": str(TODAY), "giver": giver} | words | more}


def measure(worker, child, kind, **more):
    body = {"terms": {"kind": kind, "from": "2026-01-10", "decision": DECISION} | more}
    return worker.made(f"/children/{child}/measures", body)


def may(worker, child, purpose="PHOTOGRAPH"):
    found = worker.get(f"/children/{child}/capacity").json["purposes"]
    return next((each["allowed"], each["because"]) for each in found if each["purpose"] == purpose)


def told(engine, child):
    query = text("select type, data from event_log where subject = :child order by sequence")
    with engine.connect() as connection:
        return list(connection.execute(query, {"child": child}))


def test_a_consent_is_given_counts_and_is_withdrawn_and_protection_goes_on(engine, worker):
    child = child_of(worker)
    mother = with_mother(engine, child)
    assert may(worker, child) == (False, "no-consent-of-a-representative")
    consent = worker.made(f"/children/{child}/consents", said(mother))
    assert may(worker, child) == (True, "consent")
    (shown,) = worker.get(f"/children/{child}/consents").json["items"]
    assert (shown["status"], shown["said"]["witness"], shown["said"]["language"]) == ("given", "Canarov", "kk")
    withdrawal = {"on": str(TODAY), "reason": "CHANGED_MIND"}
    path = f"/consents/{consent}/withdrawal"
    assert problem(worker.post(path, withdrawal)) == (428, "precondition-required")
    assert problem(worker.post(path, withdrawal, version=2)) == (412, "stale-version")
    answer = worker.post(path, withdrawal, version=1)
    assert (answer.status_code, answer.json["protection_continues"], answer.json["version"]) == (201, True, 2)
    assert "goes on" in answer.json["remark"]
    assert (may(worker, child)[0], may(worker, child, "PROTECTION")) == (False, (True, "legal-duty"))
    assert problem(worker.post(path, withdrawal, version=2)) == (409, "consent-is-over")
    assert [row.type for row in told(engine, child)][-2:] == [
        "registry.consent-given.v1",
        "registry.consent-withdrawn.v1",
    ]
    with engine.connect() as connection:
        kept = connection.execute(text("select * from consent where child = :child"), {"child": child}).all()
    assert "Canarov" not in str(kept) + str(told(engine, child))


def test_what_the_law_orders_is_not_asked(worker):
    child = child_of(worker)
    refused = worker.post(f"/children/{child}/consents", said(purpose="PROTECTION"))
    assert problem(refused) == (422, "ground-is-legal-duty")
    assert "law" in refused.json["errors"][0]["remedy"]
    basis = {"ground": "LEGAL_DUTY", "basis": "Code of 2011, art. 121", "giver": None}
    ground = said(purpose="PROTECTION", **basis)
    worker.made(f"/children/{child}/consents", ground)
    assert problem(worker.post(f"/children/{child}/consents", said(purpose="PROTECTION", **basis | {"basis": ""}))) == (
        422, "invalid-input",
    )  # fmt: skip


def test_who_is_suspected_of_harm_or_represents_nobody_cannot_consent(engine, worker):
    child = child_of(worker)
    mother = with_mother(engine, child)
    path = f"/children/{child}/consents"
    assert problem(worker.post(path, said(new_id()))) == (422, "not-a-representative")
    worker.made(path, said(mother))
    measure(worker, child, "SUSPECTED_OF_HARM", person=str(mother))
    assert problem(worker.post(path, said(mother))) == (422, "unfit-to-consent")
    assert may(worker, child) == (False, "no-consent-of-a-representative")  # nor does the one of before count now
    assert len(worker.get(path).json["items"]) == 1


def test_the_head_of_an_institution_cannot_consent_in_its_matters(engine, worker):
    child, head, home = child_of(worker), new_id(), new_id()
    holder = {"kind": "INSTITUTION_HEAD", "person": str(head), "provider": str(home)}
    measure(worker, child, "GUARDIANSHIP", holder=holder)
    path = f"/children/{child}/consents"
    refused = worker.post(path, said(head, provider=str(home)))
    assert problem(refused) == (422, "own-institution")
    worker.made(path, said(head, provider=str(new_id())))


def test_a_child_of_the_age_is_asked_itself(engine, worker):
    young, old = child_of(worker, 9), child_of(worker, 11)
    assert problem(worker.post(f"/children/{young}/consents", said())) == (422, "not-old-enough")
    worker.made(f"/children/{old}/consents", said(with_mother(engine, old)))
    assert may(worker, old) == (False, "no-consent-of-the-child")
    worker.made(f"/children/{old}/consents", said())
    assert may(worker, old) == (True, "consent")


def test_outside_the_reach_there_is_no_consent(api, engine, worker):
    child = child_of(worker)
    consent = worker.made(f"/children/{child}/consents", said(with_mother(engine, child)))
    far = api.as_("social_worker", areas=("KZ-71",), subject="far")
    withdrawal = {"on": str(TODAY), "reason": "CHANGED_MIND"}
    for answer in (
        far.get(f"/children/{child}/consents"),
        far.get(f"/children/{child}/capacity"),
        far.post(f"/children/{child}/consents", said(new_id())),
        far.post(f"/consents/{consent}/withdrawal", withdrawal, version=1),
    ):
        assert problem(answer) == (404, "not-found")
    assert problem(api.as_("gatekeeper").post(f"/children/{child}/consents", said(new_id()))) == (403, "forbidden")


def test_a_withdrawn_entry_takes_no_consent(engine, worker, api):
    child = child_of(worker)
    mother = with_mother(engine, child)
    api.as_("registrar").made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    assert worker.post(f"/children/{child}/consents", said(mother)).status_code == 409


def test_the_own_consent_and_other_grounds_outlast_coming_of_age(engine, worker):
    child = child_of(worker, 18, days=3)
    own = worker.made(f"/children/{child}/consents", said())
    basis = said(ground="JUDICIAL_ORDER", basis="2-14/26", giver=None)
    ground = worker.made(f"/children/{child}/consents", basis)
    with deployed.working("registry", engine) as uow:
        legal.come_of_age(uow, NOW, TODAY)
    states = {each["id"]: each["status"] for each in worker.get(f"/children/{child}/consents").json["items"]}
    assert states == {str(own): "given", str(ground): "given"}


def test_withdrawn_while_it_lapses_it_ends_once(engine, worker):
    child = child_of(worker, 17, days=0)
    mother = with_mother(engine, child)
    consent = worker.made(f"/children/{child}/consents", said(mother))
    birthday, answers = TODAY + timedelta(days=400), []
    with deployed.working("registry", engine) as uow:
        assert legal.come_of_age(uow, NOW + timedelta(days=400), birthday) >= 1

        def withdraw():
            body = {"on": str(TODAY), "reason": "CHANGED_MIND"}
            answers.append(worker.post(f"/consents/{consent}/withdrawal", body, version=1))

        asking = Thread(target=withdraw)
        asking.start()
        assert deployed.waits_for_a_lock(engine)
    asking.join(20)
    (shown,) = worker.get(f"/children/{child}/consents").json["items"]
    assert shown["status"] == "lapsed"
    assert problem(answers[0]) == (412, "stale-version")
    ended = [row.type for row in told(engine, child) if row.type.startswith("registry.consent-")]
    assert ended == ["registry.consent-given.v1", "registry.consent-lapsed.v1"]
