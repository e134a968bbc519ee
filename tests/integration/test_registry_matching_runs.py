"""A whole register looked through for records of one child: what is imported is due, runs go on where they were."""

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.cli import matching_driving
from services.registry import commands
from services.registry import handlers as registry_handlers
from services.registry.commands import joining
from services.registry.domain.matching_runs import RunKind
from services.registry.handlers import joining as joining_handlers
from services.registry.handlers import matching_runs as handlers
from services.registry.store import matching_runs as store
from shared import clock, failpoints, metrics
from shared.ids import new_id
from tests import alarms
from tests.integration.registered import TODAY

LINE = {
    "child_key": "K-1", "family_name": "Мусабеков", "given_name": "Данияр", "patronymic": "Серикович",
    "script": "Cyrl", "sex": "M", "birth_date": "2012-05-14", "birth_precision": "day", "area": "KZ-75",
}  # fmt: skip
LATIN = {"family_name": "Musabekov", "given_name": "Daniyar", "patronymic": "Serikovich", "script": "Latn"}
SOMEBODY = {"family_name": "Абаев", "given_name": "Тимур", "patronymic": "Петрович", "birth_date": "2015-07-21"}
PAIRS = "select child, other, likelihood, origin, decision, reasons from match_pair order by 1, 2"


def line(key, **cells):
    return LINE | {"child_key": key} | cells


def pairs(deployment):
    with deployment.engine("registry").connect() as connection:
        return connection.execute(text(PAIRS)).all()


def turn(deployment, name="matching-due", after=timedelta(0)):
    """One load of a timer, as the clocks give it: how much it did."""
    with deployment.transaction("registry", "timer") as uow:
        return handlers.TIMED[name](uow, clock.now() + after, TODAY)


def timer(deployment, name="matching-due"):
    """Loads of a timer until it finds nothing more: how much it did."""
    done = 0
    while found := turn(deployment, name):
        done += found
    return done


@pytest.fixture
def empty(office):
    """An office whose deployment has nothing to compare yet."""
    with office.deployment.engine("registry").begin() as connection:
        for table in ("match_pair", "match_due", "match_term", "match_version", "match_run"):
            connection.execute(text(f"delete from {table}"))
    return office


@pytest.fixture
def people(empty):
    """Nine children, three of them recorded twice and one three times: each in another script or spelling."""
    names = [("Абаев", "Abaev"), ("Беков", "Bekov"), ("Досов", "Dosov"), ("Ильин", "Ilin"), ("Касенов", "Kasenov")]
    days = {family: f"201{number}-0{number + 3}-1{number}" for number, (family, _) in enumerate(names)}
    written = [line(f"C-{family}", family_name=family, birth_date=days[family]) for family, _ in names]
    twice = names[:4]
    again = [line(f"L-{latin}", **LATIN | {"family_name": latin}, birth_date=days[family]) for family, latin in twice]
    third = line("T", family_name="Ильин", patronymic="", birth_date=days["Ильин"])
    empty.take(empty.csv(*written, *again, third))
    return empty


def looked_through(office, kind, most, monkeypatch):
    """The pairs that a run in chunks of so many finds, from the beginning, each record beside one other at most."""
    monkeypatch.setattr(store, "BESIDE", 1)
    monkeypatch.setitem(handlers.CHUNKS, kind, most)
    forget(office.deployment)
    assert matching_driving.drive(office.deployment, kind)["status"] == "done"
    return pairs(office.deployment)


def forget(deployment):
    """As if nobody had looked yet."""
    with deployment.engine("registry").begin() as connection:
        for table in ("match_pair", "match_run", "match_due"):
            connection.execute(text(f"delete from {table}"))
        connection.execute(text("insert into match_due select distinct child, now() from match_term"))


