"""Decisions behind imported stays: due days spread by the child, hurried by an area's plan, told once when late."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import legacy
from services.placements.domain.alarms import Due
from services.placements.domain.alarms import told as told_of
from services.placements.domain.legacy import BreachRescheduled, LegacyOverdue, LegacyPlan, Step
from services.placements.domain.situation import NoSurroundings, ProviderFacts
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Invalid
from shared.ids import new_id

LAW = PackLaw(countries.load("kz", Path(__file__).parents[3] / "countries"))
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def imported(child: UUID) -> domain.Whereabouts:
    """A child with a stay that came with an import today."""
    ids: Iterator[int] = count(1)
    made = domain.Whereabouts(child)
    act = domain.Act(TODAY, LAW, lambda: UUID(int=next(ids)))
    stay = domain.Stay(care_form="FOSTER", area="KZ-75", from_=TODAY - 900 * DAY)
    made.record_whereabouts(UUID(int=99), stay, domain.Ground.IMPORTED, act)
    made.pull_facts()
    return made


def act(today: date) -> domain.Act:
    return domain.Act(today, LAW, new_id)


def told(child: domain.Whereabouts, kind: type) -> list[object]:
    return [fact for *_, fact in child.pull_facts() if isinstance(fact, kind)]


def plan(*steps: tuple[int, int]) -> LegacyPlan:
    made = LegacyPlan(UUID(int=5), "KZ-75", (), "olga", TODAY)
    made.set([Step(TODAY + days * DAY, share) for days, share in steps], "olga", TODAY)
    return made


def the(child: domain.Whereabouts) -> domain.Breach:
    (found,) = [each for each in child.breaches if each.rule == "legacy-decision-due"]
    return found


def test_ten_thousand_are_spread_over_the_packs_time_and_always_alike() -> None:
    ids = [new_id() for _ in range(10_000)]
    days = Counter(legacy.due_by_default(each, TODAY, 365) for each in ids)
    assert TODAY + 14 * DAY <= min(days) <= max(days) <= TODAY + 365 * DAY
    assert max(days.values()) < 70
    assert legacy.due_by_default(ids[0], TODAY, 365) == legacy.due_by_default(ids[0], TODAY, 365)


def test_a_decision_that_is_late_is_told_once_on_the_day_after() -> None:
    child = imported(UUID(int=350))
    due = the(child).due
    assert due == TODAY + 15 * DAY
    child.review(act(due))
    assert told(child, LegacyOverdue) == []
    child.review(act(due + DAY))
    child.review(act(due + 9 * DAY))
    (late,) = told(child, LegacyOverdue)
    assert isinstance(late, LegacyOverdue)
    assert (late.due, late.alarm().role, late.alarm().about) == (due, "gatekeeper", the(child).id)


def test_a_plan_spreads_its_shares_over_its_steps() -> None:
    made = plan((30, 40), (100, 100))
    days = [made.due(UUID(int=number)) for number in range(1_000)]
    assert sum(day <= TODAY + 30 * DAY for day in days) == 400
    assert (min(days), max(days)) == (TODAY + DAY, TODAY + 100 * DAY)
    assert max(Counter(days).values()) <= 20


def test_a_breach_follows_the_plan_but_never_beyond_the_packs_time() -> None:
    child = imported(UUID(int=0))
    assert the(child).due == TODAY + 365 * DAY
    made = plan((50, 100))
    legacy.follow(child, the(child).id, made, act(TODAY))
    assert the(child).due == made.due(child.id)
    assert the(child).facts["plan"] == made.tag
    (moved,) = told(child, BreachRescheduled)
    assert isinstance(moved, BreachRescheduled)
    assert (moved.due, moved.settles()) == (made.due(child.id), (the(child).id,))
    last = imported(UUID(int=99))
    legacy.follow(last, the(last).id, plan((900, 100)), act(TODAY))
    assert the(last).due == TODAY + 365 * DAY


def test_a_day_that_is_moved_ahead_is_told_anew_when_it_passes() -> None:
    child = imported(UUID(int=350))
    child.review(act(TODAY + 20 * DAY))
    assert len(told(child, LegacyOverdue)) == 1
    legacy.follow(child, the(child).id, plan((60, 100)), act(TODAY + 21 * DAY))
    child.review(act(TODAY + 61 * DAY))
    assert len(told(child, LegacyOverdue)) == 1


@pytest.mark.parametrize("steps", [(), ((10, 50),), ((10, 100), (20, 100)), ((20, 50), (10, 100)), ((0, 100),)])
def test_a_plan_that_is_none_is_refused(steps: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(Invalid):
        plan(*steps)


FULL = UUID(int=90)


def crowded(child: UUID, today: date, ground: domain.Ground = domain.Ground.IMPORTED) -> domain.Whereabouts:
    """A child whose stay is written down today, with a family that has no place for it."""
    made = domain.Whereabouts(child)
    stay = domain.Stay(care_form="FOSTER", area="KZ-75", from_=TODAY - 900 * DAY, provider=FULL)
    made.record_whereabouts(UUID(int=99), stay, ground, in_full_house(today))
    return made


def in_full_house(today: date) -> domain.Act:
    full = ProviderFacts(id=FULL, kind="CARER_FAMILY", area="KZ-75", places=1, living=3)
    return domain.Act(today, LAW, new_id, NoSurroundings({FULL: full}))


def alarms(child: domain.Whereabouts) -> list[Due]:
    return told_of(fact for *_, fact in child.pull_facts())[0]


def of_room(child: domain.Whereabouts) -> domain.Breach:
    (found,) = [each for each in child.breaches if each.rule == "capacity"]
    return found


def about_room(child: domain.Whereabouts) -> list[Due]:
    return [each for each in alarms(child) if each.about == of_room(child).id]


def test_the_day_of_an_import_raises_no_alarm_for_what_is_due_on_its_calendar() -> None:
    children = [crowded(new_id(), TODAY) for _ in range(700)]
    assert [each for child in children for each in alarms(child)] == []
    days = Counter(of_room(child).due for child in children)
    assert TODAY + 14 * DAY < min(days) <= max(days) <= TODAY + 365 * DAY
    assert max(days.values()) < 20


def test_a_breach_of_an_imported_stay_is_an_alarm_once_two_weeks_before_its_day_and_settled_when_healed() -> None:
    child = crowded(UUID(int=350 - 60), TODAY)
    child.pull_facts()
    due = of_room(child).due
    assert due == TODAY + 75 * DAY
    child.review(in_full_house(due - 15 * DAY))
    assert about_room(child) == []
    assert child.next_on == due - 14 * DAY
    child.review(in_full_house(due - 14 * DAY))
    (raised,) = about_room(child)
    assert (raised.kind, raised.about, raised.role, raised.due) == ("BREACH", of_room(child).id, "gatekeeper", due)
    child.review(in_full_house(due))
    assert about_room(child) == []
    child.review(act(due))
    assert raised.about in told_of(fact for *_, fact in child.pull_facts())[1]


def test_a_breach_healed_before_its_day_comes_near_is_never_an_alarm() -> None:
    child = crowded(UUID(int=0), TODAY)
    child.review(act(TODAY + DAY))
    child.review(act(TODAY + 360 * DAY))
    assert about_room(child) == []


@pytest.mark.parametrize(("ground", "days"), [(domain.Ground.ARRIVED, 0), (domain.Ground.IMPORTED, 14)])
def test_what_did_not_come_with_an_import_is_an_alarm_at_once_with_the_ordinary_time(
    ground: domain.Ground, days: int
) -> None:
    child, then = domain.Whereabouts(UUID(int=0)), TODAY + days * DAY
    stay = domain.Stay(care_form="FOSTER", area="KZ-75", from_=TODAY - 900 * DAY, provider=FULL)
    child.record_whereabouts(UUID(int=99), stay, ground, act(TODAY))
    child.review(act(then))
    child.pull_facts()
    child.review(in_full_house(then))
    (raised,) = about_room(child)
    assert raised.due == then + 14 * DAY


def test_a_decision_found_wanting_after_its_day_is_told_at_once() -> None:
    child = imported(UUID(int=350))
    child.placement(UUID(int=99)).authorised = True
    child.review(act(TODAY + DAY))
    child.placement(UUID(int=99)).authorised = False
    child.pull_facts()
    child.review(act(TODAY + 300 * DAY))
    assert len(told(child, LegacyOverdue)) == 1
