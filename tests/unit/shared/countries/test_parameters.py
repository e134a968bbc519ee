"""Which value of a parameter holds: by day, by area, by pack; and what a pack does not know."""

from datetime import date
from pathlib import Path

import pytest

from shared import countries
from shared.errors import ConfigurationError

DAY = date(2024, 5, 1)


def test_a_pack_without_an_own_value_uses_that_of_the_base(shipped: Path) -> None:
    found = countries.load("kz", shipped).parameter("under_three_residential_stay", DAY)
    assert (found.whole(), found.unit, found.basis, found.pack) == (6, "calendar months", "source", "_base")


def test_the_own_value_of_a_pack_wins(root: Path, append) -> None:
    append("kz/parameters.toml", '[[breach_due]]\nvalue = 5\nunit = "days"\nbasis = "project default"\n')
    assert countries.load("kz", root).parameter("breach_due", DAY).whole() == 5
    assert countries.load("uz", root).parameter("breach_due", DAY).whole() == 14


def test_an_entry_without_a_value_leaves_the_inherited_one_in_force(shipped: Path) -> None:
    assert countries.load("kz", shipped).parameter("emergency_decision", DAY).whole() == 72


def test_a_value_that_no_pack_knows_is_told_and_cannot_be_used(shipped: Path) -> None:
    found = countries.load("kz", shipped).parameter("child_consent_age", DAY)
    assert found.value is None
    assert found.basis == "to be confirmed"
    with pytest.raises(ConfigurationError, match="not known"):
        found.whole()


def test_a_value_holds_from_its_first_day_until_the_day_before_its_end(root: Path, append) -> None:
    entry = '[[limit]]\nvalue = {}\nunit = "days"\nbasis = "project default"\n{}\n'
    append("kz/parameters.toml", entry.format(1, "to = 2020-01-01") + entry.format(2, "from = 2020-01-01"))
    kz = countries.load("kz", root)
    assert kz.parameter("limit", date(2019, 12, 31)).whole() == 1
    assert kz.parameter("limit", date(2020, 1, 1)).whole() == 2


def test_a_day_before_any_value_is_an_error_that_names_the_parameter(shipped: Path) -> None:
    uz = countries.load("uz", shipped)
    assert uz.parameter("court_opinion", date(2025, 2, 1)).whole() == 1
    with pytest.raises(ConfigurationError) as caught:
        uz.parameter("court_opinion", date(2025, 1, 31))
    assert caught.value.field == "uz/parameters.toml#court_opinion"


def test_the_nearest_area_wins_over_the_whole_country(root: Path, append) -> None:
    append("kz/areas.csv", "KZ-71-1,District,district,KZ-71,,,,project default,,,,\n")
    entry = '[[limit]]\nvalue = {}\nunit = "days"\nbasis = "project default"\n{}\n'
    values = entry.format(1, "") + entry.format(2, 'areas = ["KZ-71"]') + entry.format(3, 'areas = ["KZ-71-1"]')
    append("kz/parameters.toml", values)
    kz = countries.load("kz", root)
    found = [kz.parameter("limit", DAY, where).whole() for where in (None, "KZ-75", "KZ-71", "KZ-71-1")]
    assert found == [1, 1, 2, 3]


def test_a_value_of_the_wrong_kind_names_the_file(shipped: Path) -> None:
    base = countries.load("_base", shipped)
    assert base.parameter("leap_birthday", DAY).text() == "03-01"
    with pytest.raises(ConfigurationError, match=r"_base/parameters\.toml"):
        base.parameter("leap_birthday", DAY).whole()
    with pytest.raises(ConfigurationError):
        base.parameter("child_until_age", DAY).text()
    with pytest.raises(ConfigurationError):
        base.parameter("child_until_age", DAY).flag()


def test_an_area_whose_value_is_not_known_uses_that_of_the_country(root: Path, append) -> None:
    entry = '[[limit]]\nunit = "days"\n'
    append("kz/parameters.toml", entry + 'basis = "to be confirmed"\nareas = ["KZ-71"]\n')
    append("kz/parameters.toml", entry + 'value = 1\nbasis = "project default"\n')
    assert countries.load("kz", root).parameter("limit", DAY, "KZ-71").whole() == 1