def killed_at(deployment, kind, place, processes=1):
    """Drive a run in a process of its own until it comes to a place the second time, and kill it there."""
    pid = os.fork()
    if not pid:
        os.environ |= {"KINWARD_FAILPOINTS": f"{place}=stop@2", "KINWARD_TESTING": "1"}
        failpoints._armed.cache_clear()
        deployment.forked()
        matching_driving.drive(deployment, kind, processes=processes)
        os._exit(0)
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@pytest.fixture
def rings(promtool, tmp_path):
    """Which alerts about matching ring, if what /metrics says now is so for some minutes."""

    def judge(minutes):
        found = alarms.scrape(metrics.exposition())
        mine = {name: value for name, value in found.items() if "kinward_matching" in name}
        return alarms.ringing(promtool, tmp_path, [{**mine, alarms.series("up", alarms.TARGET): 1}], minutes=minutes)

    return judge


def test_an_imported_duplicate_in_another_script_comes_to_the_review_list(empty):
    done, refused = empty.take(empty.csv(line("K-1"), line("K-2", **LATIN), line("K-3", **SOMEBODY)))
    assert (done.made["children"], refused) == (3, [])
    assert pairs(empty.deployment) == []
    assert timer(empty.deployment) == 3
    [pair] = pairs(empty.deployment)
    assert {pair.child, pair.other} == {empty.child("K-1").id, empty.child("K-2").id}
    assert (pair.likelihood, pair.origin, pair.decision) == ("likely", "run", "proposed")
    assert "other-script" in pair.reasons
    assert timer(empty.deployment) == 0


def test_a_run_over_the_register_finds_it_too_and_finds_nothing_twice(empty):
    empty.take(empty.csv(line("K-1"), line("K-2", **LATIN), line("K-3", **SOMEBODY)))
    run = matching_driving.drive(empty.deployment, RunKind.REGISTER)
    assert (run["status"], run["found"], len(pairs(empty.deployment))) == ("done", 1, 1)
    assert matching_driving.drive(empty.deployment, RunKind.REGISTER)["found"] == 0
    assert matching_driving.drive(empty.deployment, RunKind.DUE)["found"] == 0
    assert timer(empty.deployment) == 0


def test_records_that_wait_for_a_day_ring_until_they_are_compared(empty, rings):
    empty.take(empty.csv(line("K-1")))
    turn(empty.deployment, after=timedelta(minutes=1))
    empty.take(empty.csv(line("K-2")))
    begun = matching_driving._in_hand(empty.deployment, RunKind.DUE)
    turn(empty.deployment, after=timedelta(hours=25))
    assert rings(20) == {"KinwardSameChildBehind"}
    assert matching_driving.drive(empty.deployment, RunKind.DUE)["id"] == begun
    turn(empty.deployment, after=timedelta(hours=25))
    assert rings(20) == set()


def test_terms_that_are_not_made_anew_ring_until_they_are(empty, rings):
    empty.take(empty.csv(line("K-1")))
    with empty.deployment.engine("registry").begin() as connection:
        connection.execute(text("update match_term set version = version - 32"))
        connection.execute(text("update match_version set version = version - 32"))
    assert turn(empty.deployment) == 0
    assert rings(130) == {"KinwardSameChildStale"}
    assert timer(empty.deployment, "matching-runs") >= 1
    assert turn(empty.deployment) == 1
    assert rings(130) == set()


@pytest.mark.parametrize("kind", [RunKind.REGISTER, RunKind.DUE])
def test_chunks_of_any_size_give_the_same_pairs(people, kind, monkeypatch):
    whole = looked_through(people, kind, 1000, monkeypatch)
    assert len(whole) >= 4
    for most in (1, 2, 3, 7):
        assert looked_through(people, kind, most, monkeypatch) == whole


@pytest.mark.parametrize("kind", [RunKind.REGISTER, RunKind.DUE])
@pytest.mark.parametrize("place", ["chunk.read", "chunk.written", "chunk.committed"])
def test_a_run_that_is_killed_goes_on_and_finds_each_pair_once(people, kind, place, monkeypatch):
    whole = looked_through(people, kind, 3, monkeypatch)
    forget(people.deployment)
    killed_at(people.deployment, kind, place)
    with people.deployment.reading("registry") as session:
        run = matching_driving.views.running_id(session, kind)
        before = matching_driving.views.run(session, run)
    assert (before["status"], before["looked"]) == ("running", 6 if place == "chunk.committed" else 3)
    after = matching_driving.drive(people.deployment, kind)
    assert (after["id"], after["status"]) == (run, "done")
    assert (pairs(people.deployment), after["found"]) == (whole, len(whole))


