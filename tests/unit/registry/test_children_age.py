"""Ages that are known within a span."""

from datetime import date, timedelta

import pytest

from services.registry import domain
from services.registry.domain import children_age
from shared.errors import Invalid
from tests.unit.registry.given import born


@pytest.mark.parametrize(
    ("birth", "day", "ages"),
    [
        (born(date(2015, 5, 4)), date(2026, 5, 3), (10, 10)),
        (born(date(2015, 5, 4)), date(2026, 5, 4), (11, 11)),
        (born(date(2015, 1, 1), date(2015, 12, 31)), date(2026, 6, 1), (10, 11)),
        (born(date(2026, 1, 1), date(2026, 12, 31)), date(2026, 6, 1), (0, 0)),
        (born(date(2027, 1, 1)), date(2026, 6, 1), (0, 0)),
        (domain.Birth(None, None, "year", "estimated"), date(2026, 6, 1), None),
    ],
)
def test_an_age_is_the_youngest_and_the_oldest_that_a_child_may_be(birth, day, ages):
    assert domain.age_on(birth, day) == ages


@pytest.mark.parametrize(("leap_birthday", "age"), [("03-01", 17), ("02-28", 18)])
def test_the_pack_says_when_someone_born_on_29_february_grows_older(leap_birthday, age):
    leap = born(date(2008, 2, 29))
    assert domain.age_on(leap, date(2026, 2, 28), leap_birthday) == (age, age)
    assert domain.age_on(leap, date(2026, 3, 1), leap_birthday) == (18, 18)
    assert domain.age_on(leap, date(2028, 2, 28), leap_birthday) == (19, 19)
    assert domain.age_on(leap, date(2028, 2, 29), leap_birthday) == (20, 20)


@pytest.mark.parametrize("on", [date(2026, 2, 20), date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1)])
@pytest.mark.parametrize("leap_birthday", ["03-01", "02-28"])
@pytest.mark.parametrize("ages", [(0, 0), (3, 5), (4, 4)])
def test_an_age_range_gives_the_births_that_have_these_ages_and_no_others(on, leap_birthday, ages):
    first, last = domain.born_between(*ages, on, leap_birthday)

    def age(day):
        return children_age.completed_years(day, on, leap_birthday)

    assert (age(first), age(last)) == (ages[1], ages[0])
    assert age(first - timedelta(days=1)) == ages[1] + 1
    assert age(last + timedelta(days=1)) == ages[0] - 1


@pytest.mark.parametrize("ages", [(5, 3), (-1, 2), (1, 121)])
def test_ages_that_are_no_range_are_refused(ages):
    with pytest.raises(Invalid) as refused:
        domain.born_between(*ages, date(2026, 3, 1))
    assert refused.value.rule == "age-range"
