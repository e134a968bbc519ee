"""Consents: who may give one, what keeps a person from it, what consents add up to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.registry.domain import legal_consents as consents
from services.registry.domain.legal_ages import Capacity, OwnConsent
from services.registry.domain.legal_consents import Because, ConsentSaid, Giver, Standing
from services.registry.domain.legal_file import Representative
from services.registry.domain.legal_majority import Majority
from shared.errors import Invalid
from shared.ids import new_id

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
CHILD, MOTHER, AUNT, HEAD, HOME = (new_id() for _ in range(5))
YOUNG = Capacity(False, False, False, {"PHOTOGRAPH": OwnConsent.NOT_YET})
OLD = replace(YOUNG, own_consent={"PHOTOGRAPH": OwnConsent.NEEDED})
ADULT = Capacity(True, False, True, {"PHOTOGRAPH": OwnConsent.ALONE})
SELF = Giver("SELF")


def said(giver=None, **more):
    return ConsentSaid("PHOTOGRAPH", TODAY, giver=giver or Giver("PARENT_GIVES", MOTHER), **more)


def standing(capacity=YOUNG, unfit=(), provider=None):
    found = (
        Representative("parent", MOTHER),
        Representative("guardian", HEAD, "INSTITUTION_HEAD", HOME, new_id()),
    )
    return Standing(capacity, found, frozenset(unfit), provider)


def give(what, on=TODAY):
    return consents.Consent.give(new_id(), CHILD, what, today=on)


def refused(what, where):
    with pytest.raises(consents.Refused) as error:
        consents.require_giver(what, where)
    assert error.value.rule
    return error.value.code


def test_a_representative_may_consent_and_nobody_else():
    consents.require_giver(said(), standing())
    assert refused(said(Giver("PARENT_GIVES", AUNT)), standing()) == "not-a-representative"


def test_a_person_suspected_of_the_harm_cannot():
    assert refused(said(), standing(unfit=[MOTHER])) == "unfit-to-consent"


def test_an_institutions_head_cannot_in_matters_of_the_institution():
    head = said(Giver("GUARDIAN_GIVES", HEAD))
    assert refused(head, standing(provider=HOME)) == "own-institution"
    assert refused(replace(head, provider=HOME), standing()) == "own-institution"
    consents.require_giver(replace(head, provider=new_id()), standing(provider=HOME))
    consents.require_giver(head, standing(provider=new_id()))


def test_the_child_itself_is_asked_from_the_age_of_the_law():
    assert refused(said(SELF), standing()) == "not-old-enough"
    consents.require_giver(said(SELF), standing(OLD))
    with pytest.raises(Invalid):
        Giver("SELF", CHILD)


def test_another_ground_has_a_basis_and_no_giver():
    for wrong in ({"ground": "LEGAL_DUTY", "basis": "Law, art. 1"}, {"ground": "LEGAL_DUTY"}, {"giver": None}):
        with pytest.raises(Invalid):
            ConsentSaid("PHOTOGRAPH", TODAY, **({"giver": SELF} | wrong))
    ground = ConsentSaid("PHOTOGRAPH", TODAY, ground="LEGAL_DUTY", basis="Law, art. 1")
    consents.require_giver(ground, standing())


def test_a_consent_is_given_and_withdrawn_once():
    consent = give(said())
    for day, field in ((TODAY + DAY, "on"), (TODAY - DAY, "on")):
        with pytest.raises(Invalid) as error:
            consent.withdraw(on=day, reason="CHANGED_MIND", today=TODAY)
        assert error.value.field == field
    consent.withdraw(on=TODAY, reason="CHANGED_MIND", today=TODAY)
    with pytest.raises(consents.ConsentIsOver):
        consent.withdraw(on=TODAY, reason="CHANGED_MIND", today=TODAY)
    with pytest.raises(consents.ConsentIsOver):
        consent.lapse(on=TODAY)
    assert [type(fact).__name__ for _, _, fact in consent.pull_facts()] == ["ConsentGiven", "ConsentWithdrawn"]
    with pytest.raises(Invalid):
        give(said(), TODAY - DAY)


def test_only_what_others_gave_lapses_at_majority():
    ground = ConsentSaid("PHOTOGRAPH", TODAY, ground="LEGAL_DUTY", basis="Law, art. 1")
    assert [give(each).lapses_at_majority for each in (said(), said(SELF), ground)] == [True, False, False]


def verdict(*held, where=None, ground="CONSENT"):
    found = consents.verdict("PHOTOGRAPH", ground, [give(each) for each in held], where or standing())
    return found.allowed, found.because


def test_what_consents_add_up_to():
    assert verdict(ground="LEGAL_DUTY") == (True, Because.LEGAL_DUTY)
    assert verdict() == (False, Because.NOBODY_ASKED)
    assert verdict(said()) == (True, Because.CONSENT)
    assert verdict(said(), where=standing(OLD)) == (False, Because.CHILD_NOT_ASKED)
    assert verdict(said(SELF), where=standing(OLD)) == (False, Because.NOBODY_ASKED)
    assert verdict(said(), said(SELF), where=standing(OLD)) == (True, Because.CONSENT)
    assert verdict(said(), where=standing(ADULT)) == (False, Because.CHILD_NOT_ASKED)
    assert verdict(said(SELF), where=standing(ADULT)) == (True, Because.CONSENT)
    other = ConsentSaid("PHOTOGRAPH", TODAY, ground="JUDICIAL_ORDER", basis="2-14/26")
    assert verdict(other) == (True, Because.OTHER_GROUND)


def test_a_consent_counts_while_its_giver_may_still_give_it():
    assert verdict(said(), where=standing(unfit=[MOTHER])) == (False, Because.NOBODY_ASKED)


def test_that_a_child_came_of_age_may_be_taken_back():
    noticed = Majority(CHILD)
    noticed.come_of_age()
    noticed.retract()
    assert (noticed.came_of_age, noticed.version) == (False, 2)
