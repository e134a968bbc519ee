"""Functional difficulty of a child: the Child Functioning Module of UNICEF and the Washington Group, ages 2-4 and 5-17.

Belongs here: its domains, answers and cut-off. Not here: the registered disability status, which is a country's own
(children_identity), and what anyone does about a difficulty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.registry.domain.children_age import LEAP_BIRTHDAY, Birth, age_on
from shared.errors import Invalid


class Band(StrEnum):
    """The two age bands; each has questions of its own."""

    TWO_TO_FOUR = "2-4"
    FIVE_TO_SEVENTEEN = "5-17"


AGES: Final = {Band.TWO_TO_FOUR: (2, 4), Band.FIVE_TO_SEVENTEEN: (5, 17)}
"""Youngest and oldest full years of age of each band."""

DIFFICULTY: Final[tuple[str, ...]] = ("NO_DIFFICULTY", "SOME", "A_LOT", "CANNOT")
COMPARED: Final[tuple[str, ...]] = ("NOT_AT_ALL", "SAME_OR_LESS", "MORE", "A_LOT_MORE")
FREQUENCY: Final[tuple[str, ...]] = ("DAILY", "WEEKLY", "MONTHLY", "A_FEW_TIMES_A_YEAR", "NEVER")
NOT_ANSWERED: Final = ("REFUSED", "DO_NOT_KNOW")
CUT_OFF: Final[Mapping[tuple[str, ...], frozenset[str]]] = {
    DIFFICULTY: frozenset({"A_LOT", "CANNOT"}),
    COMPARED: frozenset({"A_LOT_MORE"}),
    FREQUENCY: frozenset({"DAILY"}),
}
"""The answers that mean a functional difficulty, by the scale they are of (MICS recommended cut-off)."""

_BOTH = ("seeing", "hearing", "walking", "communication", "learning")
SCALES: Final[Mapping[Band, Mapping[str, tuple[str, ...]]]] = {
    Band.TWO_TO_FOUR: dict.fromkeys((*_BOTH, "fine_motor", "playing"), DIFFICULTY)
    | {"controlling_behaviour": COMPARED},
    Band.FIVE_TO_SEVENTEEN: {
        **dict.fromkeys((*_BOTH, "self_care", "remembering", "concentrating"), DIFFICULTY),
        **dict.fromkeys(("accepting_change", "controlling_behaviour", "making_friends"), DIFFICULTY),
        **dict.fromkeys(("anxiety", "depression"), FREQUENCY),
    },
}
"""The domains of each band, and on which scale each is answered."""


@dataclass(frozen=True)
class Functioning:
    """One assessment: when, by the questions of which band, and the answer in each domain that was asked."""

    on: date
    band: Band
    answers: tuple[tuple[str, str], ...]


def has_functional_difficulty(assessed: Functioning) -> bool | None:
    """Whether the child has a functional difficulty: in at least one domain at the cut-off.

    None where no domain is at the cut-off but one of the band is not answered: what was not asked is not a No.
    """
    scales, answers = SCALES[assessed.band], dict(assessed.answers)
    if any(answer in CUT_OFF[scales[domain]] for domain, answer in answers.items()):
        return True
    return False if all(answers.get(domain) in scale for domain, scale in scales.items()) else None


def problems(
    assessed: Functioning, birth: Birth, today: date, leap_birthday: str = LEAP_BIRTHDAY, field: str = "functioning"
) -> Iterator[Invalid]:
    """What is wrong with an assessment: its day, its band for the child's age then, its domains and answers."""
    if assessed.on > today:
        yield Invalid("An assessment cannot lie in the future.", field=f"{field}.on", rule="not-in-the-future")
    ages, (low, high) = age_on(birth, assessed.on, leap_birthday), AGES[assessed.band]
    if birth.certainly_after(assessed.on) or (ages is not None and (ages[1] < low or ages[0] > high)):
        message = f"The questions for ages {assessed.band} do not fit the child's age on that day."
        yield Invalid(message, field=f"{field}.band", rule="age-band")
    scales = SCALES[assessed.band]
    asked: set[str] = set()
    for domain, answer in assessed.answers:
        here = f"{field}.answers.{domain if domain in scales else '?'}"
        if domain not in scales:
            yield Invalid(f"Not a domain of the questions for ages {assessed.band}.", field=here, rule="domain-of-band")
        elif domain in asked:
            yield Invalid("This domain is answered twice.", field=here, rule="domain-once")
        elif answer not in (*scales[domain], *NOT_ANSWERED):
            yield Invalid(f"One of {', '.join((*scales[domain], *NOT_ANSWERED))}.", field=here, rule="answer-of-scale")
        asked.add(domain)
    if not assessed.answers:
        yield Invalid("An assessment answers at least one domain.", field=f"{field}.answers", rule="answers-given")
