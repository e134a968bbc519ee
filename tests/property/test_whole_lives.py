"""Whole lives of children, through everything that can be said of one: what CARE C1 demands holds at every moment.

Nobody is looked at too late, by the day or by the hour; a system that was down says the same as one that never was;
what is refused leaves no trace; a fact is never refused by a rule of care. What is said: whole_life_stays,
whole_life_decisions; what must hold: whole_life_holds.
"""

from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from services.placements.domain import Act, Ground, Whereabouts, decisions
from services.placements.domain.decision import DecisionStatus
from tests.property.whole_life_commands import not_driven, without_ground
from tests.property.whole_life_decisions import Deciding, Said
from tests.property.whole_life_holds import Holds
from tests.property.whole_life_stays import Stays


class WholeLife(Stays, Deciding, Holds):
    """Everybody says everything about one child, and time passes."""


SOME, ENOUGH = 20, 100
"""So many lives at a time, and so often at most, until everything was done at least once."""
BUDGET = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
ORAL_ORDER = Said(
    form="CHILDRENS_HOME", made=0, begins=0, lasts=None, body="COURT", act="ENTRY", situation="WITHOUT_PARENTS",
    oral=True, hours_ago=None, decided_by=None, actor="anna", renews=False,
)  # fmt: skip
TestWholeLives = WholeLife.TestCase
TestWholeLives.settings = BUDGET


def lives(number: int) -> None:
    """Some lives, always the same by their number."""
    settled = settings(BUDGET, max_examples=SOME, phases=[Phase.generate], database=None)
    run_state_machine_as_test(seed(number)(type("Lives", (WholeLife,), {})), settings=settled)


def test_everything_that_can_be_done_to_a_record_is_done_in_these_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not_driven((partial(lives, number) for number in range(ENOUGH)), monkeypatch) == set()
    assert without_ground() == set()


def test_an_order_that_lapses_on_the_day_of_a_limit_is_told_alike_after_a_downtime() -> None:
    """The day begins before its hours, also where nobody looked."""
    life = WholeLife()
    life.comes_into_care(born=date(2021, 1, 20), about=False, form="CHILDRENS_HOME", since=0, ground=Ground.FOUND)
    life.is_decided(said=ORAL_ORDER)
    life.days_pass(clocks_first=False, later=1)
    life.both_records_say_the_same()
    assert life.world.daily.child.decisions[0].status is DecisionStatus.LAPSED


def test_a_command_that_nobody_drives_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgive(child: "Whereabouts", act: Act) -> None:
        """A command that the machine does not know."""

    forgive.__module__ = decisions.__name__
    monkeypatch.setattr(decisions, "forgive", forgive, raising=False)
    assert "decisions.forgive" in not_driven((), monkeypatch)
