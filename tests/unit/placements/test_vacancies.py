"""The areas around a home, ring by ring."""

from datetime import date

from services.placements.views.vacancies import rings
from shared.countries.areas import Area, AreaTree

ON = date(2026, 3, 10)
TREE = AreaTree(
    Area(code, code, "area", parent, None, None, (), "project default", "")
    for code, parent in (("C", None), ("R1", "C"), ("R2", "C"), ("D1", "R1"), ("D2", "R1"), ("V1", "D1"), ("X", None))
)


def test_the_home_comes_first_then_what_lies_around_it_then_all_others() -> None:
    assert list(rings(TREE, "D1", ON)) == [
        (0, {"D1", "V1"}), (1, {"R1", "D2"}), (2, {"C", "R2"}), (None, {"C", "R1", "R2", "D1", "D2", "V1"}),
    ]  # fmt: skip


def test_without_a_home_everything_is_as_far() -> None:
    assert list(rings(TREE, None, ON)) == [(None, None)]
