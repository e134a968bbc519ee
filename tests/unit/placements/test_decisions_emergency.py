"""Children taken at once: by whom, the clock to a decision in hours, who is told by when (CARE C2, C4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.placements.domain import decisions_emergency
from services.placements.domain.decisions_emergency import Emergency, Taken
from services.placements.domain.placement import Ground, Impossible
from tests.unit.placements.decided import LINE

TODAY = date(2026, 3, 10)
NIGHT = datetime(2026, 3, 9, 21, tzinfo=UTC)  # two o'clock in Almaty, on the tenth
HOUR = timedelta(hours=1)


@pytest.fixture
def night(world: Any) -> Any:
    """A world with a decision table and a child of seven, at two o'clock."""
    world.book.tables["decision_table"] = [LINE | {"application": {"amount": 7, "unit": "days"}}]
    world.born(date(2019, 1, 1))
    return world


def take(world: Any, at: datetime = NIGHT, *, by: str = "POLICE", now: datetime = NIGHT + HOUR) -> Emergency:
    id_, today = world.ids(), at.astimezone(world.book.calendar.zone).date()
    stay = world.stay(today, form="CHILDRENS_HOME", kind="emergency")
    world.child.record_whereabouts(id_, stay, Ground.EMERGENCY, world.act(today), ends_former=True, at=at)
    taken = Taken(taken_by=by, situation="WITH_PARENTS", taken_from="PARENT", at=at, area="KZ-75")
    return decisions_emergency.take(world.child, world.ids(), taken, id_, "duty", now, world.act(today))


def due_at(world: Any) -> datetime | None:
    (breach,) = (each for each in world.child.breaches if each.is_open and each.rule == "decision-in-force")
    at: datetime | None = breach.due_at
    return at


def test_the_decision_is_due_so_many_hours_after_the_child_was_brought(night: Any) -> None:
    take(night)
    assert due_at(night) == NIGHT + 72 * HOUR
    told = next(each for _, _, each in night.child.pull_facts() if type(each).__name__ == "BreachOpened")
    assert told.alarm().due == NIGHT + 72 * HOUR


def test_a_second_emergency_continues_the_clock_of_the_child_from_the_first_hour(night: Any) -> None:
    take(night)
    night.child.end(night.child.active.id, TODAY, "DECISION", "REUNIFICATION", night.act(TODAY))
    take(night, NIGHT + timedelta(days=30), now=NIGHT + timedelta(days=31))
    assert due_at(night) == NIGHT + 72 * HOUR


def test_the_clock_goes_on_in_the_next_place_where_nobody_decided(night: Any) -> None:
    take(night)
    night.arrive(TODAY, form="FOSTER", ends_former=True)
    night.arrive(TODAY, form="CHILDRENS_HOME", ends_former=True)
    assert due_at(night) == NIGHT + 72 * HOUR


def test_the_clock_is_over_where_it_was_decided_or_the_child_was_home(night: Any) -> None:
    day = TODAY + timedelta(days=2)
    take(night)
    night.child.end(night.child.active.id, TODAY, "DECISION", "REUNIFICATION", night.act(TODAY))
    night.arrive(day, form="FOSTER", today=day)
    assert due_at(night) is None
    night.child.withdraw(night.child.active.id, night.act(day))
    take(night)
    night.decide("CHILDRENS_HOME")
    night.arrive(day, form="FOSTER", today=day, ends_former=True)
    assert due_at(night) is None


def test_a_second_emergency_later_that_day_continues_the_clock_of_the_first_hour(night: Any) -> None:
    take(night)
    take(night, NIGHT + 9 * HOUR, now=NIGHT + 10 * HOUR)
    assert due_at(night) == NIGHT + 72 * HOUR


def test_the_hour_of_arrival_is_forgotten_where_the_day_turns_out_to_be_another(night: Any) -> None:
    take(night)
    stay = night.child.active
    night.child.correct(stay.id, night.stay(TODAY, form="CHILDRENS_HOME"), night.act())
    assert stay.began_at == NIGHT
    night.child.correct(stay.id, night.stay(TODAY - timedelta(days=2), form="CHILDRENS_HOME"), night.act())
    assert stay.began_at is None


def test_the_clock_goes_on_over_a_short_stay_later_on_the_day_on_which_a_long_one_began(night: Any) -> None:
    day, hours = TODAY - timedelta(days=100), timedelta(days=-100)
    take(night, NIGHT + hours + 9 * HOUR)
    night.child.end(night.child.active.id, day, "DECISION", "REUNIFICATION", night.act(day))
    take(night, NIGHT + hours)  # written down after the other one, and earlier on that day
    take(night)
    assert due_at(night) == NIGHT + hours + 72 * HOUR


@pytest.mark.parametrize("arrived", [NIGHT - HOUR, NIGHT + 2 * HOUR])
def test_nobody_arrives_before_being_taken_or_in_the_future(arrived: datetime) -> None:
    with pytest.raises(Impossible):
        decisions_emergency.require_hours(NIGHT, arrived, NIGHT + HOUR)


def test_where_only_the_day_is_known_the_clock_runs_in_whole_days(night: Any) -> None:
    night.arrive(TODAY, form="CHILDRENS_HOME", ground=Ground.EMERGENCY, kind="emergency")
    (breach,) = (each for each in night.child.breaches if each.rule == "decision-in-force")
    assert (breach.due, breach.due_at) == (TODAY + timedelta(days=3), None)


def test_who_is_to_be_told_of_a_removal_and_the_application_run_from_its_hour(night: Any) -> None:
    emergency = take(night)
    found = {each.to: each.due for each in night.child.notices if each.about == emergency.id}
    assert found["PROSECUTOR"] == NIGHT
    assert found["DECIDING_BODY"].astimezone(night.book.calendar.zone) == datetime(
        2026, 3, 18, tzinfo=night.book.calendar.zone
    )
    assert emergency.named


def test_a_body_that_nobody_named_is_recorded_with_a_breach_until_there_is_a_decision(night: Any) -> None:
    emergency = take(night, by="NOTARY")
    assert emergency.named is False
    assert "removal-by-body-named" in night.open_rules()
    night.decide("CHILDRENS_HOME", TODAY)
    assert {"removal-by-body-named", "decision-in-force"} & night.open_rules() == set()


def test_a_pack_without_a_line_knows_neither_who_may_nor_whom_to_tell(night: Any) -> None:
    night.book.tables.clear()
    assert take(night).named is None
    assert night.child.notices == []
    assert "removal-by-body-named" not in night.open_rules()


def test_a_removal_is_not_recorded_for_the_future(night: Any) -> None:
    with pytest.raises(Impossible):
        take(night, NIGHT, now=NIGHT - HOUR)
