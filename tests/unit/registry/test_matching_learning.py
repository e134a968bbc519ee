"""Weights that are estimated, proposed with figures, and adopted by another person; figures counted by hand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.registry.domain import matching_figures as figures
from services.registry.domain import matching_learning as domain
from services.registry.domain.matching_figures import Decided
from services.registry.domain.matching_weights import DEFAULT, Likelihood
from shared.errors import Conflict, Invalid, Refused
from shared.ids import new_id

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LIKELY, POSSIBLE, UNLIKELY = Likelihood.LIKELY, Likelihood.POSSIBLE, Likelihood.UNLIKELY
ENOUGH = domain.Minimum(same=2, different=2)
ALIKE = {"given": "same", "family": "same", "birth": "day"}
APART = {"given": "different", "family": "same", "birth": "year"}
STRANGERS = {"given": "different", "family": "different", "birth": "different"}


def decided(same, levels=None, scripts="Cyrl"):
    return Decided(levels or (ALIKE if same else APART), same, scripts)


def estimate(in_force=DEFAULT):
    pairs = [decided(True)] * 3 + [decided(False)] * 3
    return domain.estimated(pairs, [STRANGERS] * 300, in_force, children=1000, minimum=ENOUGH)


def proposal(number=1, by="proposer", in_force=DEFAULT):
    return domain.WeightSet.propose(new_id(), number, estimate(in_force), by=by, at=NOW)


def test_figures_are_counted_as_by_hand():
    pairs = [decided(True)] * 4 + [decided(False)] * 3
    said = [LIKELY, LIKELY, POSSIBLE, UNLIKELY, LIKELY, POSSIBLE, UNLIKELY]
    assert figures.figures(pairs, said) == {
        "likely_same": 2,
        "likely_different": 1,
        "possible_same": 1,
        "possible_different": 1,
        "unlikely_same": 1,
        "unlikely_different": 1,
        "precision": 0.6667,
        "recall": 0.5,
        "shown": 0.75,
    }


def test_where_there_is_nothing_to_divide_by_there_is_no_share():
    found = figures.figures([decided(False)], [POSSIBLE])
    assert {"precision", "recall", "shown"}.isdisjoint(found)


def test_pairs_that_are_called_otherwise_are_counted_by_what_they_move_from_and_to():
    assert figures.moved([LIKELY, POSSIBLE, POSSIBLE, LIKELY], [POSSIBLE, LIKELY, LIKELY, LIKELY]) == {
        "likely_possible": 1,
        "possible_likely": 2,
    }


def test_figures_are_told_by_script_and_by_level_of_each_fact():
    pairs = [decided(True, scripts="Cyrl"), decided(True, scripts="Cyrl-Latn"), decided(False, scripts="")]
    found = figures.by_scripts(pairs, [LIKELY, UNLIKELY, LIKELY])
    assert {scripts: each["recall"] for scripts, each in found.items()} == {"Cyrl": 1.0, "Cyrl-Latn": 0.0}
    facts = figures.by_facts(pairs, [STRANGERS], [LIKELY] * 3, [LIKELY, UNLIKELY, LIKELY])
    assert facts["given-same"] == {"same": 2, "different": 0, "random": 0, "moved": 1}
    assert facts["family-same"] == {"same": 2, "different": 1, "random": 0, "moved": 1}
    assert facts["birth-different"] == {"same": 0, "different": 0, "random": 1, "moved": 0}
    assert facts["kin-sibling"] == {"same": 0, "different": 0, "random": 0, "moved": 0}


def test_each_pair_is_called_by_weights_that_were_fitted_without_it():
    pairs = [decided(True, {"given": "same", "sex": str(place)}) for place in range(7)]
    fitted_with = []

    def fit(others):
        fitted_with.append([each.levels["sex"] for each in others])
        return DEFAULT

    figures.held_out(pairs, 1000, fit, folds=3)
    assert fitted_with == [["1", "2", "4", "5"], ["0", "2", "3", "5", "6"], ["0", "1", "3", "4", "6"]]


def test_both_decisions_are_in_every_fold_however_they_are_ordered():
    pairs = [decided(True), decided(False)] * 4
    seen = []

    def fit(others):
        seen.append((sum(each.same for each in others), len(others)))
        return DEFAULT

    figures.held_out(pairs, 1000, fit, folds=2)
    assert seen == [(2, 4)] * 2


def test_pairs_that_a_person_parted_do_not_outweigh_random_ones():
    pairs = [decided(True)] * 5 + [decided(False)] * 500
    few = figures.fitted(pairs, [STRANGERS] * 200, DEFAULT, 1000)
    many = figures.fitted(pairs[:5], [STRANGERS] * 200, DEFAULT, 1000)
    assert few.worth["family"]["same"] == pytest.approx(many.worth["family"]["same"], abs=1.5)
    assert few.worth["family"]["same"] > 2


def test_thresholds_follow_the_weights_so_that_likely_is_as_right_as_it_was():
    def pair(same, **levels):
        return Decided({"given": "same", "birth": "day", **levels}, same)

    strong = pair(True, family="same", father="same")
    weak = pair(True, family="same")
    pairs = [strong] * 30 + [weak] * 30 + [decided(False)] * 20
    harsh = replace(DEFAULT, likely=figures._judged(DEFAULT, strong, 1000).score - 0.1)
    assert figures.called(harsh, [strong, weak], 1000) == [LIKELY, POSSIBLE]
    found = figures.fitted(pairs, [STRANGERS] * 500, harsh, 1000)
    assert figures.called(found, [strong, weak, decided(False)], 1000)[:2] == [LIKELY, LIKELY]
    assert figures.called(found, [decided(False)], 1000) != [LIKELY]
    assert found.possible == pytest.approx(figures._judged(found, weak, 1000).score - figures.MARGIN, abs=0.1)
    assert found.likely >= found.possible


def test_without_a_pair_called_likely_the_thresholds_stay():
    harsh = replace(DEFAULT, likely=999.0)
    found = figures.fitted([decided(True)] * 5 + [decided(False)] * 5, [STRANGERS] * 100, harsh, 1000)
    assert (found.likely, found.possible) == (999.0, DEFAULT.possible)


def test_levels_are_read_from_the_reasons_that_a_person_saw():
    reasons = ("given-same", "birth-new_year", "birth_area-different", "other-script", "common-names", "given-odd")
    assert figures.levels_of(reasons) == {"given": "same", "birth": "new_year", "birth_area": "different"}


def test_too_few_decisions_are_refused_with_the_numbers_that_are_missing():
    pairs = [decided(True)] * 3 + [decided(False)]
    with pytest.raises(Refused) as refused:
        domain.estimated(pairs, [], DEFAULT, children=10, minimum=domain.Minimum(same=5, different=4))
    assert "2 more decided same (3 of 5) and 3 more decided different (1 of 4)" in str(refused.value)
    assert (refused.value.code, refused.value.rule) == ("weights-refused", "enough-decisions")


def test_a_proposal_says_what_it_is_compared_with_and_what_it_rests_on():
    found = proposal(4)
    assert found.content["counted"] == {"same": 3, "different": 3, "random": 300, "children": 1000}
    assert (found.before["number"], found.before["worth"]) == (0, DEFAULT.worth)
    assert found.weights.number == 4
    assert found.weights.expected == DEFAULT.expected


def test_who_proposed_neither_adopts_nor_refuses():
    for act in (
        lambda found: found.adopt(None, by="proposer", at=NOW),
        lambda found: found.refuse(by="proposer", at=NOW),
    ):
        with pytest.raises(Refused) as refused:
            act(proposal())
        assert refused.value.rule == "two-persons"


def test_an_adopted_set_replaces_the_one_in_force():
    first = proposal()
    first.adopt(None, by="other", at=NOW)
    second = proposal(2, in_force=first.weights)
    second.adopt(first, by="other", at=NOW)
    assert (first.status, second.status) == (domain.WeightsState.REPLACED, domain.WeightsState.ADOPTED)


def test_a_set_whose_figures_compare_with_others_than_those_in_force_is_not_adopted():
    first, second = proposal(), proposal(2)
    first.adopt(None, by="other", at=NOW)
    with pytest.raises(Conflict) as refused:
        second.adopt(first, by="other", at=NOW)
    assert refused.value.rule == "compared-with-those-in-force"


def test_a_decided_set_is_not_decided_again():
    found = proposal()
    found.refuse(by="other", at=NOW)
    with pytest.raises(Conflict) as refused:
        found.adopt(None, by="other", at=NOW)
    assert refused.value.rule == "set-open"


def test_an_earlier_set_is_proposed_again_as_it_was_however_few_decisions_there_are():
    first = proposal()
    again = domain.repeated(DEFAULT, [], [], first.weights, children=10)
    found = domain.WeightSet.propose(new_id(), 2, again, by="proposer", at=NOW)
    assert found.weights.worth == DEFAULT.worth
    assert (found.content["counted"]["repeats"], found.before["number"]) == (0, 1)


@pytest.mark.parametrize(
    "document",
    [
        {"figures": {"Айгүл": 1}},
        {"figures": {"Adam": 1}},
        {"worth": {"given": {"same": "Aigul"}}},
        {"worth": {"given": {"same": float("inf")}}},
        {"worth": {"given": {"same": float("nan")}}},
        {"scripts": {"Cyrl-Adam": {"precision": 1}}},
        {"facts": [1]},
        {"likely": True},
    ],
)
def test_nothing_but_numbers_under_words_of_matching_is_kept(document):
    with pytest.raises(Invalid) as refused:
        domain.require_numbers(document)
    assert refused.value.rule == "numbers-alone"


def test_a_fact_that_was_not_compared_when_a_set_was_kept_has_the_weights_of_the_default():
    content = {"worth": {"given": {"same": 9.0}}, "likely": 2.0, "counted": {}}
    found = domain.weights_of(3, content)
    assert found.worth["given"] == {"same": 9.0}
    assert found.worth["birth"] == DEFAULT.worth["birth"]
    assert (found.number, found.likely, found.possible) == (3, 2.0, DEFAULT.possible)
