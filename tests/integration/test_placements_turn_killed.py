"""The day's turn killed in its middle, and taken by several at once: nothing is lost, nothing is told twice."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from benchmarks import placements_register
from services.cli import turn_commands
from services.placements import domain
from services.placements.handlers import turn as handlers
from services.placements.handlers.placements import acting
from services.placements.views import turn as views
from shared import clock, failpoints
from shared.unit_of_work import Context

CHILDREN = 240


@pytest.fixture
def country(deployment, monkeypatch):
    """The deployment with some hundred children in care at whom nobody has looked yet, taken fifty at a time."""
    with deployment.engine("placements").begin() as connection:
        tables = "whereabouts, placement, provider, breach, alarm, turn_child, turn_provider, turn_law"
        connection.execute(text(f"truncate {tables} cascade"))
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("delete from event_log"))
    url = deployment.databases["placements"]
    made = placements_register.Placements(url, deployment.pack, deployment.keys, deployment.today())
    placements_register.fill(made, CHILDREN, due=1.0)
    monkeypatch.setattr(handlers, "A_LOAD", 50)
    return deployment


def killed_at(deployment, place):
    """Take the turn in a process of its own until it comes to a place the second time, and kill it there."""
    pid = os.fork()
    if not pid:
        os.environ |= {"KINWARD_FAILPOINTS": f"{place}=stop@2", "KINWARD_TESTING": "1"}
        failpoints._armed.cache_clear()
        deployment.forked()
        turn_commands._taken(deployment)
        os._exit(0)
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def unmet(deployment):
    """What is open, and what the rules say now, by child and rule."""
    uow = deployment.unit_of_work("placements", Context("test", clock.now(), system=True))
    act = acting(uow, deployment.today())
    children = uow.session.scalars(select(domain.Whereabouts)).unique().all()
    said = sorted((str(child.id), each.rule.id) for child in children for _, each in child.judged(act) if not each.met)
    uow.close()
    with deployment.engine("placements").connect() as connection:
        query = "select child::text, rule from breach where healed_on is null order by 1, 2"
        return [tuple(row) for row in connection.execute(text(query))], said


def told_twice(deployment):
    """Facts of time that were told of one thing more than once."""
    query = (
        "select type, subject, data->>'placement', data->>'rule', data->>'on', count(*) from event_log"
        " where type like '%breach-opened%' or type like '%limit%' or type like '%review-overdue%'"
        " group by 1, 2, 3, 4, 5 having count(*) > 1"
    )
    with deployment.engine("placements").connect() as connection:
        return connection.execute(text(query)).all()


def status(deployment):
    with deployment.reading("placements") as session:
        return views.status(session, deployment.today())


@pytest.mark.parametrize("place", ["chunk.read", "log.appended", "chunk.committed"])
def test_a_turn_that_is_killed_goes_on_where_it_was(country, place):
    killed_at(country, place)
    left = status(country)["due"]
    assert 0 < left < CHILDREN
    assert turn_commands._taken(country) >= left
    open_, said = unmet(country)
    assert open_ == said
    assert open_
    assert told_twice(country) == []
    assert status(country)["due"] == 0
    assert turn_commands._taken(country) == 0


def test_several_take_a_turn_at_once(country):
    with ThreadPoolExecutor(3) as pool:
        taken = list(pool.map(lambda _: turn_commands._taken(country), range(3)))
    assert sum(taken) >= CHILDREN
    open_, said = unmet(country)
    assert open_ == said
    assert told_twice(country) == []
    found = status(country)
    assert (found["due"], found["law_seen_on"], found["law_spreads_since"]) == (0, country.today(), None)
