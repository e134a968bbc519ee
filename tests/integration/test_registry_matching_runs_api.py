"""Runs over HTTP: begun by who may, one of a kind at a time, with their progress; stopped; whatever the reach."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from services.registry.domain.matching_runs import RunKind
from services.registry.handlers import matching_runs as handlers
from shared import clock, db
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import TODAY, child_of

RUNS = "/matching/runs"


@pytest.fixture
def administrator(api):
    return api.as_("administrator")


def go_on(api, name="matching-runs"):
    with deployed.working("registry", api.engine, actor="timer") as uow:
        return handlers.TIMED[name](uow, clock.now(), TODAY)


def test_a_run_is_begun_shown_with_its_progress_and_driven_by_the_timer(api, registrar, administrator):
    child_of(registrar)
    child_of(registrar)
    run = administrator.made(RUNS, {"kind": "register"})
    begun = administrator.get(f"{RUNS}/{run}").json
    assert (begun["status"], begun["looked"], begun["asked_by"]) == ("running", 0, "administrator")
    assert begun["children"] >= 2
    while go_on(api):
        pass
    done = administrator.get(f"{RUNS}/{run}").json
    assert (done["status"], done["looked"]) == ("done", done["children"])
    listed = administrator.get(RUNS).json
    assert listed["items"][0]["id"] == str(run)
    assert listed["due"] >= 2
    assert "after" not in done
    assert ("administrator", "BeginRun", "done") in audited(api, run)


def test_of_a_kind_there_is_one_at_a_time_and_it_can_be_stopped(api, administrator):
    run = administrator.made(RUNS, {"kind": "due"})
    again = administrator.post(RUNS, {"kind": "due"})
    assert (problem(again), again.json["errors"][0]["rule"]) == ((409, "run-in-hand"), "one-run-a-kind")
    assert go_on(api, "matching-due") == 0
    administrator.made(f"{RUNS}/{run}/stopping", {})
    assert administrator.get(f"{RUNS}/{run}").json["status"] == "stopped"
    assert problem(administrator.post(f"{RUNS}/{run}/stopping", {})) == (409, "run-in-hand")
    with deployed.working("registry", api.engine, actor="timer") as uow:
        assert uow.match_runs.running(RunKind.DUE) is None


def test_who_sees_to_children_begins_no_run(registrar):
    assert problem(registrar.post(RUNS, {"kind": "register"}))[0] == 403
    assert registrar.get(RUNS).status_code == 403


def test_a_kind_that_is_none_is_refused(administrator):
    assert problem(administrator.post(RUNS, {"kind": "everything"}))[0] == 422


def migrate(engine, to, monkeypatch):
    revisions = ScriptDirectory._upgrade_revs
    with monkeypatch.context() as patched:
        patched.setattr(ScriptDirectory, "_upgrade_revs", lambda scripts, _, now: revisions(scripts, to, now))
        db.migrate(engine, "services.registry.migrations")


@pytest.mark.parametrize("before", [0, 3])
def test_where_there_were_children_before_the_migration_begins_to_make_their_terms(wheel_url, before, monkeypatch):
    engine = db.make_engine(wheel_url)
    migrate(engine, "registry_0014", monkeypatch)
    with engine.begin() as connection:
        made = "select gen_random_uuid(), each, 1, 'active', 'KZ-75', '{}' from generate_series(1, :children) each"
        children = text(f"insert into child (id, number, version, status, area, siblings) {made}")
        connection.execute(children, {"children": before})
    migrate(engine, "head", monkeypatch)
    with engine.connect() as connection:
        runs = connection.execute(text("select kind, status, children from match_run")).all()
    engine.dispose()
    assert runs == ([("index", "running", 3)] if before else [])