@pytest.mark.parametrize("place", [None, "chunk.committed"])
def test_several_processes_find_the_same_pairs_also_where_all_of_them_are_killed(people, place, monkeypatch):
    whole = looked_through(people, RunKind.REGISTER, 2, monkeypatch)
    forget(people.deployment)
    if place:
        killed_at(people.deployment, RunKind.REGISTER, place, processes=2)
    done = matching_driving.drive(people.deployment, RunKind.REGISTER, processes=2)
    assert (done["status"], done["looked"]) == ("done", done["children"])
    assert pairs(people.deployment) == whole


def test_what_was_decided_is_not_asked_again(people):
    matching_driving.drive(people.deployment, RunKind.REGISTER)
    with people.deployment.engine("registry").begin() as connection:
        connection.execute(
            text("update match_pair set decision = 'different', decided_by = 'worker', decided_at = now()")
        )
    for kind in (RunKind.REGISTER, RunKind.DUE):
        assert matching_driving.drive(people.deployment, kind)["found"] == 0
    assert {pair.decision for pair in pairs(people.deployment)} == {"different"}


def test_siblings_and_merged_records_are_no_pairs_and_a_merged_record_stands_for_the_one_that_stays(empty):
    empty.take(empty.csv(line("K-1"), line("K-2", **LATIN), line("K-3", birth_date="2012-05-15"), line("K-4")))
    one, two, three, four = (empty.child(key).id for key in ("K-1", "K-2", "K-3", "K-4"))
    merging = {"kept": one, "merged": two, "merged_version": 1, "ground": "SAME_DOCUMENT", "reason": "one record"}
    empty.do("registry", joining_handlers.merge_children, joining.MergeChildren, id=new_id(), **merging)
    empty.do("registry", registry_handlers.link_siblings, commands.LinkSiblings, id=one, siblings=(three,))
    matching_driving.drive(empty.deployment, RunKind.REGISTER)
    found = {(pair.child, pair.other) for pair in pairs(empty.deployment) if pair.origin == "run"}
    assert found == {tuple(sorted(pair)) for pair in ((one, four), (three, four))}


def test_a_hundred_of_one_name_born_on_the_first_of_january_do_not_flood_the_list(empty):
    same = {"given_name": "Мұхаммед", "family_name": "Әли", "patronymic": "", "birth_date": "2012-01-01"}
    empty.take(empty.csv(*(line(f"M-{number}", **same) for number in range(40))))
    run = matching_driving.drive(empty.deployment, RunKind.REGISTER)
    assert 0 < run["found"] <= 40 * store.BESIDE
    assert "likely" not in {pair.likelihood for pair in pairs(empty.deployment)}


def test_a_child_that_is_changed_while_it_is_looked_at_stays_due(empty):
    empty.take(empty.csv(line("K-1")))
    child = empty.child("K-1").id
    with empty.deployment.transaction("registry", "timer") as uow:
        taken = uow.looking.due(10)
        empty.correct(child, sex="F")
        uow.looking.settle(taken)
    assert turn(empty.deployment) == 1


def test_a_damaged_record_holds_up_no_run(empty):
    empty.take(empty.csv(line("K-1"), line("K-2", **LATIN), line("K-3")))
    damaged = empty.child("K-3").id
    broken = text("update child set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40)) where id = :id")
    with empty.deployment.engine("registry").begin() as connection:
        connection.execute(broken, {"id": damaged})
        connection.execute(text("update match_term set version = version - 32"))
        connection.execute(text("update match_version set version = version - 32"))
    assert matching_driving.drive(empty.deployment, RunKind.INDEX)["status"] == "done"
    assert matching_driving.drive(empty.deployment, RunKind.REGISTER)["status"] == "done"
    found = {(pair.child, pair.other) for pair in pairs(empty.deployment)}  # others of the register among them
    assert tuple(sorted(empty.child(key).id for key in ("K-1", "K-2"))) in found
    assert damaged not in {child for pair in found for child in pair}
    with empty.deployment.engine("registry").begin() as connection:
        connection.execute(text("delete from match_due"))
        connection.execute(broken, {"id": damaged})  # turned over once more it is whole
