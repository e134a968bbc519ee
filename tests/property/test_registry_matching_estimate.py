"""The estimate of weights finds what pairs were made with and heeds what was before; thresholds keep their word."""

import random
from math import inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_estimate as estimating
from services.registry.domain.matching_weights import DEFAULT, Weights

BARE = Weights(1, {}, 0.0, -5.0, 0.1)
FACTS = st.fixed_dictionaries(
    {}, optional={fact: st.sampled_from(levels) for fact, levels in comparing.LEVELS.items()}
)  # fmt: skip
PAIRS = st.lists(st.tuples(FACTS, st.booleans()), max_size=60)
SCORED = st.lists(st.tuples(st.integers(-9, 9).map(float), st.booleans()), max_size=40)


def test_the_rates_that_pairs_were_made_with_are_found_again():
    draw = random.Random(1)
    pairs = [({"sex": "same" if draw.random() < 0.98 else "different"}, True) for _ in range(5000)]
    pairs += [({"sex": "same" if draw.random() < 0.5 else "different"}, False) for _ in range(50_000)]
    worth = estimating.estimate(pairs, BARE, strength=0).worth["sex"]
    assert worth["same"] == pytest.approx(log2(0.98 / 0.5), abs=0.1)
    assert worth["different"] == pytest.approx(log2(0.02 / 0.5), abs=0.4)


def test_what_is_told_only_where_it_agrees_is_a_share_of_all_pairs():
    pairs = [({"kin": "parent"} if n < 100 else {}, True) for n in range(1000)]
    pairs += [({"kin": "parent"} if n < 10 else {}, False) for n in range(10_000)]
    assert estimating.estimate(pairs, BARE, strength=0).worth["kin"]["parent"] == pytest.approx(log2(100), abs=0.1)


@given(PAIRS)
def test_the_order_of_pairs_is_of_no_matter(pairs):
    assert estimating.estimate(pairs, DEFAULT) == estimating.estimate(pairs[::-1], DEFAULT)


@given(PAIRS)
def test_a_level_never_seen_stays_as_it_was_and_every_other_moves_towards_what_was_seen(pairs):
    found, free = estimating.estimate(pairs, DEFAULT).worth, estimating.estimate(pairs, BARE, strength=0).worth
    for fact, levels in DEFAULT.worth.items():
        for level, before in levels.items():
            if level not in free[fact]:
                assert found[fact][level] == pytest.approx(before, abs=0.006)
            else:
                low, high = sorted((before, free[fact][level]))
                assert low - 0.011 <= found[fact][level] <= high + 0.011


def test_few_decisions_move_little_and_many_a_lot():
    def worth(times):
        pairs = [({"area": "different"}, True)] * times + [({"area": "same"}, False)] * times
        return estimating.estimate(pairs, DEFAULT).worth["area"]["different"]

    before = DEFAULT.worth["area"]["different"]
    assert abs(worth(1) - before) < abs(worth(20) - before) < abs(worth(2000) - before)


@given(SCORED, st.sampled_from([0.5, 0.9, 1.0]))
def test_a_threshold_keeps_the_precision_and_no_lower_one_does(scored, precision):
    found = estimating.threshold(scored, precision=precision)
    if found.threshold == inf:
        assert not any(
            estimating.figures(scored, at).precision >= precision and estimating.figures(scored, at).recall > 0
            for at, same in scored
            if same
        )
        return
    assert estimating.figures(scored, found.threshold) == found
    assert found.precision >= precision
    for lower in {score for score, _ in scored if score < found.threshold}:
        assert estimating.figures(scored, lower).precision < precision


@given(SCORED, st.integers(-9, 9), st.integers(0, 5))
def test_a_higher_threshold_never_finds_more(scored, at, more):
    assert estimating.figures(scored, at + more).recall <= estimating.figures(scored, at).recall
