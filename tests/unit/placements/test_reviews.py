"""Reviews: due by care form, counted through moves, spread for imports, overdue from the next day, with the child."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import reviews
from services.placements.domain.reviews import Findings, Held
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Conflict, Invalid

LAW = PackLaw(countries.load("kz", Path(__file__).parents[3] / "countries"))
START = date(2026, 1, 31)
DAY = timedelta(days=1)
FOUND = Findings(goals="PARTLY", necessary="YES", suitable="YES", way_home="NO")
IN_TIME = "review-in-time"


class OneChild:
    """A child in foster care, and the reviews of it."""

    def __init__(self, number: int = 0) -> None:
        self.ids: Iterator[int] = count(1)
        self.child = domain.Whereabouts(UUID(int=number))
        self.child.known = domain.KnownChild(date(2015, 1, 1), date(2015, 1, 1), "KZ-75", confirmed=True)

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    def act(self, today: date) -> domain.Act:
        return domain.Act(today, LAW, self.new_id)

    def arrives(
        self, form: str = "FOSTER", from_: date = START, today: date | None = None, ground: str = "arrived"
    ) -> UUID:
        id_ = self.new_id()
        stay = domain.Stay(care_form=form, area="KZ-75", from_=from_)
        given = domain.Ground(ground), self.act(today or from_)
        self.child.record_whereabouts(id_, stay, *given, ends_former=True)
        return id_

    def held(self, placement: UUID, on: date, **given: object) -> UUID:
        id_ = self.new_id()
        said = Held(on=on, by=("anna",), findings=FOUND, **given)  # type: ignore[arg-type]
        reviews.hold(self.child, id_, placement, said, self.act(on))
        return id_

    def due(self, placement: UUID) -> date | None:
        return self.child.placement(placement).review_due

    def overdue(self) -> list[reviews.ReviewOverdue]:
        return [fact for *_, fact in self.child.pull_facts() if isinstance(fact, reviews.ReviewOverdue)]

    def breach(self) -> bool:
        return any(each.rule == IN_TIME and each.is_open for each in self.child.breaches)


@pytest.fixture
def one() -> OneChild:
    return OneChild()


@pytest.mark.parametrize(
    ("form", "due"),
    [
        ("FOSTER", date(2026, 4, 30)),
        ("INFANT_HOME", date(2026, 4, 30)),
        ("GUARDIANSHIP", date(2027, 1, 31)),
        ("PARENTAL", None),
    ],
)
def test_the_first_review_is_due_by_the_care_form_in_calendar_months(
    one: OneChild, form: str, due: date | None
) -> None:
    assert one.due(one.arrives(form)) == due


def test_a_review_that_was_not_held_is_overdue_from_the_next_day_and_healed_by_holding_it(one: OneChild) -> None:
    here = one.arrives()
    one.child.review(one.act(date(2026, 4, 30)))
    assert (one.overdue(), one.breach()) == ([], False)
    one.child.review(one.act(date(2026, 5, 1)))
    one.child.review(one.act(date(2026, 5, 9)))
    (told,) = one.overdue()
    assert (told.due, told.placement, one.breach()) == (date(2026, 4, 30), here, True)
    one.held(here, date(2026, 5, 10))
    assert (one.breach(), one.due(here)) == (False, date(2026, 8, 10))


def test_who_holds_a_review_may_want_the_next_one_earlier_not_later_than_the_law(one: OneChild) -> None:
    here = one.arrives()
    one.held(here, date(2026, 2, 10), again_by=date(2026, 3, 1))
    assert one.due(here) == date(2026, 3, 1)
    one.held(here, date(2026, 2, 28), again_by=date(2027, 3, 1))
    assert one.due(here) == date(2026, 5, 28)


def test_a_move_neither_postpones_a_review_nor_makes_one_due_at_once(one: OneChild) -> None:
    one.arrives("FOSTER")
    there = one.arrives("CHILDRENS_HOME", date(2026, 4, 20))
    assert one.due(there) == date(2026, 4, 30)
    other = OneChild()
    other.arrives("GUARDIANSHIP")
    there = other.arrives("FOSTER", date(2026, 12, 20))
    assert other.due(there) == date(2027, 1, 31)
    there = other.arrives("FOSTER_SPECIALISED", date(2027, 1, 10))
    other.held(there, date(2027, 1, 12))
    assert other.due(there) == date(2027, 4, 12)


def test_days_at_home_begin_the_count_anew(one: OneChild) -> None:
    one.arrives("FOSTER")
    one.arrives("PARENTAL", date(2026, 4, 1))
    assert one.due(one.arrives("FOSTER", date(2026, 4, 20))) == date(2026, 7, 20)


def test_the_first_reviews_of_an_import_are_spread_over_the_interval() -> None:
    imported = date(2026, 3, 1)
    dues = []
    for number in range(300):
        one = OneChild(number * 7919)
        here = one.arrives(from_=date(2024, 1, 1), today=imported, ground="imported")
        dues.append(one.due(here))
        assert not one.breach()
    assert imported + 14 * DAY <= min(dues) < imported + 20 * DAY
    assert max(dues) == date(2026, 6, 1)
    assert max(dues.count(day) for day in set(dues)) <= 12


def test_a_review_in_error_counts_for_nothing_and_is_withdrawn_once(one: OneChild) -> None:
    here = one.arrives()
    id_ = one.held(here, date(2026, 2, 20))
    reviews.withdraw(one.child, id_, one.act(date(2026, 2, 21)))
    assert one.due(here) == date(2026, 4, 30)
    with pytest.raises(Conflict):
        reviews.withdraw(one.child, id_, one.act(date(2026, 2, 21)))


@pytest.mark.parametrize("on", [START - DAY, START + 9 * DAY])
def test_a_review_on_a_day_on_which_it_cannot_have_been_is_refused(one: OneChild, on: date) -> None:
    here = one.arrives()
    said = Held(on=on, by=("anna",), findings=FOUND)
    with pytest.raises(domain.Impossible):
        reviews.hold(one.child, one.new_id(), here, said, one.act(START + 8 * DAY))
    with pytest.raises(domain.Impossible):
        one.held(here, START, again_by=START)
    with pytest.raises(Invalid):
        reviews.hold(one.child, one.new_id(), here, Held(on=START, by=(), findings=FOUND), one.act(START))
    assert one.child.reviews == []


def test_reviews_go_on_after_the_third_birthday(one: OneChild) -> None:
    one.child.known = domain.KnownChild(date(2023, 4, 1), date(2023, 4, 1), "KZ-75", confirmed=True)
    here = one.arrives("INFANT_HOME")
    one.child.review(one.act(date(2026, 4, 15)))
    assert one.due(here) == date(2026, 4, 30)
    one.child.review(one.act(date(2026, 5, 1)))
    assert one.breach()


def test_a_stay_that_is_over_is_on_no_list(one: OneChild) -> None:
    here = one.arrives()
    one.child.end(here, START + 3 * DAY, "REVIEW", "OTHER", one.act(START + 3 * DAY))
    assert one.due(here) is None
    assert one.held(here, START + 2 * DAY)
