"""A sealed record over HTTP and on a real database: absent to everybody, openable by two, and no trace of the link."""

import pytest
from sqlalchemy import text

from services.registry.handlers import sealing as handlers
from services.registry.store import metadata
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.registered import child_with_key, events_of, found


@pytest.fixture
def officer(api):
    return api.as_("adoption_officer", subject="officer")


@pytest.fixture
def authority(api):
    return api.as_("sealing_authority", subject="authority one")


@pytest.fixture
def other(api):
    return api.as_("sealing_authority", subject="authority two")


def sealed(officer, authority, child):
    seal = officer.made("/seals", {"child": str(child), "decree": "decree 7"})
    authority.made(f"/seals/{seal}/sealing", None, version=1)
    return seal


def without_request(answer):
    return answer.status_code, answer.json | {"request_id": None}


def test_a_sealed_child_answers_as_one_that_never_was_to_everybody(api, registrar, officer, authority):
    child, own = child_with_key(registrar)
    sibling, _ = child_with_key(registrar)
    registrar.made(f"/children/{child}/siblings", {"siblings": [str(sibling)]}, version=1)
    sealed(officer, authority, child)
    for role in ("registrar", "social_worker", "supervisor", "adoption_officer", "duty_officer"):
        caller = api.as_(role)
        for path in ("/children/{}", "/children/{}/siblings", "/children/{}/access-log", "/children/{}/merges"):
            answers = [caller.get(path.format(id_)) for id_ in (child, new_id())]
            assert without_request(answers[0]) == without_request(answers[1]), (role, path)
    officer_of_data = api.as_("data_protection_officer")
    assert problem(officer_of_data.get(f"/children/{child}/access-log")) == (404, "not-found")
    assert found(registrar, own) == found(officer, own) == []
    assert registrar.get(f"/children/{sibling}/siblings").json["items"] == []


def test_nobody_is_told_why_a_sibling_is_gone_and_the_sealing_names_the_old_id_alone(
    api, registrar, officer, authority
):
    child, _ = child_with_key(registrar)
    sibling, _ = child_with_key(registrar)
    registrar.made(f"/children/{child}/siblings", {"siblings": [str(sibling)]}, version=1)
    version = registrar.get(f"/children/{sibling}").headers["ETag"]
    sealed(officer, authority, child)
    assert events_of(api.engine, sibling)[-1].type == "registry.siblings-linked.v1"
    told = [event.data for event in events_of(api.engine, child) if event.type == "registry.child-sealed.v1"]
    assert told == [{"child": str(child)}]
    assert registrar.get(f"/children/{sibling}").headers["ETag"] == version


def test_an_identifier_that_a_sealed_record_holds_is_free_and_the_officer_gets_a_private_task(
    api, registrar, officer, authority
):
    child, own = child_with_key(registrar)
    seal = sealed(officer, authority, child)
    again, _ = child_with_key(registrar, own)
    assert found(registrar, own) == [str(again)]
    with deployed.working("registry", api.engine) as uow:
        while handlers.meet_sealed(uow, clock.now(), deployed.today()):
            uow.commit()
    tasks = [task for task in officer.get("/seal-tasks").json["items"] if task["child"] == str(again)]
    assert [task["seal"] for task in tasks] == [str(seal)]
    assert problem(registrar.get("/seal-tasks")) == (403, "forbidden")
    officer.made(f"/seal-tasks/{tasks[0]['id']}/done", None, version=1)
    assert str(again) not in officer.get("/seal-tasks").text


def test_two_persons_open_a_seal_and_read_whom_the_child_became(registrar, officer, authority, other):
    child, own = child_with_key(registrar)
    seal, (new, _) = sealed(officer, authority, child), child_with_key(registrar)
    authority.made(f"/seals/{seal}/links", {"child": str(new)}, version=2)
    asked = authority.made(f"/seals/{seal}/openings", {"ground": "COURT_ORDER", "reason": "order 8"})
    path = f"/seal-openings/{asked}"
    assert problem(authority.post(f"{path}/approval", None, version=1)) == (422, "seal-refused")
    assert problem(authority.get(f"{path}/record")) == (422, "seal-refused")
    other.made(f"{path}/approval", None, version=1)
    for reader in (authority, other):
        shown = reader.get(f"{path}/record").json
        assert (shown["child"], shown["new_ids"], shown["identifiers"][0]["value"]) == (
            str(child),
            [str(new)],
            own["value"],
        )
    third = deployed.problem(officer.get(f"{path}/record"))
    assert third == (403, "forbidden")
    listed = authority.get(f"/seals/{seal}/openings").json["items"]
    assert [row["decided_by"] for row in listed] == ["authority two"]


def test_no_table_holds_the_old_and_the_new_id_together_nor_a_common_digest(api, registrar, officer, authority):
    child, own = child_with_key(registrar)
    seal, (new, _) = sealed(officer, authority, child), child_with_key(registrar, own)
    authority.made(f"/seals/{seal}/links", {"child": str(new)}, version=2)
    with deployed.working("registry", api.engine) as uow:
        handlers.meet_sealed(uow, clock.now(), deployed.today())
    with api.engine.connect() as connection:
        connection.execute(text("select set_config('app.system', 'on', true)"))
        dumped = {
            table.name: connection.scalars(text(f"select row::text from {table.name} row")).all()
            for table in metadata.sorted_tables
        }
        audit = connection.scalars(text("select row::text from audit row")).all()
        shared = connection.scalar(text("select count(*) from identifier join seal_identifier using (digest)"))
    rows = [row for rows in dumped.values() for row in rows] + list(audit)
    assert not [row for row in rows if str(new) in row and (str(child) in row or str(seal) in row)]
    assert shared == 0


def test_who_asked_does_not_seal_and_only_the_authority_does(registrar, officer, authority):
    child, _ = child_with_key(registrar)
    seal = officer.made("/seals", {"child": str(child), "decree": "decree 7"})
    assert problem(officer.post(f"/seals/{seal}/sealing", None, version=1)) == (403, "forbidden")
    again = officer.post("/seals", {"child": str(child), "decree": "decree 7"})
    assert problem(again) == (409, "conflict")
    authority.made(f"/seals/{seal}/refusal", {"because": "no decree"}, version=1)
    assert registrar.get(f"/children/{child}").status_code == 200
    listed = authority.get("/seals", status="refused").json["items"]
    assert str(seal) in {row["id"] for row in listed}


def test_a_breach_is_noted_its_clock_runs_and_the_overdue_are_listed(api):
    officer = api.as_("data_protection_officer")
    body = {"kind": "LOST_DEVICE", "children": 12, "known_at": "2026-01-01T08:00:00+00:00", "text": "a laptop, canary"}
    notice = officer.made("/breach-notices", body)
    [row] = [row for row in officer.get("/breach-notices", overdue="true").json["items"] if row["id"] == str(notice)]
    assert (row["due_at"], row["status"], row["text"]) == ("2026-01-04T08:00:00+00:00", "open", body["text"])
    told = {"status": "told", "decision": "letter 5"}
    officer.made(f"/breach-notices/{notice}/decision", told, version=1)
    assert str(notice) not in officer.get("/breach-notices", overdue="true").text
    assert problem(officer.post(f"/breach-notices/{notice}/decision", told, version=2)) == (409, "breach-decided")
    late = body | {"known_at": "2999-01-01T08:00:00+00:00"}
    assert problem(officer.post("/breach-notices", late)) == (422, "invalid-input")
    assert problem(api.as_("registrar").get("/breach-notices")) == (403, "forbidden")
