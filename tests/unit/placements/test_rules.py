"""What a rule is, and the rules on decisions, reasons and providers: facts in, verdict out."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.placements.domain import RULES, Ground, State, refusals, rules_decisions
from tests.unit.placements.judged import TODAY, lived, said, situation

DAY = timedelta(days=1)


def test_residential_care_needs_a_registered_provider(book: Any) -> None:
    assert not said("registered-provider", situation(book, provider=None)).satisfied
    assert said("registered-provider", situation(book)).satisfied
    assert said("registered-provider", situation(book, form="FOSTER", provider=None)).satisfied


def test_reasons_of_poverty_alone_never_suffice_whatever_their_number(book: Any) -> None:
    def of(*reasons: str, form: str = "INFANT_HOME") -> Any:
        return said("not-for-poverty", situation(book, form=form, entry_reason=reasons[0], other_reasons=reasons[1:]))

    assert not of("POVERTY", "SINGLE_PARENT").satisfied
    assert of("POVERTY", "NEGLECT").satisfied
    assert of("POVERTY", form="PARENTAL") is None


def test_an_emergency_is_decided_within_the_packs_hours_of_arrival(book: Any) -> None:
    stay = lived(TODAY, kind="emergency")
    verdict = said("decision-in-force", situation(book, stay=stay, placements=[stay]))
    assert not verdict.satisfied
    assert verdict.due == TODAY + 3 * DAY


def test_a_second_emergency_within_ninety_days_continues_the_clock_of_the_first() -> None:
    first, second = lived(TODAY - 95 * DAY, TODAY - 90 * DAY), lived(TODAY)
    assert rules_decisions.emergency_clock([first, second], 90) is first
    assert rules_decisions.emergency_clock([first, second], 89) is second


def test_an_imported_stay_has_the_legacy_calendar(book: Any) -> None:
    stay = lived(TODAY, ground=Ground.IMPORTED)
    assert said("decision-in-force", situation(book, stay=stay)) is None
    assert TODAY < said("legacy-decision-due", situation(book, stay=stay)).due <= TODAY + 365 * DAY
    home = replace(stay, care_form="PARENTAL")
    assert said("legacy-decision-due", situation(book, stay=home)).satisfied


def test_a_refusal_names_rule_facts_and_remedy(book: Any) -> None:
    verdict = said("under-three-residential", situation(book, born_to=date(2025, 1, 10)))
    with pytest.raises(refusals.UnderThreeInResidentialCare) as refused:
        verdict.refuse()
    assert refused.value.rule == "under-three-residential"
    assert refused.value.facts["third_birthday"] == "2028-01-10"
    assert refused.value.message == f"{verdict.rule.title}.", "codes and days stand in the facts alone"
    assert "family" in str(refused.value.remedy)


def test_every_rule_has_a_source_an_owner_and_a_remedy() -> None:
    for id_, rule in RULES.items():
        assert rule.id == id_
        assert rule.title
        assert rule.source
        assert rule.owner
        assert rule.satisfied_by
        assert rule.when
        assert rule.states <= set(State)
