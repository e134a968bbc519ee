"""The Child Functioning Module: bands, answers, cut-off."""

from datetime import date

import pytest

from services.registry import domain
from services.registry.domain import children_functioning as functioning
from services.registry.domain.children_functioning import AGES, CUT_OFF, NOT_ANSWERED, SCALES, Band, Functioning
from tests.unit.registry.given import TODAY, born

ON = date(2026, 2, 1)
MILD = {functioning.DIFFICULTY: "SOME", functioning.COMPARED: "MORE", functioning.FREQUENCY: "WEEKLY"}


def assessed(band, **changes):
    answers = {domain_: MILD[scale] for domain_, scale in SCALES[band].items()} | changes
    return Functioning(ON, band, tuple(sorted(answers.items())))


def test_each_band_asks_its_own_questions():
    assert (len(SCALES[Band.TWO_TO_FOUR]), len(SCALES[Band.FIVE_TO_SEVENTEEN])) == (8, 13)
    assert set(SCALES[Band.TWO_TO_FOUR]) - set(SCALES[Band.FIVE_TO_SEVENTEEN]) == {"fine_motor", "playing"}
    assert set(SCALES) == set(AGES)


@pytest.mark.parametrize("band", Band)
def test_one_domain_at_the_cut_off_is_a_functional_difficulty_and_none_is_not(band):
    assert functioning.has_functional_difficulty(assessed(band)) is False
    for domain_, scale in SCALES[band].items():
        for answer in scale:
            expected = answer in CUT_OFF[scale]
            assert functioning.has_functional_difficulty(assessed(band, **{domain_: answer})) is expected


def test_the_cut_off_is_a_lot_or_cannot_a_lot_more_and_daily():
    assert functioning.has_functional_difficulty(assessed(Band.TWO_TO_FOUR, controlling_behaviour="A_LOT_MORE"))
    assert functioning.has_functional_difficulty(assessed(Band.FIVE_TO_SEVENTEEN, anxiety="DAILY"))
    assert functioning.has_functional_difficulty(assessed(Band.FIVE_TO_SEVENTEEN, seeing="A_LOT"))
    assert not functioning.has_functional_difficulty(assessed(Band.FIVE_TO_SEVENTEEN, depression="WEEKLY"))


@pytest.mark.parametrize("not_answered", NOT_ANSWERED)
def test_what_is_not_answered_is_not_a_no(not_answered):
    assert functioning.has_functional_difficulty(assessed(Band.TWO_TO_FOUR, seeing=not_answered)) is None
    partly = Functioning(ON, Band.TWO_TO_FOUR, (("seeing", "SOME"),))
    assert functioning.has_functional_difficulty(partly) is None
    known = assessed(Band.TWO_TO_FOUR, seeing=not_answered, hearing="CANNOT")
    assert functioning.has_functional_difficulty(known) is True


@pytest.mark.parametrize(
    ("birth", "band", "fits"),
    [
        (born(date(2024, 2, 1)), Band.TWO_TO_FOUR, True),
        (born(date(2024, 2, 2)), Band.TWO_TO_FOUR, False),
        (born(date(2021, 2, 2)), Band.TWO_TO_FOUR, True),
        (born(date(2021, 2, 1)), Band.TWO_TO_FOUR, False),
        (born(date(2021, 2, 1)), Band.FIVE_TO_SEVENTEEN, True),
        (born(date(2008, 2, 2)), Band.FIVE_TO_SEVENTEEN, True),
        (born(date(2008, 2, 1)), Band.FIVE_TO_SEVENTEEN, False),
        (born(date(2020, 1, 1), date(2022, 12, 31)), Band.TWO_TO_FOUR, True),
        (born(date(2020, 1, 1), date(2022, 12, 31)), Band.FIVE_TO_SEVENTEEN, True),
        (domain.Birth(None, None, "year", "estimated"), Band.TWO_TO_FOUR, True),
        (born(date(2026, 2, 2)), Band.TWO_TO_FOUR, False),
    ],
)
def test_the_band_fits_the_age_on_the_day_of_the_assessment(birth, band, fits):
    found = [each.rule for each in functioning.problems(assessed(band), birth, TODAY)]
    assert found == ([] if fits else ["age-band"])


def test_domains_and_answers_are_those_of_the_band_once_each_and_not_in_the_future():
    birth = born(date(2022, 1, 1))

    def found(*answers, on=ON):
        given = Functioning(on, Band.TWO_TO_FOUR, answers)
        return [(each.field, each.rule) for each in functioning.problems(given, birth, TODAY)]

    assert found(("seeing", "DAILY")) == [("functioning.answers.seeing", "answer-of-scale")]
    assert found(("anxiety", "DAILY")) == [("functioning.answers.?", "domain-of-band")]
    assert found(("seeing", "SOME"), ("seeing", "A_LOT")) == [("functioning.answers.seeing", "domain-once")]
    assert found() == [("functioning.answers", "answers-given")]
    assert found(("seeing", "SOME"), on=date(2026, 3, 2)) == [("functioning.on", "not-in-the-future")]
