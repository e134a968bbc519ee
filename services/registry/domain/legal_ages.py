"""What a child's age means in law: majority, trusteeship, the child's own consent (CARE C10, C12, C15).

An uncertain birth is read protectively: a child until certainly eighteen; asked for its own consent as soon as it may
be old enough. Not here: which ages the law sets (the country pack).
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.registry.domain.children_identity import Birth


@dataclass(frozen=True)
class Ages:
    """Ages of the law in completed years; None: not known to the pack. `leap_birthday` is MM-DD in common years.

    `own_consent`: by purpose of a consent, the age from which the child itself must agree too.
    """

    majority: int
    leap_birthday: str
    trusteeship: int | None = None
    own_consent: Mapping[str, int | None] = field(default_factory=dict)


class OwnConsent(StrEnum):
    """Whether the child itself is asked."""

    NEEDED = "needed"
    NOT_YET = "not-yet"
    AGE_NOT_KNOWN = "age-not-known"
    BIRTH_NOT_KNOWN = "birth-not-known"
    ALONE = "alone"


@dataclass(frozen=True)
class Capacity:
    """What a person's age (and emancipation) makes it able to do on a day.

    `adult`: certainly of age. `full`: able to act alone in everything. `own_consent` by purpose.
    """

    adult: bool
    emancipated: bool
    of_trusteeship_age: bool
    own_consent: Mapping[str, OwnConsent]

    @property
    def full(self) -> bool:
        """Whether the person acts alone."""
        return self.adult or self.emancipated


def birthday(born: date, age: int, leap_birthday: str) -> date:
    """The day on which `age` years are completed; born on 29 February: `leap_birthday` (MM-DD) in common years."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date.fromisoformat(f"{year:04d}-{leap_birthday}")
    return born.replace(year=year)


def certainly_from(birth: Birth, age: int, leap_birthday: str) -> date | None:
    """The first day on which the age is certainly completed; None where nothing is known of the birth."""
    return birthday(birth.born_to, age, leap_birthday) if birth.born_to else None


def perhaps_from(birth: Birth, age: int, leap_birthday: str) -> date | None:
    """The first day on which the age may be completed; None where nothing is known of the birth."""
    return birthday(birth.born_from, age, leap_birthday) if birth.born_from else None


def capacity(birth: Birth, on: date, ages: Ages, *, emancipated: bool = False) -> Capacity:
    """What the person may do on a day (CARE C10: of age only when certainly so)."""
    adult = _reached(certainly_from(birth, ages.majority, ages.leap_birthday), on)
    trustee = ages.trusteeship is not None and _reached(certainly_from(birth, ages.trusteeship, ages.leap_birthday), on)
    own = {purpose: _own(birth, on, age, ages) for purpose, age in ages.own_consent.items()}
    if adult or emancipated:
        own = dict.fromkeys(own, OwnConsent.ALONE)
    return Capacity(adult=adult, emancipated=emancipated, of_trusteeship_age=trustee, own_consent=own)


def _own(birth: Birth, on: date, age: int | None, ages: Ages) -> OwnConsent:
    if age is None:
        return OwnConsent.AGE_NOT_KNOWN
    first = perhaps_from(birth, age, ages.leap_birthday)
    if first is None:
        return OwnConsent.BIRTH_NOT_KNOWN
    return OwnConsent.NEEDED if first <= on else OwnConsent.NOT_YET


def _reached(day: date | None, on: date) -> bool:
    return day is not None and day <= on
