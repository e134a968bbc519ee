"""F18, F19, F21: ages, birthdays, bands, and what is not known."""

from datetime import date

import pytest

from services.reporting.indicators import age, definition
from services.reporting.indicators.facts import ChildFact
from tests.unit.reporting.indicators.given import (
    cell,
    child,
    count,
    destinations,
    every_level,
    row,
    stay,
    totals,
    year,
)

SINCE = date(2023, 1, 1)
WITH_DISABILITY = definition.parse([row("DISABILITY", disability="yes")])


@pytest.mark.parametrize(
    ("born_from", "born_to", "taken"),
    [
        (date(2010, 3, 4), date(2010, 3, 4), date(2010, 3, 4)),
        (date(2010, 2, 1), date(2010, 2, 28), date(2010, 2, 15)),
        (date(2010, 12, 1), date(2010, 12, 31), date(2010, 12, 15)),
        (date(2012, 1, 1), date(2012, 12, 31), date(2012, 7, 1)),
        (date(2010, 1, 1), date(2011, 12, 31), date(2010, 12, 31)),
        (date(2010, 3, 4), None, date(2010, 3, 4)),
        (None, None, None),
    ],
)
def test_f18_of_a_range_of_birth_dates_figures_take_the_middle(
    born_from: date | None, born_to: date | None, taken: date | None
) -> None:
    assert age.birth_estimate(born_from, born_to) == taken


def test_f18_born_on_29_february_is_a_year_older_on_1_march_in_common_years() -> None:
    born = date(2008, 2, 29)
    assert age.birthday(born, 17) == date(2025, 3, 1)
    assert age.birthday(born, 16) == date(2024, 2, 29)


def test_f18_bands_change_on_the_birthday() -> None:
    birthdays = age.band_birthdays(date(2000, 6, 15))
    days = [date(2003, 6, 14), date(2003, 6, 15), date(2007, 6, 15), date(2018, 6, 14), date(2018, 6, 15)]
    assert [age.band(birthdays, day) for day in days] == ["Y0T2", "Y3T6", "Y7T17", "Y7T17", "Y18T24"]
    assert age.band(birthdays, date(2025, 6, 14)) == "Y18T24"
    assert age.band(birthdays, date(2025, 6, 15)) == "Y25T"


def test_f18_age_is_taken_at_the_reference_day_in_stocks_and_on_the_day_of_movement_in_flows() -> None:
    third_birthday_in_july = child(born=date(2021, 7, 1))
    result = count(every_level("stock", "entry"), (third_birthday_in_july, [stay("HOME", date(2024, 6, 30))]))
    assert cell(result, "ENTRY_RESIDENTIAL", age="Y0T2").value == 1
    assert cell(result, "STOCK_RESIDENTIAL", age="Y3T6").value == 1


def test_f18_passing_a_band_in_care_is_its_own_series() -> None:
    result = count(every_level("aged3"), (child(born=date(2021, 7, 1)), [stay("HOME", SINCE)]))
    assert totals(result) == {"AGED3_ALL": 1, "AGED3_RESIDENTIAL": 1}


def test_f19_turning_18_in_care_is_not_an_exit() -> None:
    result = count(every_level("exit", "aged18"), (child(born=date(2006, 7, 1)), [stay("HOME", SINCE)]))
    assert totals(result) == {"AGED18_ALL": 1, "AGED18_RESIDENTIAL": 1}


@pytest.mark.parametrize(("left", "as_child"), [(date(2024, 6, 30), True), (date(2024, 7, 1), False)])
def test_f19_leaving_on_the_18th_birthday_is_a_young_person_leaving_even_for_independence(
    left: date, as_child: bool
) -> None:
    life = (child(born=date(2006, 7, 1)), [stay("HOME", SINCE, left, "INDEPENDENT")])
    of_children = totals(count((*destinations(), *every_level("aged18")), life))
    of_young = totals(count(every_level("exit", population="18-24"), life))
    if as_child:
        assert of_children == {"LEFT": 1, "LEFT_INDEP": 1, "LEFT__INDEPENDENT": 1}
        assert of_young == {}
    else:
        assert of_children == {"AGED18_ALL": 1, "AGED18_RESIDENTIAL": 1}
        assert of_young == {"EXIT_ALL": 1, "EXIT_RESIDENTIAL": 1}


def test_f21_sex_unknown_is_in_the_total_only() -> None:
    result = count(every_level("stock"), (child(sex="U"), [stay("HOME", SINCE)]))
    assert {sex: cell(result, "STOCK_ALL", sex=sex).value for sex in ("F", "M", "_U", "_T")} == {
        "F": 0,
        "M": 0,
        "_U": 1,
        "_T": 1,
    }


def test_f21_age_unknown_is_a_child_in_no_band() -> None:
    result = count(every_level("stock"), (child(born=None), [stay("HOME", SINCE)]))
    ages = {one: cell(result, "STOCK_ALL", age=one).value for one in ("Y0T2", "Y3T6", "Y7T17", "_U", "_T")}
    assert ages == {"Y0T2": 0, "Y3T6": 0, "Y7T17": 0, "_U": 1, "_T": 1}


def test_f21_more_than_two_percent_unknown_needs_a_note() -> None:
    known = [(child(), [stay("HOME", SINCE)]) for _ in range(49)]
    one, two = ([(child(sex="U"), [stay("HOME", SINCE)]) for _ in range(number)] for number in (1, 2))
    assert count(every_level("stock"), *known, *one).findings == ()
    (finding,) = count(every_level("stock"), *known, *two).findings
    assert (finding.rule, finding.weight, finding.facts) == ("F21", "needs-note", {"unknown": 2, "in_care": 51})


def test_f18_the_share_of_estimated_birth_dates_is_part_of_the_coverage() -> None:
    estimated = ChildFact(child().child, "F", date(2012, 1, 1), date(2012, 12, 31), False)
    result = count(every_level("stock"), (estimated, [stay("HOME", SINCE)]), (child(), [stay("HOME", SINCE)]))
    assert (result.coverage.estimated_birth_dates, result.coverage.in_care) == (1, 2)


def test_f21_disability_not_recorded_is_not_counted_and_its_share_is_printed() -> None:
    lives = [(child(disability=known), [stay("HOME", SINCE)]) for known in (True, False, None)]
    result = count(WITH_DISABILITY, *lives)
    figure = cell(result, "DISABILITY")
    assert (figure.value, figure.footnote) == (1, "Disability status not recorded: 33.3 %.")


def test_f21_where_disability_is_recorded_for_nobody_there_is_no_number_rather_than_none_with_a_disability() -> None:
    result = count(WITH_DISABILITY, (child(disability=None), [stay("HOME", SINCE)]), conditions=year())
    assert (cell(result, "DISABILITY").value, cell(result, "DISABILITY").status) == (None, "O")
