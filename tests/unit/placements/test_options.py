"""Options for a child: their order, and what speaks for and against each."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.placements.domain import options
from services.placements.domain.options import Option, Point, Tier, Wanted
from services.placements.domain.situation import ProviderFacts

TODAY = date(2026, 3, 10)
WANTED = Wanted(home="KZ-75", children=2, ages=(1, 8), sexes=frozenset({"F"}), languages=("kk",), on=TODAY)


def place(kind: str = "CARER_FAMILY", levels: int | None = 0, languages: tuple[str, ...] = (), **given: Any) -> Option:
    facts = ProviderFacts(id=uuid4(), kind=kind, area="KZ-75", **{"places": 3, "living": 1} | given)
    return options.of_provider(facts, languages, {}, WANTED, levels)


def point(option: Option, asked: Point) -> tuple[bool | None, str]:
    (found,) = (each for each in option.findings if each.point is asked)
    return found.fits, found.fact


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({}, Point.ROOM, (True, "2")),
        ({"expected": 2}, Point.ROOM, (False, "0")),
        ({"places": None}, Point.ROOM, (None, "")),
        ({}, Point.TOGETHER, (True, "2")),
        ({"living": 2}, Point.TOGETHER, (False, "2")),
        ({"ages": (0, 8)}, Point.AGE, (True, "0-8")),
        ({"ages": (2, 8)}, Point.AGE, (False, "2-8")),
        ({"ages": (0, 7)}, Point.AGE, (False, "0-7")),
        ({}, Point.AGE, (None, "")),
        ({"sexes": frozenset({"M"})}, Point.SEX, (False, "M")),
        ({"sexes": frozenset({"F", "M"})}, Point.SEX, (True, "F M")),
        ({"approval_needed": True}, Point.APPROVAL, (False, "")),
        ({"approved_from": TODAY, "approved_to": date(2027, 1, 1)}, Point.APPROVAL, (True, "2027-01-01")),
        ({"approved_from": date(2020, 1, 1), "approved_to": TODAY}, Point.APPROVAL, (False, "2026-03-10")),
        ({"suspended": True}, Point.APPROVAL, (False, "suspended")),
        ({"closed": True}, Point.APPROVAL, (False, "closed")),
        ({"levels": 1}, Point.NEAR_HOME, (False, "1")),
        ({"languages": ("ru", "kk")}, Point.LANGUAGE, (True, "kk ru")),
        ({"languages": ("ru",)}, Point.LANGUAGE, (False, "ru")),
    ],
)
def test_each_point_says_whether_it_fits_and_why(given: dict[str, Any], asked: Point, expected: Any) -> None:
    assert point(place(**given), asked) == expected


def test_language_and_distance_weigh_but_decide_nothing() -> None:
    assert place(levels=3, languages=("ru",)).fits
    assert not place(living=3).fits


def test_kin_come_first_then_families_small_homes_institutions_and_what_fits_before_what_does_not() -> None:
    aunt = options.of_person(uuid4(), "AUNT_UNCLE", "KZ-71", deceased=False, levels=None)
    dead = options.of_person(uuid4(), "GRANDPARENT", "KZ-75", deceased=True, levels=0)
    full, far, near = place(living=3), place(levels=2), place()
    small, large = place("SMALL_GROUP_HOME"), place("FACILITY")
    found = options.ordered([large, full, small, dead, far, near, aunt])
    assert found == [aunt, dead, near, far, full, small, large]
    assert [each.tier for each in found[-2:]] == [Tier.SMALL_HOME, Tier.INSTITUTION]


def test_where_siblings_live_is_said() -> None:
    facts = ProviderFacts(id=uuid4(), kind="CARER_FAMILY", area="KZ-75")
    there = replace(WANTED, siblings_at=frozenset({facts.id}))
    assert point(options.of_provider(facts, (), {}, there, 0), Point.CARES_ALREADY) == (True, "")
