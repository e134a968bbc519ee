"""The rules on the place: approval, age and sex, near home, room, size (DOMAIN 3)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.placements.domain.situation import ProviderFacts, SiblingFacts
from tests.unit.placements.judged import PLACE, TODAY, Around, lived, said, situation

DAY = timedelta(days=1)


def place(**given: Any) -> ProviderFacts:
    return ProviderFacts(id=PLACE, kind="FACILITY", area="KZ-75", **given)


def of(rule: str, book: Any, facts: ProviderFacts, *siblings: SiblingFacts, **given: Any) -> Any:
    return said(rule, situation(book, around=Around(facts, siblings=siblings), **given))


def sister(**given: Any) -> SiblingFacts:
    return SiblingFacts(child=PLACE, care_form="CHILDRENS_HOME", provider=PLACE, **given)


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"approval_needed": True, "approved_from": TODAY, "approved_to": TODAY + DAY}, True),
        ({"approval_needed": True, "approved_from": TODAY - DAY, "approved_to": TODAY}, False),
        ({"approval_needed": True, "approved_from": TODAY + DAY}, False),
        ({"approval_needed": True}, False),
        ({"approval_needed": True, "approved_from": TODAY, "suspended": True}, False),
        ({"closed": True}, False),
        ({}, None),
    ],
)
def test_a_licence_holds_up_to_but_not_on_its_last_day(book: Any, facts: dict[str, Any], met: bool | None) -> None:
    verdict = of("approval-in-force", book, place(**facts))
    assert (verdict.satisfied if verdict else None) is met


def test_a_form_that_asks_for_approval_is_permitted_only_where_one_is_in_force(book: Any) -> None:
    plain = book.care_form
    book.care_form = lambda code: replace(plain(code), approval=code == "FOSTER")
    family = replace(place(), kind="CARER_FAMILY")
    never = of("approval-in-force", book, family, form="FOSTER")
    assert (never.satisfied, never.facts["approved_from"]) == (False, "none")
    assert of("approval-in-force", book, replace(family, approved_from=TODAY), form="FOSTER").satisfied
    assert of("approval-in-force", book, family, form="CHILDRENS_HOME") is None
    assert of("approval-in-force", book, family, stay=lived(TODAY, form="FOSTER")) is None
    unnamed = of("approval-in-force", book, family, form="FOSTER", provider=None)
    assert (unnamed.satisfied, unnamed.facts) == (False, {"state": "none named"})
    assert of("approval-in-force", book, family, form="CHILDRENS_HOME", provider=None) is None
    assert of("approval-in-force", book, family, stay=lived(TODAY, form="FOSTER", provider=None)) is None


def test_a_licence_that_lapses_is_noticed_on_the_day(book: Any) -> None:
    facts, stay = place(approval_needed=True, approved_from=TODAY, approved_to=TODAY + 9 * DAY), lived(TODAY)
    assert of("approval-in-force", book, facts, stay=stay).until == TODAY + 9 * DAY
    assert not of("approval-in-force", book, facts, stay=stay, today=TODAY + 9 * DAY).satisfied


def test_a_stay_that_begins_later_is_judged_on_its_first_day(book: Any) -> None:
    facts = place(approval_needed=True, approved_from=TODAY, approved_to=TODAY + 9 * DAY)
    assert not of("approval-in-force", book, facts, from_=TODAY + 9 * DAY).satisfied


@pytest.mark.parametrize(
    ("ages", "born_to", "met"),
    [
        ((3, 17), date(2023, 3, 10), True),
        ((3, 17), date(2023, 3, 11), False),
        ((0, 3), date(2022, 3, 11), True),
        ((0, 3), date(2022, 3, 10), False),
        ((3, 17), None, True),
    ],
)
def test_a_place_takes_ages_in_completed_years(book: Any, ages: tuple[int, int], born_to: date, met: bool) -> None:
    assert of("takes-this-age", book, place(ages=ages), born_to=born_to).satisfied is met


def test_a_place_takes_a_sex_and_forms_of_care(book: Any) -> None:
    girls = place(sexes=frozenset({"F"}))
    assert not of("takes-this-age", book, girls, known={"sex": "M"}).satisfied
    assert of("takes-this-age", book, girls, known={"sex": "F"}).satisfied
    assert of("takes-this-age", book, girls, known={"sex": "U"}) is None
    assert not of("takes-this-age", book, place(care_forms=frozenset({"FOSTER"}))).satisfied


def test_a_care_form_has_ages_by_law(book: Any) -> None:
    book.tables["care_form_limits"] = [{"id": "INFANT_HOME", "until_age": 4}]
    assert not said("takes-this-age", situation(book, born_to=date(2018, 1, 1))).satisfied
    assert said("takes-this-age", situation(book, born_to=date(2023, 1, 1))).satisfied


@pytest.mark.parametrize(("area", "met"), [("KZ-75", True), ("KZ-75-1", True), ("KZ-10", False), ("UZ-1", None)])
def test_close_to_home_is_counted_in_levels_of_areas(book: Any, area: str, met: bool | None) -> None:
    verdict = of("close-to-home", book, replace(place(), area=area))
    assert (verdict.satisfied if verdict else None) is met


def test_a_place_far_away_where_siblings_live_is_a_conflict_in_which_nearness_yields(book: Any) -> None:
    book.tables["precedence"] = [{"rank": 4, "rules": ["siblings-together"]}, {"rank": 5, "rules": ["close-to-home"]}]
    verdict = of("close-to-home", book, replace(place(), area="KZ-10"), sister())
    assert verdict.facts["conflicts_with"] == "siblings-together"
    assert verdict.facts["yields"] == "close-to-home"
    assert verdict.deviable


def test_the_last_place_is_free_for_one(book: Any) -> None:
    assert of("capacity", book, place(places=4, living=3)).satisfied
    assert not of("capacity", book, place(places=4, living=3, expected=1)).satisfied
    assert not of("capacity", book, place(places=4, living=4)).satisfied
    assert of("capacity", book, place()) is None


def test_those_who_are_still_to_come_crowd_nobody_who_lives_there(book: Any) -> None:
    assert of("capacity", book, place(places=4, living=3, expected=1), stay=lived(TODAY)).satisfied
    assert not of("capacity", book, place(places=4, living=4), stay=lived(TODAY)).satisfied


def test_a_full_house_may_take_one_more_only_to_a_brother_or_sister_and_signed(book: Any) -> None:
    assert not of("capacity", book, place(places=4, living=4)).deviable
    verdict = of("capacity", book, place(places=4, living=4), sister())
    assert verdict.deviable
    assert verdict.facts["conflicts_with"] == "siblings-together"


def test_house_and_institution_sizes_are_the_packs_and_say_nothing_without_a_number(book: Any) -> None:
    large = place(places=80, living=70, under_one_roof=12)
    assert of("house-size", book, large) is None
    assert of("institution-size", book, large) is None
    book.numbers = replace(book.numbers, house_children=12, institution_children=50)
    assert of("house-size", book, large).satisfied
    assert not of("institution-size", book, large).satisfied
    assert not of("house-size", book, place(living=70, under_one_roof=13)).satisfied
    assert not of("house-size", book, place(living=12)).satisfied
    assert of("house-size", book, place(living=11)).satisfied


def test_of_a_child_whose_house_is_known_those_who_live_there_are_counted(book: Any) -> None:
    book.numbers = replace(book.numbers, house_children=12)
    village = place(living=70, under_one_roof=14, roofs={"North": 12, "South": 3})
    north, south, east = (lived(TODAY, unit=each) for each in ("North", "South", "East"))
    assert [of("house-size", book, village, stay=each).satisfied for each in (north, south, east)] == [
        False,
        True,
        True,
    ]
    verdict = of("house-size", book, village, stay=south)
    assert (verdict.facts["under_one_roof"], verdict.facts["house"]) == ("4", "known")
    assert not of("house-size", book, village, stay=lived(TODAY)).satisfied


def test_a_care_form_may_have_a_number_of_its_own(book: Any) -> None:
    book.tables["care_form_limits"] = [{"id": "INFANT_HOME", "children_at_most": 2}]
    assert not of("house-size", book, place(living=2)).satisfied


def test_a_form_that_the_law_does_not_know_is_not_permitted(book: Any) -> None:
    now = situation(book)
    assert said("care-form-permitted", now).satisfied
    assert not said("care-form-permitted", replace(now, form=replace(now.form, permitted=False))).satisfied


def test_no_child_lives_in_an_institution_for_adults_until_it_is_certainly_of_age(book: Any) -> None:
    adults = replace(place(), kind="ADULT_INSTITUTION")
    verdict = of("no-adult-institution", book, adults, stay=lived(TODAY), born_to=date(2008, 3, 11))
    assert not verdict.satisfied
    assert verdict.until == date(2026, 3, 11)
    assert of("no-adult-institution", book, adults, stay=lived(TODAY), born_to=date(2008, 3, 10)).satisfied
    assert not of("no-adult-institution", book, adults, born_to=None).satisfied
    assert of("no-adult-institution", book, place()) is None


def test_a_small_home_is_no_institution(book: Any) -> None:
    book.numbers = replace(book.numbers, institution_children=1)
    now = situation(book, around=Around(place(places=6)))
    assert not said("institution-size", now).satisfied
    for form in ({"provider_kind": "SMALL_GROUP_HOME"}, {"bucket": "OTHER_FAMILY"}):
        assert said("institution-size", replace(now, form=replace(now.form, **form))) is None


@pytest.mark.parametrize(
    ("form", "kind", "met"),
    [
        ("FOSTER", "FACILITY", False),
        ("CHILDRENS_HOME", "CARER_FAMILY", False),
        ("PARENTAL", "FACILITY", False),
        ("FOSTER", "CARER_FAMILY", True),
        ("INFANT_HOME", "FACILITY", True),
    ],
)
def test_a_form_of_care_is_given_by_the_kind_of_place_that_the_pack_names(
    book: Any, form: str, kind: str, met: bool
) -> None:
    here = replace(place(), kind=kind)
    for now in ({"form": form}, {"stay": lived(TODAY, form=form)}):
        verdict = of("form-fits-place", book, here, **now)
        assert (verdict.satisfied, verdict.facts) == (met, {"care_form": form, "provider_kind": kind})
        assert not verdict.deviable
    assert of("form-fits-place", book, here, form=form, provider=None) is None
    assert said("form-fits-place", situation(book, form=form)) is None  # of the place nothing is known


def test_what_an_institution_for_adults_gives_is_asked_by_its_own_rule(book: Any) -> None:
    adults = replace(place(), kind="ADULT_INSTITUTION")
    assert of("form-fits-place", book, adults, stay=lived(TODAY), born_to=date(2008, 3, 10)) is None
