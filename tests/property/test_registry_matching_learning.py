"""Weights estimated from pairs whose truth is known: recovered, bounded, never infinite, held by those in force."""

import math
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_estimate as estimating
from services.registry.domain import matching_figures as figures
from services.registry.domain import matching_learning as domain
from services.registry.domain.matching_figures import Decided
from services.registry.domain.matching_weights import DEFAULT, Likelihood

LEVELS = st.fixed_dictionaries(
    {}, optional={fact: st.sampled_from(levels) for fact, levels in comparing.LEVELS.items()}
)
LABELLED = st.lists(st.tuples(LEVELS, st.booleans()), max_size=60)
PAIRS = st.builds(Decided, levels=LEVELS, same=st.booleans(), scripts=st.sampled_from(["", "Cyrl", "Cyrl-Latn"]))


@settings(max_examples=60, deadline=None)
@given(LABELLED)
def test_no_weight_is_ever_infinite_and_none_leaves_what_the_counts_allow(labelled):
    found = estimating.estimate(labelled, DEFAULT)
    bound = math.log2(2 * len(labelled) + 20) + 1
    for fact, levels in found.worth.items():
        for level, weight in levels.items():
            assert math.isfinite(weight)
            assert abs(weight) <= max(bound, abs(DEFAULT.worth[fact].get(level, 0.0))) + 0.01


@settings(max_examples=40, deadline=None)
@given(LABELLED, st.sampled_from(comparing.NAME_LEVELS))
def test_more_pairs_of_one_child_with_a_level_never_make_it_worth_less(labelled, level):
    def worth(more):
        pairs = [*labelled, *[({comparing.GIVEN: level}, True)] * more]
        return estimating.estimate(pairs, DEFAULT, strength=0).worth[comparing.GIVEN].get(level, -math.inf)

    assert worth(40) >= worth(20) - 0.01


@settings(max_examples=40, deadline=None)
@given(LEVELS, st.booleans())
def test_one_decision_moves_no_weight_far(levels, same):
    found = estimating.estimate([(levels, same)], DEFAULT)
    for fact, level in levels.items():
        before = DEFAULT.worth[fact].get(level)
        if before is not None:
            assert abs(found.worth[fact][level] - before) <= max(abs(before), 4) / 4 + 0.5


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.5, 0.95), st.floats(0.02, 0.3))
def test_known_shares_are_found_again(seed, m, u):
    chance = Random(seed)
    pairs = [
        ({comparing.SEX: comparing.SAME if chance.random() < share else comparing.DIFFERENT}, same)
        for same, share in ((True, m), (False, u))
        for _ in range(4000)
    ]
    found = estimating.estimate(pairs, DEFAULT).worth[comparing.SEX]
    assert abs(found[comparing.SAME] - math.log2(m / u)) < 0.4
    assert abs(found[comparing.DIFFERENT] - math.log2((1 - m) / (1 - u))) < 0.6


@settings(max_examples=40, deadline=None)
@given(st.lists(PAIRS, max_size=40), st.lists(LEVELS, max_size=40))
def test_a_proposal_of_any_decisions_holds_numbers_alone_and_loses_no_pair(pairs, random):
    none = domain.Minimum(same=0, different=0)
    found = domain.estimated(pairs, random, DEFAULT, children=50_000, minimum=none)
    for document in (found.before, found.after, found.counted):
        domain.require_numbers(document)
    for document in (found.before, found.after):
        counts = [document["figures"][f"{each}_{kind}"] for each in Likelihood for kind in ("same", "different")]
        assert sum(counts) == len(pairs)


@settings(max_examples=30, deadline=None)
@given(st.lists(PAIRS, max_size=30), st.integers(2, 6))
def test_every_pair_is_held_out_once(pairs, folds):
    fitted = []

    def fit(others):
        fitted.append(len(pairs) - len(others))
        return DEFAULT

    assert len(figures.held_out(pairs, 1000, fit, folds)) == len(pairs)
    assert sum(fitted) == len(pairs)
