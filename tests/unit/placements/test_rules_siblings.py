"""Brothers and sisters stay together, and the exception that they make for a child under three (CARE C12)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain import judgement
from services.placements.domain.situation import SiblingFacts
from tests.unit.placements.judged import PLACE, TODAY, Around, asked, lived, said, situation

SISTER, FOSTER_FAMILY, SIGNED = UUID(int=70), UUID(int=71), UUID(int=80)
INFANT = date(2025, 6, 1)
DAY = timedelta(days=1)
ORDER = [{"rank": 3, "rules": ["under-three-residential"]}, {"rank": 4, "rules": ["siblings-together"]}]


@dataclass
class Signed:
    """A signed deviation as rules see it."""

    rule: str
    until: date | None
    id: UUID = SIGNED

    def covers(self, rule: str, stay: Any, on: date) -> bool:
        return rule == self.rule and (self.until is None or on < self.until)


def sister(**given: Any) -> SiblingFacts:
    return SiblingFacts(**{"child": SISTER, "care_form": "CHILDRENS_HOME", "provider": PLACE} | given)


def now(book: Any, *siblings: SiblingFacts, **given: Any) -> Any:
    book.tables["precedence"] = ORDER
    return situation(book, around=Around(siblings=siblings), **given)


@pytest.mark.parametrize(
    ("given", "met"),
    [
        ({}, False),
        ({"bond": "yes"}, False),
        ({"bond": "no"}, None),
        ({"harmed": True}, None),
        ({"adult": True}, None),
        ({"died": True}, None),
        ({"care_form": None, "provider": None}, None),
        ({"care_form": "PARENTAL"}, None),
        ({"provider": FOSTER_FAMILY}, True),
        ({"planned_with": FOSTER_FAMILY}, True),
    ],
)
def test_siblings_count_by_bond_and_are_to_live_in_one_place(
    book: Any, given: dict[str, Any], met: bool | None
) -> None:
    verdict = said("siblings-together", now(book, sister(**given), form="FOSTER", provider=FOSTER_FAMILY))
    assert (verdict.satisfied if verdict else None) is met


def test_an_infant_in_a_family_and_its_sister_in_a_home_is_a_conflict_in_which_the_sibling_rule_yields(
    book: Any,
) -> None:
    verdict = said("siblings-together", now(book, sister(), form="FOSTER", provider=FOSTER_FAMILY, born_to=INFANT))
    assert not verdict.met
    assert (verdict.facts["conflicts_with"], verdict.yields) == ("under-three-residential", "siblings-together")
    assert verdict.deviable
    for born_to, collide in ((date(2023, 3, 10), False), (date(2023, 3, 11), True)):
        verdict = said("siblings-together", now(book, sister(), form="FOSTER", provider=SISTER, born_to=born_to))
        assert ("conflicts_with" in verdict.facts) is collide


def test_an_infant_goes_to_its_sisters_in_a_home_only_by_an_exception_that_is_signed(book: Any) -> None:
    alone = said("under-three-residential", now(book, born_to=INFANT))
    assert not alone.deviable
    assert "conflicts_with" not in alone.facts
    verdict = said("under-three-residential", now(book, sister(), born_to=INFANT))
    assert not verdict.met
    assert verdict.deviable
    assert (verdict.facts["conflicts_with"], verdict.yields) == ("siblings-together", "siblings-together")


def test_the_exception_does_not_hold_where_siblings_only_mean_to_come(book: Any) -> None:
    coming = sister(provider=FOSTER_FAMILY, planned_with=PLACE)
    assert not said("under-three-residential", now(book, coming, born_to=INFANT)).deviable


def test_a_signed_exception_stands_in_until_its_day_to_look_again(book: Any) -> None:
    signed = {"exemptions": [Signed("under-three-residential", TODAY + 30 * DAY)]}
    verdict = said("under-three-residential", now(book, sister(), stay=lived(TODAY), born_to=INFANT, more=signed))
    assert verdict.met
    assert not verdict.satisfied
    assert verdict.until == TODAY + 30 * DAY
    later = now(book, sister(), stay=lived(TODAY), born_to=INFANT, more=signed, today=TODAY + 30 * DAY)
    assert not said("under-three-residential", later).met


def test_the_exception_ends_with_the_siblings_who_leave(book: Any) -> None:
    signed = {"exemptions": [Signed("under-three-residential", TODAY + 30 * DAY)]}
    stay = lived(TODAY)
    together = said("sibling-exception-review", now(book, sister(), stay=stay, born_to=INFANT, more=signed))
    assert together.satisfied
    left = sister(provider=FOSTER_FAMILY)
    assert not said("sibling-exception-review", now(book, left, stay=stay, born_to=INFANT, more=signed)).satisfied
    assert said("sibling-exception-review", now(book, left, stay=stay, born_to=INFANT)) is None


def test_nobody_is_sent_by_an_exception_to_where_the_siblings_are_no_more(book: Any) -> None:
    def no(to: SiblingFacts) -> set[str]:
        signed = {"exemptions": [Signed("under-three-residential", TODAY + 30 * DAY)]}
        found = judgement.judge(now(book, to, born_to=INFANT, more=signed))
        return {each.rule.id for each in found if not each.met}

    assert "sibling-exception-review" not in no(sister())
    assert "sibling-exception-review" in no(sister(provider=FOSTER_FAMILY))


def test_a_rule_that_the_pack_does_not_rank_yields(book: Any) -> None:
    book.tables["precedence"] = [{"rank": 4, "rules": ["siblings-together"]}]
    infant = situation(book, around=Around(siblings=[sister()]), stay=asked(), born_to=INFANT)
    assert said("under-three-residential", infant).yields == "under-three-residential"


@pytest.mark.parametrize(
    ("born_to", "asked_for"), [(None, True), (date(2023, 3, 11), True), (date(2023, 3, 10), False)]
)
def test_the_exception_is_looked_at_until_the_child_is_certainly_three(
    book: Any, born_to: date | None, asked_for: bool
) -> None:
    signed = {"exemptions": [Signed("under-three-residential", None)]}
    found = said("sibling-exception-review", now(book, sister(), stay=lived(TODAY), born_to=born_to, more=signed))
    assert (found is not None) is asked_for
    if found is not None:
        assert found.until == (born_to and TODAY + DAY)


def test_the_exception_is_looked_at_again_on_its_day_or_on_the_third_birthday(book: Any) -> None:
    for until, born_to, looked_at in (
        (TODAY + 30 * DAY, date(2023, 3, 20), date(2026, 3, 20)),
        (TODAY + 5 * DAY, date(2023, 3, 20), TODAY + 5 * DAY),
        (TODAY + 5 * DAY, None, TODAY + 5 * DAY),
    ):
        signed = {"exemptions": [Signed("under-three-residential", until)]}
        infant = now(book, sister(), stay=lived(TODAY), born_to=born_to, more=signed)
        assert said("sibling-exception-review", infant).until == looked_at
