"""Absences of a placement: away and still in care, back, overdue, missing; never twice at once, within the stay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import absence_facts as facts
from services.placements.domain import absences, judgement
from services.placements.domain.absences import AbsenceState, Away
from services.placements.domain.situation import NoSurroundings, ProviderFacts
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Conflict

LAW = PackLaw(countries.load("kz", Path(__file__).parents[3] / "countries"))
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 21, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class OneChild:
    """A child in foster care since January, and what is said of it."""

    def __init__(self) -> None:
        self.ids: Iterator[int] = count(1)
        self.child = domain.Whereabouts(UUID(int=0))
        self.home = self.new_id()
        stay = domain.Stay(care_form="FOSTER", area="KZ-75", from_=date(2026, 1, 1))
        self.child.record_whereabouts(self.home, stay, domain.Ground.ARRIVED, self.act())
        self.told()

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    def act(self, today: date = TODAY) -> domain.Act:
        return domain.Act(today, LAW, self.new_id)

    def told(self) -> list[object]:
        return [fact for *_, fact in self.child.pull_facts() if type(fact).__module__ == facts.__name__]

    def away(self, kind: str = "HOSPITAL", from_: date = TODAY, today: date = TODAY, **given: object) -> UUID:
        id_, follows = self.new_id(), bool(given.pop("follows", False))
        said = Away(kind=kind, from_=from_, **given)  # type: ignore[arg-type]
        absences.start(self.child, id_, self.home, said, NOW, self.act(today), ends_former=follows)
        return id_

    def state(self, id_: UUID) -> AbsenceState:
        return absences.find(self.child, id_).state


@pytest.fixture
def one() -> OneChild:
    return OneChild()


def test_a_child_that_is_away_lives_where_it_lived_and_its_place_is_kept(one: OneChild) -> None:
    id_ = one.away(expected_back=TODAY + 10 * DAY)
    (started,) = one.told()
    assert isinstance(started, facts.AbsenceStarted)
    assert (started.kept_until, started.alert, started.alarm()) == (TODAY + 90 * DAY, False, None)
    assert one.child.active is not None
    assert one.state(id_) is AbsenceState.AWAY
    absences.come_back(one.child, id_, TODAY + 3 * DAY, one.act(TODAY + 3 * DAY))
    (ended,) = one.told()
    assert (ended.returned, ended.back, ended.settles()) == (True, TODAY + 3 * DAY, (id_,))


def test_a_child_that_does_not_come_back_is_overdue_from_the_next_day_and_only_once(one: OneChild) -> None:
    id_ = one.away(expected_back=TODAY + 2 * DAY)
    one.told()
    assert min(absences.changes_on(one.child)) == TODAY + 3 * DAY
    one.child.review(one.act(TODAY + 2 * DAY))
    assert one.told() == []
    one.child.review(one.act(TODAY + 3 * DAY))
    one.child.review(one.act(TODAY + 9 * DAY))
    (overdue,) = one.told()
    assert isinstance(overdue, facts.AbsenceOverdue)
    assert (overdue.expected_back, overdue.alarm().about, overdue.alarm().role) == (
        TODAY + 2 * DAY, id_, "social_worker",
    )  # fmt: skip
    absences.expect(one.child, id_, TODAY + 20 * DAY, one.act(TODAY + 9 * DAY))
    assert one.state(id_) is AbsenceState.AWAY
    one.child.review(one.act(TODAY + 21 * DAY))
    assert one.state(id_) is AbsenceState.OVERDUE


@pytest.mark.parametrize("kind", ["MISSING", "UNKNOWN"])
def test_of_a_child_that_nobody_can_find_the_duty_officer_hears_within_the_hour(one: OneChild, kind: str) -> None:
    id_ = one.away(kind)
    (started,) = one.told()
    alarm = started.alarm()
    assert started.alert
    assert (alarm.role, alarm.due, alarm.about) == ("duty_officer", NOW + timedelta(hours=1), id_)


def test_who_is_away_is_not_away_once_more_unless_the_one_follows_the_other(one: OneChild) -> None:
    first = one.away("HOLIDAY")
    with pytest.raises(absences.AlreadyAway):
        one.away("MISSING")
    second = one.away("MISSING", follows=True)
    assert (one.state(first), one.state(second)) == (AbsenceState.BACK, AbsenceState.AWAY)
    with pytest.raises(domain.Impossible):
        one.away("HOSPITAL", TODAY - DAY, follows=True)


@pytest.mark.parametrize(
    "said",
    [
        {"from_": date(2025, 12, 31)},
        {"from_": TODAY + DAY},
        {"from_": TODAY, "back": TODAY - DAY},
        {"from_": TODAY, "expected_back": TODAY - DAY},
    ],
)
def test_days_that_cannot_have_been_are_refused_and_leave_no_trace(one: OneChild, said: dict[str, date]) -> None:
    with pytest.raises(domain.Impossible):
        one.away(**said)  # type: ignore[arg-type]
    assert (one.child.absences, one.told()) == ([], [])


def test_an_absence_that_is_over_is_written_down_afterwards(one: OneChild) -> None:
    id_ = one.away("MISSING", TODAY - 5 * DAY, back=TODAY - 2 * DAY)
    assert one.state(id_) is AbsenceState.BACK
    started, ended = one.told()
    assert (started.alarm(), ended.returned) == (None, True)
    with pytest.raises(Conflict):
        absences.come_back(one.child, id_, TODAY, one.act())


def test_the_end_of_the_stay_ends_the_absence_and_its_correction_opens_it_again(one: OneChild) -> None:
    id_ = one.away("TRIAL_AT_HOME", TODAY - 5 * DAY)
    one.told()
    one.child.end(one.home, TODAY, "REVIEW", "REUNIFICATION", one.act())
    (ended,) = one.told()
    assert (ended.returned, ended.back, one.state(id_)) == (False, TODAY, AbsenceState.WITH_PLACEMENT)
    never_left = domain.Stay(care_form="FOSTER", area="KZ-75", from_=date(2026, 1, 1))
    one.child.correct(one.home, never_left, one.act())
    (again,) = one.told()
    assert (again.absence, one.state(id_)) == (id_, AbsenceState.AWAY)


def test_a_stay_that_never_was_takes_its_absences_with_it(one: OneChild) -> None:
    id_ = one.away("CAMP")
    one.told()
    one.child.withdraw(one.home, one.act())
    (ended,) = one.told()
    assert (ended.withdrawn, one.state(id_)) == (True, AbsenceState.WITHDRAWN)


HOME = UUID(int=90)


def around(one: OneChild, living: int, today: date) -> domain.Act:
    """The day, with a family that has one place and in which so many other children live."""
    family = ProviderFacts(id=HOME, kind="CARER_FAMILY", area="KZ-75", places=1, living=living)
    return replace(one.act(today), around=NoSurroundings({HOME: family}))


def in_family(one: OneChild) -> None:
    stay = domain.Stay(care_form="FOSTER", area="KZ-75", from_=date(2026, 1, 1), provider=HOME)
    one.child.correct(one.home, stay, around(one, 0, TODAY))


def no_room(one: OneChild) -> list[domain.Breach]:
    return [each for each in one.child.breaches if each.rule == "capacity" and each.is_open]


def test_a_place_is_kept_until_its_last_day_and_the_return_is_judged_for_room_again(one: OneChild) -> None:
    in_family(one)
    id_, last = one.away(), TODAY + 90 * DAY
    place = one.child.placement(one.home)
    one.child.review(around(one, 0, last))
    assert place.place_kept
    assert one.child.next_on == last + DAY
    one.child.review(around(one, 0, last + DAY))
    assert not place.place_kept
    one.child.review(around(one, 1, last + 2 * DAY))  # another child has it now
    assert no_room(one) == []
    absences.come_back(one.child, id_, last + 3 * DAY, around(one, 1, last + 3 * DAY))
    assert place.place_kept
    (found,) = no_room(one)
    assert found.opened_on == last + 3 * DAY
    one.child.review(around(one, 0, last + 4 * DAY))
    assert no_room(one) == []


def test_a_place_that_was_another_absences_is_kept_again_and_an_entry_in_error_takes_none(one: OneChild) -> None:
    in_family(one)
    id_, later = one.away(), TODAY + 91 * DAY
    one.child.review(one.act(later))
    place = one.child.placement(one.home)
    assert not place.place_kept
    second = one.away("HOLIDAY", from_=later, today=later, follows=True)
    assert place.place_kept
    absences.withdraw(one.child, second, one.act(later))
    absences.withdraw(one.child, id_, one.act(later))
    assert place.place_kept


def test_whoever_asks_whether_the_child_may_stay_is_told_of_room_though_its_place_is_kept_no_longer(
    one: OneChild,
) -> None:
    in_family(one)
    one.away()
    later = TODAY + 91 * DAY
    one.child.review(around(one, 1, later))
    said = judgement.permission(one.child, one.child.placement(one.home), around(one, 1, later))
    assert {each.rule.id: each.met for each in said}["capacity"] is False
