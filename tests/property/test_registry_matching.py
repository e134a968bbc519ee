"""Whatever people register, decide, merge and undo: one pair at most of two records, never asked again once decided."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registry import commands, handlers
from services.registry.commands import matching as matching_commands
from services.registry.domain import matching
from services.registry.domain.matching import Candidate, Compared, Origin, Pair, PairDecision
from services.registry.domain.matching_weights import Judgement, Likelihood
from services.registry.handlers import matching as matching_handlers
from shared.errors import Conflict, KinwardError
from shared.ids import new_id
from tests.unit.registry import given
from tests.unit.registry.test_joining import merge, unit, unmerge

FINAL = {PairDecision.SAME, PairDecision.DIFFERENT}
likelihoods = st.sampled_from([Likelihood.LIKELY, Likelihood.POSSIBLE])
decisions = st.sampled_from([PairDecision.SAME, PairDecision.DIFFERENT, PairDecision.UNSURE])
at_registration = st.sampled_from(sorted(matching.AT_REGISTRATION))
places = st.integers(0, 1000)


class Deciding(RuleBasedStateMachine):
    """Some records, found to be like each other as chance has it; the model is what was last said of each two."""

    @initialize()
    def begin(self):
        self.uow = unit()
        self.said = {}

    @property
    def records(self):
        return sorted(self.uow.children.kept)

    def two(self, one, other):
        first, second = self.records[one % len(self.records)], self.records[other % len(self.records)]
        return tuple(sorted((first, second)))

    @rule(found=st.dictionaries(places, likelihoods, max_size=3), words=st.dictionaries(places, at_registration))
    def register(self, found, words):
        there = self.records
        like = {there[place % len(there)]: each for place, each in found.items() if there}
        self.uow.matches.found = [
            Candidate(id_, Judgement(4.0, likelihood, {}, ("given-same",))) for id_, likelihood in like.items()
        ]
        compared = {there[place % len(there)]: each for place, each in words.items() if there}
        command = commands.RegisterChild(
            id=new_id(),
            identity=given.identity(),
            compared=tuple(Compared(id_, decision, "words") for id_, decision in compared.items()),
            **given.ACTS,
        )
        unsaid = {id_ for id_, each in like.items() if each is Likelihood.LIKELY} - compared.keys()
        try:
            made = handlers.register_child(self.uow, command)
        except matching.SameChild as refused:
            assert {each.child for each in refused.candidates} == unsaid != set()
            assert self.records == there
            return
        assert not unsaid
        for id_ in like.keys() & compared.keys():
            self.said[tuple(sorted((made.id, id_)))] = compared[id_]

    @precondition(lambda self: len(self.records) > 1)
    @rule(one=places, other=places)
    def propose(self, one, other):
        """A run finds two; what ever came up is not proposed again."""
        two = self.two(one, other)
        if two[0] != two[1] and two not in self.uow.match_pairs.kept:
            judged = Judgement(0.0, Likelihood.POSSIBLE, {}, ())
            self.uow.match_pairs.add(Pair.of(new_id(), *two, judged, 0, Origin.RUN, given.AT))
            self.said[two] = PairDecision.PROPOSED

    @precondition(lambda self: self.uow.match_pairs.kept)
    @rule(place=places, decision=decisions)
    def decide(self, place, decision):
        pairs = sorted(self.uow.match_pairs.kept.values(), key=lambda pair: pair.id)
        pair = pairs[place % len(pairs)]
        two, before = (pair.child, pair.other), pair.decision
        command = matching_commands.DecideSameChild(id=pair.id, decision=decision, because="words", **given.ACTS)
        try:
            matching_handlers.decide_same_child(self.uow, command)
        except Conflict:
            assert before in FINAL or before is decision
        else:
            assert before not in FINAL
            self.said[two] = decision

    @precondition(lambda self: len(self.records) > 1)
    @rule(one=places, other=places)
    def merge(self, one, other):
        kept, merged = self.two(one, other)
        try:
            merge(self.uow, self.uow.children.kept[kept], self.uow.children.kept[merged])
        except KinwardError:
            return
        self.said[kept, merged] = PairDecision.SAME

    @precondition(lambda self: self.standing())
    @rule(place=places)
    def undo(self, place):
        made = self.standing()[place % len(self.standing())]
        unmerge(self.uow, made)
        self.said[tuple(sorted((made.kept, made.merged)))] = PairDecision.DIFFERENT

    @invariant()
    def what_was_last_said_of_two_records_is_what_stands(self):
        kept = self.uow.match_pairs.kept
        assert {two: pair.decision for two, pair in kept.items()} == self.said

    @invariant()
    def nobody_decides_without_a_name_and_the_order_is_one(self):
        for two, pair in self.uow.match_pairs.kept.items():
            assert two == (pair.child, pair.other) and pair.child < pair.other
            assert (pair.decision is PairDecision.PROPOSED) == (pair.decided_by is None) == (pair.decided_at is None)

    @invariant()
    def no_decision_merges_anything(self):
        merged = {id_ for id_, record in self.uow.children.kept.items() if record.merged_into}
        assert merged == {each.merged for each in self.standing()}

    def standing(self):
        return [each for each in self.uow.joinings.values() if each.status == "joined"]


TestDeciding = Deciding.TestCase
