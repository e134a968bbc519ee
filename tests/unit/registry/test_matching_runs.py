"""A run: from child to child, to its end or stopped; nothing follows an end."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.registry.domain.matching_runs import TRANSITIONS, Run, RunInHand, RunKind, RunStatus

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHILDREN = [UUID(int=number) for number in range(1, 6)]


def run():
    return Run(UUID(int=99), RunKind.REGISTER, "admin", NOW, children=5)


def test_a_run_goes_from_child_to_child_and_counts_what_it_looked_at_and_found():
    made = run()
    assert not made.begun
    made.advance(CHILDREN[:2], found=1)
    made.advance(CHILDREN[2:], found=2)
    assert (made.looked, made.found, made.after, made.begun) == (5, 3, CHILDREN[-1], True)
    made.finish(NOW)
    assert (made.status, made.ended_at) == (RunStatus.DONE, NOW)


def test_what_a_stopped_run_found_stays():
    made = run()
    made.advance(CHILDREN[:2], found=1)
    made.stop(NOW)
    assert (made.status, made.looked, made.found) == (RunStatus.STOPPED, 2, 1)


@pytest.mark.parametrize("end", ["finish", "stop"])
def test_nothing_follows_an_end(end):
    made = run()
    getattr(made, end)(NOW)
    for act in (lambda: made.advance(CHILDREN, 0), lambda: made.finish(NOW), lambda: made.stop(NOW)):
        with pytest.raises(RunInHand):
            act()
    assert (made.looked, made.after) == (0, None)


def test_every_change_is_a_version():
    made = run()
    made.advance(CHILDREN, found=0)
    made.finish(NOW)
    assert made.version == 3


def test_only_what_is_going_on_ends():
    assert {status for status, following in TRANSITIONS.items() if following} == {RunStatus.RUNNING}
    assert set(TRANSITIONS) == set(RunStatus)
