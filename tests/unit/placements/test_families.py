"""Carer families: the way to an approval, who may not approve, its end, and what its provider says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.placements.domain import Provider, Takes
from services.placements.domain import families as domain
from services.placements.domain import families_facts as facts
from services.placements.domain.families import CarerFamily, FamilyState
from services.placements.domain.families_parts import (
    ApprovalTooLong,
    Assessment,
    AssessorApproves,
    FamilyLaw,
    FamilyTerms,
    FamilyTooLarge,
    NotYetSuitable,
    Training,
)
from services.placements.domain.provider import Approval
from shared.errors import Conflict, Invalid

TODAY = date(2026, 3, 10)
LAW = FamilyLaw(validity=24, notice=60)
ASSESSOR, APPROVER = "assessor", "gatekeeper"
TERMS = FamilyTerms(places=2, care_forms=("FOSTER",), takes=Takes(0, 6), from_=TODAY)


def applied(**given: Any) -> CarerFamily:
    described = {"area": "KZ-75", "carers": frozenset({uuid4()}), "own_children": 1, "languages": ("kk",)} | given
    return CarerFamily.apply(uuid4(), on=TODAY, **described)


def trained(recommendation: str = "SUITABLE", hours: int = 30, **given: Any) -> CarerFamily:
    family = applied(**given)
    family.assess(Assessment(on=TODAY, by=ASSESSOR, recommendation=recommendation), TODAY)
    family.train(Training("PREPARATION", hours, TODAY), TODAY)
    return family


def approved(terms: FamilyTerms = TERMS, law: FamilyLaw = LAW) -> CarerFamily:
    family = trained()
    family.approve(terms, APPROVER, law, TODAY)
    family.pull_facts()
    return family


def told(family: CarerFamily) -> list[object]:
    return [fact for *_, fact in family.pull_facts()]


def test_a_family_is_assessed_and_trained_before_it_is_approved() -> None:
    family = applied()
    assert told(family) == [facts.FamilyApplied(family.id, "KZ-75")]
    with pytest.raises(Conflict):
        family.approve(TERMS, APPROVER, LAW, TODAY)
    family.assess(Assessment(on=TODAY, by=ASSESSOR, recommendation="SUITABLE"), TODAY)
    with pytest.raises(Conflict):
        family.approve(TERMS, APPROVER, LAW, TODAY)
    family.train(Training("PREPARATION", 30, TODAY), TODAY)
    family.approve(TERMS, APPROVER, LAW, TODAY)
    (fact,) = told(family)
    assert isinstance(fact, facts.FamilyApproved)
    assert (family.state, fact.until, fact.again) == (FamilyState.APPROVED, date(2028, 3, 10), False)


def test_who_assessed_a_family_does_not_approve_it() -> None:
    with pytest.raises(AssessorApproves):
        trained().approve(TERMS, ASSESSOR, LAW, TODAY)


def test_an_assessment_that_says_no_is_heeded() -> None:
    with pytest.raises(NotYetSuitable):
        trained("NOT_SUITABLE").approve(TERMS, APPROVER, LAW, TODAY)


def test_hours_of_training_are_asked_for_where_the_law_names_them() -> None:
    with pytest.raises(NotYetSuitable):
        trained(hours=29).approve(TERMS, APPROVER, replace(LAW, training_hours=30), TODAY)
    trained(hours=30).approve(TERMS, APPROVER, replace(LAW, training_hours=30), TODAY)


def test_own_children_count() -> None:
    with pytest.raises(FamilyTooLarge):
        trained(own_children=3).approve(TERMS, APPROVER, replace(LAW, children=4), TODAY)
    trained(own_children=2).approve(TERMS, APPROVER, replace(LAW, children=4), TODAY)


def test_an_approval_is_no_longer_than_the_law_allows() -> None:
    with pytest.raises(ApprovalTooLong):
        trained().approve(replace(TERMS, until=date(2028, 3, 11)), APPROVER, LAW, TODAY)
    with pytest.raises(Invalid):
        trained().approve(replace(TERMS, from_=TODAY + timedelta(days=1)), APPROVER, LAW, TODAY)


def test_an_approval_is_renewed_without_a_gap_on_a_new_assessment() -> None:
    family = approved()
    later, ends = date(2028, 2, 1), date(2028, 3, 10)
    again = replace(TERMS, from_=ends)
    with pytest.raises(NotYetSuitable):
        family.approve(again, APPROVER, LAW, later)
    family.assess(Assessment(on=later, by=ASSESSOR, recommendation="SUITABLE"), later)
    assert family.state is FamilyState.APPROVED
    family.approve(again, APPROVER, LAW, later)
    (fact,) = told(family)
    assert isinstance(fact, facts.FamilyApproved)
    assert (fact.again, fact.from_, fact.until) == (True, TODAY, date(2030, 3, 10))


def test_the_end_is_told_in_time_once_and_then_noticed_on_its_day_however_late() -> None:
    family, ends = approved(), date(2028, 3, 10)
    assert not family.pass_time(ends - timedelta(days=61))
    assert family.pass_time(ends - timedelta(days=60))
    assert not family.pass_time(ends - timedelta(days=59))
    assert family.pass_time(ends + timedelta(days=9))
    assert not family.pass_time(ends + timedelta(days=10))
    ending, lapsed = told(family)
    assert isinstance(ending, facts.FamilyReapprovalPrompted)
    assert ending.alarm().due == ends
    assert lapsed == facts.FamilyLapsed(family.id, "KZ-75", ends)
    assert lapsed.settles() == (family.id,)


def test_after_downtime_the_lapse_alone_is_told() -> None:
    family = approved()
    assert family.pass_time(date(2029, 1, 1))
    assert told(family) == [facts.FamilyLapsed(family.id, "KZ-75", date(2028, 3, 10))]


def test_who_assessed_a_family_does_not_lift_its_suspension() -> None:
    family = approved()
    family.suspend("ILLNESS", TODAY)
    with pytest.raises(AssessorApproves):
        family.reinstate(ASSESSOR, TODAY)
    family.reinstate(APPROVER, TODAY)
    assert family.until == date(2028, 3, 10)


def test_a_suspended_family_lapses_too() -> None:
    family = approved()
    family.suspend("ILLNESS", TODAY)
    assert family.pass_time(date(2028, 3, 10))
    assert family.state is FamilyState.LAPSED


def test_what_lapsed_is_assessed_anew() -> None:
    family = approved()
    family.pass_time(date(2028, 3, 10))
    with pytest.raises(Conflict):
        family.approve(TERMS, APPROVER, LAW, date(2028, 3, 11))
    family.assess(Assessment(on=date(2028, 3, 11), by=ASSESSOR, recommendation="SUITABLE"), date(2028, 3, 11))
    assert family.state is FamilyState.ASSESSED


def test_its_provider_says_what_the_approval_says() -> None:
    family = approved()
    provider = Provider.open(family.id, "CARER_FAMILY", "KZ-75", "x", places=None, key=None)
    provider.amend(family.offers(provider, TODAY))
    assert (provider.places, provider.takes, provider.approval.to) == (2, Takes(0, 6), date(2028, 3, 10))
    family.suspend("ILLNESS", TODAY)
    assert family.offers(provider, TODAY).approval.suspended
    family.withdraw("OWN_WISH", TODAY)
    offered = family.offers(provider, TODAY)
    assert (offered.approval.suspended, offered.closed_on) == (False, TODAY)


def test_an_application_keeps_what_is_known_of_a_family_that_cares_already() -> None:
    family = applied()
    provider = Provider.open(family.id, "CARER_FAMILY", "KZ-75", "x", places=3, key=None)
    assert family.offers(provider, TODAY).places == 3


@pytest.mark.parametrize("given", [{"carers": frozenset()}, {"own_children": -1}])
def test_a_family_that_cannot_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        applied(**given)


def test_every_state_can_be_left_or_is_named() -> None:
    assert set(domain.TRANSITIONS) == set(FamilyState)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        (Approval(number="7", from_=date(2026, 1, 1), to=date(2027, 1, 1)), False),
        (Approval(from_=date(2026, 2, 1), to=date(2026, 9, 1), suspended=True), False),
        (Approval(), False),
        (Approval(number="8"), True),
        (Approval(from_=date(2025, 12, 31), to=date(2026, 2, 1)), True),
        (Approval(from_=date(2026, 1, 1), to=date(2027, 1, 2)), True),
        (Approval(from_=date(2026, 1, 1)), True),
    ],
)
def test_an_approval_gives_more_than_another_by_its_number_or_its_days(said: Approval, more: bool) -> None:
    known = Approval(number="7", from_=date(2026, 1, 1), to=date(2027, 1, 1))
    assert said.gives_more_than(known) is more
    assert said.gives_more_than(Approval()) is (said.number is not None or said.from_ is not None)
