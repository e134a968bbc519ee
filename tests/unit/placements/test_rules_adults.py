"""The rule on children among adults (CARE C10)."""

from datetime import date
from typing import Any

import pytest

from services.placements.domain.situation import ProviderFacts
from tests.unit.placements.judged import PLACE, TODAY, Around, lived, said, situation


def of(book: Any, kind: str, **given: Any) -> Any:
    facts = ProviderFacts(id=PLACE, kind=kind, area="KZ-75")
    return said("no-adult-institution", situation(book, around=Around(facts), **given))


@pytest.mark.parametrize(
    ("born_to", "met"),
    [(date(2008, 3, 10), True), (date(2008, 3, 11), False), (date(2015, 1, 1), False), (None, False)],
)
def test_no_child_lives_in_an_institution_for_adults_until_certainly_of_age(book, born_to, met):
    assert of(book, "ADULT_INSTITUTION", born_to=born_to).satisfied is met


def test_the_rule_asks_for_nothing_of_other_places(book):
    assert of(book, "FACILITY", born_to=date(2015, 1, 1)) is None


def test_that_it_is_met_from_the_birthday_on_is_known_before(book):
    verdict = of(book, "ADULT_INSTITUTION", born_to=date(2008, 3, 11), stay=lived(TODAY))
    assert verdict.until == date(2026, 3, 11)
