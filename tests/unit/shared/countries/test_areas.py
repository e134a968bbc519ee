"""Areas through time, on the pack of Kazakhstan (splits of 2018 and 2022) and on a small invented tree."""

from datetime import date
from pathlib import Path

import pytest

from shared import countries
from shared.countries import Area, AreaTree

OCTOBER_2011 = date(2011, 10, 31)


def area(
    code: str, parent: str | None = None, since: date | None = None, until: date | None = None, to: str = ""
) -> Area:
    return Area(code, code, "district", parent, since, until, tuple(to.split()), "project default", "")


@pytest.fixture
def kz(shipped: Path) -> AreaTree:
    return countries.load("kz", shipped).areas


def test_in_2011_four_areas_of_today_do_not_exist(kz: AreaTree) -> None:
    assert set(kz.codes()) - set(kz.codes(OCTOBER_2011)) == {"KZ-10", "KZ-33", "KZ-62", "KZ-79"}


@pytest.mark.parametrize("code", ["KZ-10", "KZ-33", "KZ-62"])
def test_a_new_area_begins_on_the_day_of_the_change(kz: AreaTree, code: str) -> None:
    assert kz.get(code, date(2022, 6, 7)) is None
    assert kz.get(code, date(2022, 6, 8)) is not None


@pytest.mark.parametrize("code", ["KZ-19", "KZ-35", "KZ-61", "KZ-63"])
def test_an_area_that_lost_territory_is_never_without_a_version(kz: AreaTree, code: str) -> None:
    for on in (
        OCTOBER_2011,
        date(2018, 6, 18),
        date(2018, 6, 19),
        date(2022, 6, 7),
        date(2022, 6, 8),
        date(2026, 1, 1),
    ):
        assert kz.get(code, on) is not None


def test_the_crosswalk_leads_to_all_successors(kz: AreaTree) -> None:
    assert kz.current("KZ-63", OCTOBER_2011) == {"KZ-63", "KZ-10"}
    assert kz.current("KZ-61", OCTOBER_2011) == {"KZ-61", "KZ-79"}
    assert kz.current("KZ-63", date(2023, 1, 1)) == {"KZ-63"}
    assert kz.current("KZ-71", OCTOBER_2011) == {"KZ-71"}


def test_an_area_keeps_the_name_it_had(kz: AreaTree) -> None:
    then, now = kz.get("KZ-61", OCTOBER_2011), kz.get("KZ-61")
    assert then and now
    assert then.name != now.name


def test_uzbekistan_has_its_fourteen_areas(shipped: Path) -> None:
    assert len(countries.load("uz", shipped).areas) == 14


def test_the_last_day_of_an_area_belongs_to_its_successor() -> None:
    change = date(2020, 1, 1)
    tree = AreaTree([area("A", None, None, change, "B"), area("B", None, change)])
    assert tree.codes(date(2019, 12, 31)) == ("A",)
    assert tree.codes(date(2020, 1, 1)) == ("B",)


def test_the_crosswalk_follows_several_changes() -> None:
    first, second = date(2010, 1, 1), date(2020, 1, 1)
    older = [area("A", None, None, first, "B C"), area("B", None, first, second, "D")]
    tree = AreaTree([*older, area("C", None, first), area("D", None, second)])
    assert tree.current("A", date(2000, 1, 1)) == {"C", "D"}


def test_below_takes_the_area_and_all_levels_under_it() -> None:
    tree = AreaTree([area("P"), area("D", "P"), area("V", "D"), area("Q")])
    assert tree.below("P") == {"P", "D", "V"}
    assert tree.ancestors("V") == ("V", "D", "P")
    assert tree.contains("P", "V")
    assert not tree.contains("V", "P")
    assert not tree.contains("P", "Q")


def test_an_unknown_area_is_below_nothing() -> None:
    tree = AreaTree([area("P")])
    assert not tree.contains("P", "X")
    assert tree.get("X") is None
    assert "X" not in tree
