"""An embedded deployment stopped hard: its process, its PostgreSQL, both at once. On start it catches up.

The moment is chosen, not drawn: a table is held, so that the projection of a batch stands in the middle.
"""

import os
import signal
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from shared.embedded import postmaster
from tests.e2e import recomputed, registers, running
from tests.e2e.running import until


@pytest.fixture(scope="module")
def kz():
    """The deployment, and the process that serves it."""
    with running.home() as home, running.deployment(home, "kz", EMBEDDED="1") as made:
        made.serve("all")
        yield made


@pytest.fixture
def bring_in(kz):
    """Import that many children, under the name of a register of their own; how many there are then."""

    def run(name, **sizes):
        before = kz.value("registry", "select count(*) from child")
        file = registers.write(kz.home / f"{name}.csv", registers.kazakhstan_of(**sizes))
        kz.kinward("import", "register", str(file), "--register", name, "--new-register")
        return before + sum(sizes.values())

    return run


@contextmanager
def figures_held(kz):
    """Hold the table that placements' events are projected into; it is let go at the end, or when the server dies."""
    engine = create_engine(kz.database("reporting"), poolclass=NullPool)
    connection = engine.connect()
    connection.execute(text("lock table figures_a.episode in access exclusive mode"))
    try:
        yield
    finally:
        with suppress(DBAPIError):  # the server may be gone, and the lock with it
            connection.close()


def stands_in_the_middle(kz):
    """Whether a transaction of reporting waits for the table."""
    return kz.value("reporting", "select count(*) from pg_locks where not granted") > 0


def restarted(kz):
    """Start again what was killed; true once every event is applied and every read table is right."""
    kz.serve("all")
    kz.settle()
    return recomputed.differences(kz) == {}


def test_a_process_killed_in_the_middle_of_a_batch_catches_up_on_start(kz, bring_in):
    with figures_held(kz):
        children = bring_in("first", guardianship=80, foster=20, residential=60)
        until(lambda: stands_in_the_middle(kz), "a batch is being projected")
        kz.served[-1].kill()
    assert kz.behind()["reporting", "placements"] > 0
    assert restarted(kz)
    assert kz.value("reporting", "select count(*) from child") == children


def test_a_process_killed_together_with_its_postgresql_catches_up_on_start(kz, bring_in):
    with figures_held(kz):
        children = bring_in("second", guardianship=40, foster=20, residential=40)
        until(lambda: stands_in_the_middle(kz), "a batch is being projected")
        os.kill(kz.postmaster().pid, signal.SIGKILL)
        kz.served[-1].kill()
    assert restarted(kz)
    assert kz.value("reporting", "select count(*) from child") == children


def test_a_postgresql_killed_alone_is_started_again_and_events_go_on(kz, bring_in):
    serving, before = kz.served[-1], kz.postmaster()
    os.kill(before.pid, signal.SIGKILL)
    data = kz.folder / "postgresql" / "data"
    until(lambda: (now := postmaster.running(data)) and now.pid != before.pid, "PostgreSQL runs again")
    until(serving.ready, "the deployment is ready again")
    children = bring_in("third", guardianship=20, foster=10, residential=10)
    kz.settle()
    assert recomputed.differences(kz) == {}
    assert kz.value("reporting", "select count(*) from child") == children
    assert serving.alive()


def test_told_to_stop_an_embedded_deployment_takes_its_postgresql_along(kz):
    assert kz.served[-1].stop() == 0
    assert postmaster.running(kz.folder / "postgresql" / "data") is None
