"""What the levels of two records say together: sums, the size of the register, common names, what bars certainty."""

from dataclasses import replace
from math import log2

import pytest

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_weights import Likelihood, Weights

EVEN = Weights(
    number=7,
    worth={fact: dict.fromkeys(levels, -4.0) | {levels[0]: 8.0} for fact, levels in comparing.LEVELS.items()},
    likely=4.0,
    possible=-4.0,
    expected=0.5,
)
GENEROUS = replace(EVEN, likely=-100.0, possible=-200.0)
NAMES = {"given": "same", "family": "same", "father": "same"}


def judge(levels, *, children=100_000, carriers=None, other_script=False):
    return weighing.judge(EVEN, levels, children=children, carriers=carriers or {}, other_script=other_script)


def test_the_score_is_the_sum_less_what_the_size_of_the_register_takes():
    found = judge({"given": "same", "birth": "day", "sex": "different"})
    assert found.score == round(8 + 8 - 4 - log2(100_000 / 0.5), 1)


def test_a_small_register_is_judged_as_one_of_ten_thousand():
    assert judge(NAMES, children=0).score == judge(NAMES, children=10_000).score
    assert judge(NAMES, children=10_000).score > judge(NAMES, children=100_000).score


def test_more_children_need_more_evidence():
    levels = NAMES | {"birth": "day"}
    assert judge(levels, children=100_000).likelihood is Likelihood.LIKELY
    assert judge(levels, children=10**9).likelihood is Likelihood.POSSIBLE
    assert judge(levels, children=10**12).likelihood is Likelihood.UNLIKELY


def test_a_name_alone_is_never_likely_and_a_birth_that_differs_does_not_help():
    sure = NAMES | {"area": "region", "mother": "same", "sex": "same", "birth_area": "same"}
    assert judge(sure).score > EVEN.likely
    assert judge(sure).likelihood is Likelihood.POSSIBLE
    assert judge(sure | {"birth": "different"}).likelihood is Likelihood.POSSIBLE
    assert judge(sure | {"birth": "year"}).likelihood is Likelihood.LIKELY
    assert judge(sure | {"area": "same"}).likelihood is Likelihood.LIKELY
    assert judge(sure | {"area": "same", "birth": "different"}).likelihood is Likelihood.POSSIBLE
    assert judge(sure | {"area": "same", "father": "similar"}).likelihood is Likelihood.POSSIBLE
    assert judge(sure | {"kin": "parent"}).likelihood is Likelihood.LIKELY


@pytest.mark.parametrize("birth", ["month", "year", "close"])
def test_a_given_name_alone_is_not_likely_beside_a_birth_that_is_not_told_to_the_day(birth):
    sure = {"given": "same", "birth": birth, "sex": "same", "area": "same", "birth_area": "same"}
    more = ({"birth": "day"}, {"family": "spelling"}, {"mother": "same"}, {"kin": "sibling"})
    assert {weighing.judge(GENEROUS, sure | each, children=0, carriers={}, other_script=False).likelihood
            for each in more} == {Likelihood.LIKELY}  # fmt: skip
    for each in ({}, {"mother": "different"}):
        found = weighing.judge(GENEROUS, sure | each, children=0, carriers={}, other_script=False)
        assert found.likelihood is Likelihood.POSSIBLE


def test_twins_share_all_but_the_given_name_and_are_never_likely():
    sure = {"family": "same", "father": "same", "birth": "day", "area": "same", "sex": "same", "kin": "parent"}
    assert judge(sure | {"given": "different"}).score > EVEN.likely
    assert judge(sure | {"given": "different"}).likelihood is Likelihood.POSSIBLE
    assert judge(sure).likelihood is Likelihood.POSSIBLE


@pytest.mark.parametrize(
    ("carriers", "less"),
    [
        ({}, 0),
        ({frozenset({"given", "family"}): 2}, 0),
        ({frozenset({"given", "family"}): 1001}, 16 - log2(100)),
        # the rarest two of three names decide
        ({frozenset({"given", "family"}): 1001, frozenset({"family", "father"}): 2}, 0),
        # a count of names of which one did not agree says nothing
        ({frozenset({"given", "mother"}): 1001}, 0),
    ],
)
def test_names_that_many_carry_are_worth_no_more_than_their_rarity(carriers, less):
    assert judge(NAMES, carriers=carriers).score == pytest.approx(judge(NAMES).score - less, abs=0.1)


def test_common_names_and_other_scripts_are_said_among_the_reasons():
    found = judge(NAMES | {"birth": "day"}, carriers={frozenset({"given", "family"}): 5000}, other_script=True)
    assert found.reasons == ("given-same", "family-same", "father-same", "birth-day", "other-script", "common-names")
    assert judge({"birth": "day"}).reasons == ("birth-day",)


def test_the_weights_every_deployment_begins_with_know_every_level():
    assert {fact: set(levels) for fact, levels in weighing.DEFAULT.worth.items()} == {
        fact: set(levels) for fact, levels in comparing.LEVELS.items()
    }
    assert weighing.DEFAULT.possible < weighing.DEFAULT.likely
    for fact in ("given", "family", "father", "birth", "sex", "area"):
        order = [weighing.DEFAULT.worth[fact][level] for level in comparing.LEVELS[fact]]
        assert order[0] == max(order) > 0 > order[-1]
