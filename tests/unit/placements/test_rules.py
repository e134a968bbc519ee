"""The rules, one by one: facts in, verdict out."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.placements.domain import RULES, CareForm, Span, months_later, rules

HOME = CareForm("INFANT_HOME", "RESIDENTIAL", "FACILITY")
FOSTER = CareForm("FOSTER", "FOSTER", "CARER_FAMILY")
PARENTS = CareForm("PARENTAL", "NONE", "OWN_FAMILY")
BORN = date(2025, 1, 10)
TODAY = date(2026, 3, 10)


def under_three(book: Any, stay: Span, *earlier: Span, born_to: date | None = BORN, form: CareForm = HOME) -> Any:
    return rules.under_three(born_to, earlier, stay, form, book.numbers, TODAY)


def test_a_child_under_three_cannot_enter_residential_care_for_seven_months(book: Any) -> None:
    assert under_three(book, Span(TODAY, months_later(TODAY, 6))).satisfied
    assert not under_three(book, Span(TODAY, months_later(TODAY, 6) + timedelta(days=1))).satisfied
    assert not under_three(book, Span(TODAY, months_later(TODAY, 7))).satisfied


def test_a_child_under_three_cannot_enter_residential_care_without_a_planned_end(book: Any) -> None:
    verdict = under_three(book, Span(TODAY))
    assert not verdict.satisfied
    assert verdict.facts["nights_planned"] == "no planned end"


def test_six_months_from_31_august_end_with_february(book: Any) -> None:
    began = date(2026, 8, 31)
    assert under_three(book, Span(began, date(2027, 2, 28))).satisfied
    assert not under_three(book, Span(began, date(2027, 3, 1))).satisfied


def test_a_gap_at_home_does_not_reset_the_allowance(book: Any) -> None:
    earlier = Span(date(2025, 2, 1), date(2025, 6, 1))  # 120 of 181 nights
    assert under_three(book, Span(TODAY, TODAY + timedelta(days=61)), earlier).satisfied
    assert not under_three(book, Span(TODAY, TODAY + timedelta(days=62)), earlier).satisfied


def test_on_the_third_birthday_a_child_is_not_under_three(book: Any) -> None:
    assert under_three(book, Span(date(2028, 1, 10))).satisfied
    assert not under_three(book, Span(date(2028, 1, 9))).satisfied


def test_nights_after_the_third_birthday_do_not_count(book: Any) -> None:
    assert under_three(book, Span(date(2027, 12, 1), date(2030, 1, 1))).satisfied


def test_an_uncertain_birth_date_is_read_as_the_youngest_possible_age(book: Any) -> None:
    stay = Span(date(2026, 6, 1))
    assert under_three(book, stay, born_to=date(2023, 1, 1)).satisfied
    assert not under_three(book, stay, born_to=date(2023, 12, 31)).satisfied
    assert not under_three(book, stay, born_to=None).satisfied


def test_family_care_of_a_child_under_three_is_not_limited(book: Any) -> None:
    assert under_three(book, Span(TODAY), form=FOSTER).satisfied


def test_a_breach_is_due_before_the_allowance_is_used_up(book: Any) -> None:
    assert under_three(book, Span(TODAY)).due == TODAY + timedelta(days=14)
    began = months_later(TODAY, -6) + timedelta(days=3)  # three nights are left
    left = (months_later(began, 6) - began).days - (TODAY - began).days
    assert 0 < left < 14
    assert under_three(book, Span(began)).due == TODAY + timedelta(days=left)


def test_residential_care_needs_a_registered_provider(book: Any) -> None:
    assert not rules.registered_provider(HOME, False, book.numbers, TODAY).satisfied
    assert rules.registered_provider(HOME, True, book.numbers, TODAY).satisfied
    assert rules.registered_provider(FOSTER, False, book.numbers, TODAY).satisfied


def test_reasons_of_poverty_alone_never_suffice_whatever_their_number() -> None:
    poverty = {"POVERTY": "poverty", "SINGLE_PARENT": "poverty", "DISABILITY_OF_CHILD": "poverty"}
    assert not rules.not_for_poverty(HOME, poverty, TODAY).satisfied
    assert rules.not_for_poverty(HOME, poverty | {"NEGLECT": "harm"}, TODAY).satisfied
    assert rules.not_for_poverty(PARENTS, poverty, TODAY).satisfied


def test_an_emergency_is_decided_within_the_packs_hours_of_arrival(book: Any) -> None:
    verdict = rules.decision(HOME, False, [Span(TODAY)], book.numbers, TODAY)
    assert not verdict.satisfied
    assert verdict.due == TODAY + timedelta(days=3)


def test_a_second_emergency_within_ninety_days_continues_the_clock_of_the_first(book: Any) -> None:
    first = Span(TODAY - timedelta(days=95), TODAY - timedelta(days=90))
    assert rules.emergency_clock([first, Span(TODAY)], 90) == first.from_
    assert rules.emergency_clock([first, Span(TODAY)], 89) == TODAY


def test_an_imported_stay_has_the_legacy_calendar(book: Any) -> None:
    verdict = rules.legacy_decision(HOME, False, book.numbers, recorded_on=TODAY)
    assert verdict.due == TODAY + timedelta(days=365)
    assert rules.legacy_decision(PARENTS, False, book.numbers, TODAY).satisfied


def test_a_refusal_names_rule_facts_and_remedy(book: Any) -> None:
    with pytest.raises(rules.UnderThreeInResidentialCare) as refused:
        under_three(book, Span(TODAY)).refuse()
    assert refused.value.rule == "under-three-residential"
    assert "third_birthday 2028-01-10" in refused.value.message
    assert "family" in str(refused.value.remedy)


def test_every_rule_has_a_source_an_owner_and_a_remedy() -> None:
    for id_, rule in RULES.items():
        assert rule.id == id_
        assert rule.title
        assert rule.source
        assert rule.owner
        assert rule.satisfied_by
