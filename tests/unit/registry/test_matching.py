"""Pairs of records that may be of one child: what is asked of who registers, what is kept, what is decided for good."""

import pytest

from services.registry import commands, handlers
from services.registry.api.matching import reasons
from services.registry.domain import matching
from services.registry.domain.matching import Candidate, Compared, Origin, Pair, PairDecision
from services.registry.domain.matching_weights import Judgement, Likelihood
from shared.errors import Conflict
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT, FakeMatches, FakePairs, FakeUnitOfWork, child, identity

BY = {"by": "registrar", "at": AT}


def judged(likelihood=Likelihood.LIKELY, score=7.5):
    return Judgement(score, likelihood, {"given": "same"}, ("given-same", "mother-same", "kin-parent"))


def candidate(likelihood=Likelihood.LIKELY, of=None):
    return Candidate(of or new_id(), judged(likelihood))


def said(of, decision=PairDecision.DIFFERENT):
    return Compared(of.child, decision, "another mother")


def registering(*found, compared=(), hidden=(), imported=False):
    """A unit of work that finds these candidates, and what registering does there."""
    uow = FakeUnitOfWork()
    uow.matches, uow.match_pairs = FakeMatches(*found), FakePairs(hidden=hidden)
    command = commands.RegisterChild(
        id=new_id(), identity=identity(), compared=tuple(compared), imported=imported, **ACTS
    )
    return uow, lambda: handlers.register_child(uow, command)


def test_a_likely_record_that_nothing_is_said_of_stops_the_registration_and_nothing_is_kept():
    likely, possible = candidate(), candidate(Likelihood.POSSIBLE)
    uow, register = registering(likely, possible)
    with pytest.raises(matching.SameChild) as refused:
        register()
    error = refused.value
    assert (error.code, error.status, error.field, error.rule) == ("same-child", 409, "compared", "same-child-decided")
    assert error.candidates == (likely,)
    assert (uow.children.kept, uow.match_pairs.kept, uow.matches.indexed) == ({}, {}, [])


def test_who_says_so_of_each_likely_record_registers_and_it_is_kept():
    one, two, possible = candidate(), candidate(), candidate(Likelihood.POSSIBLE)
    uow, register = registering(one, two, possible, compared=[said(one), said(two, PairDecision.UNSURE)])
    made = register()
    kept = {pair.other if pair.child == made.id else pair.child: pair for pair in uow.match_pairs.kept.values()}
    assert {id_: pair.decision for id_, pair in kept.items()} == {one.child: "different", two.child: "unsure"}
    for pair in kept.values():
        assert (pair.origin, pair.because, pair.decided_by) == (Origin.REGISTRATION, "another mother", "registrar")
        assert pair.child < pair.other


def test_what_is_said_of_possible_ones_is_kept_and_of_others_let_go():
    possible = candidate(Likelihood.POSSIBLE)
    uow, register = registering(possible, compared=[said(possible), said(candidate())])
    register()
    assert [pair.likelihood for pair in uow.match_pairs.kept.values()] == ["possible"]


def test_a_record_that_may_not_be_told_asks_nothing():
    likely = candidate()
    uow, register = registering(likely, hidden=[likely.child])
    assert register().id in uow.children.kept


def test_an_import_is_asked_nothing_and_waits_for_nobody():
    uow, register = registering(candidate(), imported=True)
    made = register()
    assert (uow.match_pairs.held, uow.match_pairs.kept, uow.matches.indexed) == ([], {}, [made.id])


def test_the_terms_are_held_before_anybody_looks():
    looked = []

    class Watched(FakeMatches):
        def like(self, likeness, but=frozenset()):
            looked.append(list(uow.match_pairs.held))
            return []

    uow, register = registering()
    uow.matches = Watched()
    register()
    assert len(looked) == 1 and looked[0][0]


def pair(decision=PairDecision.PROPOSED):
    made = Pair.of(new_id(), new_id(), new_id(), judged(), 0, Origin.RUN, AT)
    if decision is not PairDecision.PROPOSED:
        made.decide(decision, because="seen", **BY)
    return made


@pytest.mark.parametrize("first", list(PairDecision))
@pytest.mark.parametrize("then", [each for each in PairDecision if each is not PairDecision.PROPOSED])
def test_what_was_decided_for_good_is_not_decided_again(first, then):
    made = pair(first)
    if first in (PairDecision.SAME, PairDecision.DIFFERENT) or first is then:
        with pytest.raises(Conflict, match=f"already: {first}") as refused:
            made.decide(then, because="again", **BY)
        assert (refused.value.field, refused.value.rule) == ("decision", "decided-once")
        assert (made.decision, made.because) == (first, "seen")
    else:
        made.decide(then, because="now sure", **BY)
        assert (made.decision, made.because, made.version) == (then, "now sure", 2 if first == "proposed" else 3)


@pytest.mark.parametrize("before", list(PairDecision))
def test_a_merge_decides_a_pair_and_its_undoing_too_whatever_was_decided_before(before):
    made = pair(before)
    version = made.version
    made.join(because="one record", **BY)
    assert (made.decision, made.because, made.version) == ("same", "one record", version + 1)
    made.part(because="two children", **BY)
    assert (made.decision, made.because, made.version) == ("different", "two children", version + 2)


def test_two_records_that_nobody_was_asked_about_have_a_pair_once_they_are_merged():
    one, other = child(), child()
    pairs, matches = FakePairs(), FakeMatches()
    made = matching.pair_of(matches, pairs, one.id, other.id, AT)
    assert (made.origin, made.likelihood, made.child, made.other) == (
        Origin.MERGE, Likelihood.UNLIKELY, *sorted((one.id, other.id)),
    )  # fmt: skip
    assert matching.pair_of(matches, pairs, other.id, one.id, AT) is made


def test_who_sees_no_family_is_told_no_reason_of_it():
    codes = judged().reasons
    assert reasons(codes, frozenset({"identity"})) == ["given-same"]
    assert reasons(codes, frozenset({"identity", "family"})) == list(codes)


def test_every_reason_has_a_code_that_packs_must_have():
    relied_on = matching.RELIED_ON["match_reason"]
    assert {"given-same", "birth-new_year", "kin-sibling", "other-script", "common-names"} <= relied_on
