"""A crew of processes: every line is taken once, a child's by one process; what stops one stops who gave the work."""

import multiprocessing
import os
import signal
from collections import Counter
from dataclasses import dataclass

import pytest

from services.cli.register_crew import FEWEST, Crew, Part
from services.cli.register_errors import LineError
from shared.ids import new_id


@dataclass
class Line:
    """As much of a line as a crew looks at."""

    line: int
    child_key: str


class Forked:
    """A deployment that knows that it was forked."""

    def forked(self):
        os.environ["FORKED"] = "yes"


LINES = [Line(number, f"K-{number % (FEWEST // 2)}") for number in range(FEWEST * 3)]


def take(lines):
    """Every seventh line is refused; who took a line is told by the id of the process."""
    errors = [
        LineError(each.line, "child_key", each.child_key, str(os.getpid()), "x") for each in lines if each.line % 7 == 0
    ]
    made = Counter({f"taken by {os.getpid()}": len(lines), os.environ.get("FORKED", "no"): 1})
    return Part(errors, {each.child_key: new_id() for each in lines}, made)


def test_every_line_is_taken_once_and_a_childs_by_one_process():
    with Crew(Forked(), take, 3) as crew:
        part = crew.take(LINES)
        again = crew.take(LINES)
    takers = {name: count for name, count in part.made.items() if name.startswith("taken by")}
    assert len(takers) == 3
    assert sum(takers.values()) == len(LINES)
    assert part.made["yes"] == 3  # each forgot its parent's connections
    assert f"taken by {os.getpid()}" not in takers
    assert set(part.children) == {each.child_key for each in LINES}
    assert sorted(error.line for error in part.errors) == [each.line for each in LINES if each.line % 7 == 0]
    by_key = {}
    for error in (*part.errors, *again.errors):
        by_key.setdefault(error.value, set()).add(error.rule)
    assert all(len(pids) == 1 for pids in by_key.values())
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("size", "lines"), [(1, LINES), (3, LINES[: FEWEST - 1])])
def test_one_process_alone_or_a_few_lines_are_taken_here(size, lines):
    with Crew(Forked(), take, size) as crew:
        assert crew.take(lines).made[f"taken by {os.getpid()}"] == len(lines)


def test_what_stops_one_stops_this_process_in_its_own_words():
    def failing(lines):
        if any(each.line == 5 for each in lines):
            raise ZeroDivisionError("line 5")
        return take(lines)

    with pytest.raises(ZeroDivisionError, match="line 5"), Crew(Forked(), failing, 2) as crew:
        crew.take(LINES)
    assert multiprocessing.active_children() == []


def test_one_that_is_killed_costs_nothing_but_its_own_work_done_again():
    here = os.getpid()

    def killed(lines):
        if os.getpid() != here and any(each.line == 5 for each in lines):
            os.kill(os.getpid(), signal.SIGKILL)
        return take(lines)

    with Crew(Forked(), killed, 2) as crew:
        assert crew.take(LINES).made[f"taken by {here}"] == len(LINES)
        assert crew.take(LINES).made[f"taken by {here}"] == len(LINES)
    assert multiprocessing.active_children() == []
