"""What identifies a child, taken together, and what makes it well stated.

Belongs here: the values of DOMAIN 2 (civil registration, nationality, parents, finding, death) and Identity itself. Not
here: names (names), births and ages (children_age), functioning (children_functioning), numbers (children_numbers),
what may happen to the record (children).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from services.registry.domain import children_functioning as functioning
from services.registry.domain import names as writing
from services.registry.domain.children_age import (
    DOCUMENTED,
    EARLIEST,
    ESTIMATED,
    LEAP_BIRTHDAY,
    REPORTED,
    TO_THE_DAY,
    Birth,
)
from services.registry.domain.children_functioning import Functioning
from services.registry.domain.children_numbers import Identifier, text_problem
from services.registry.domain.names import AT_BIRTH, PROVISIONAL, Name
from shared.errors import Invalid

__all__ = [
    "RELIED_ON",
    "Birth",
    "CivilRegistration",
    "Death",
    "Found",
    "Functioning",
    "Identifier",
    "Identity",
    "Name",
    "Nationality",
    "Parents",
    "as_written",
    "problems",
]

UNKNOWN = "UNKNOWN"
OF_STATES, STATELESS, UNDER_DETERMINATION, NOT_KNOWN = "states", "stateless", "under_determination", "unknown"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "name_kind": frozenset({AT_BIRTH, PROVISIONAL}),
    "birth_precision": frozenset({TO_THE_DAY, "month", "year"}),
    "birth_basis": frozenset({DOCUMENTED, ESTIMATED}),
    "death_basis": frozenset({DOCUMENTED, REPORTED}),
    "death_cause": frozenset({UNKNOWN}),
    "nationality_status": frozenset({OF_STATES, STATELESS, UNDER_DETERMINATION, NOT_KNOWN}),
}
"""The codes of the country pack that registry asks for by name; every pack must have them."""

LONGEST_WORDS = 2000


@dataclass(frozen=True)
class CivilRegistration:
    """Whether the birth is registered (a code of civil_registration), and under which number."""

    status: str
    number: str = ""


@dataclass(frozen=True)
class Nationality:
    """Of one or more states, or stateless, or under determination, or unknown: never two of these at once (CARE C8)."""

    status: str
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parents:
    """What is known of each parent (a code of parental_status); None: not recorded."""

    mother: str | None = None
    father: str | None = None


@dataclass(frozen=True)
class Found:
    """How a foundling was found: when (a span of days), where, by whom (a code of found_by), with what (in words)."""

    found_from: date
    found_to: date
    area: str
    by: str
    place: str = ""
    having: str = ""


@dataclass(frozen=True)
class Death:
    """When a child died: a span of days (equal ends: the day is known), where, of what, and what that rests on."""

    died_from: date
    died_to: date
    basis: str
    cause: str = UNKNOWN
    area: str | None = None

    def __post_init__(self) -> None:
        if self.died_from > self.died_to:
            raise Invalid("The span ends before it begins.", field="died_to", rule="death-span")


@dataclass(frozen=True)
class Identity:
    """What identifies a child, taken together: it is stated, amended and corrected as one.

    `area` is the area of the responsible authority (COUNTING F24). `disability` is the registered status by the
    pack's definition; None: not recorded (F22). A child without a name has no names. None: not recorded.
    """

    names: tuple[Name, ...]
    sex: str
    birth: Birth
    area: str
    disability: bool | None = None
    functioning: Functioning | None = None
    civil_registration: CivilRegistration | None = None
    nationality: Nationality | None = None
    languages: tuple[str, ...] = ()
    parents: Parents = Parents()
    found: Found | None = None


def as_written(identity: Identity) -> Identity:
    """The identity with its names in their one written form."""
    names = tuple(map(writing.as_written, identity.names))
    return identity if names == identity.names else replace(identity, names=names)


def problems(
    identity: Identity, today: date, leap_birthday: str = LEAP_BIRTHDAY, before: Identity | None = None
) -> Iterator[Invalid]:
    """Everything that is wrong with an identity, each with its field and rule; names as `as_written` makes them.

    An assessment that stood there `before` is not judged again: a birth put right later does not unmake it.
    """
    yield from writing.problems(identity.names)
    yield from _of_birth(identity.birth, today)
    if identity.functioning is not None and (before is None or identity.functioning != before.functioning):
        yield from functioning.problems(identity.functioning, identity.birth, today, leap_birthday)
    if identity.nationality is not None:
        yield from _of_nationality(identity.nationality)
    if identity.civil_registration is not None:
        yield from _words(identity.civil_registration.number, "civil_registration.number", 100)
    if len(set(identity.languages)) < len(identity.languages):
        yield Invalid("The same language is given twice.", field="languages", rule="language-once")
    if identity.found is not None:
        yield from _of_finding(identity.found, identity.birth, today)


def _of_birth(birth: Birth, today: date) -> Iterator[Invalid]:
    if birth.certainly_after(today):
        yield Invalid("A child cannot be registered before it is born.", field="birth", rule="not-in-the-future")
    if birth.born_from is not None and birth.born_from < EARLIEST:
        yield Invalid(f"A birth lies not before {EARLIEST.year}.", field="birth", rule="birth-too-early")


def _of_nationality(nationality: Nationality) -> Iterator[Invalid]:
    of_states = nationality.status == OF_STATES
    if of_states and not nationality.states:
        yield Invalid("Name at least one state.", field="nationality.states", rule="nationality-of-states")
    if not of_states and nationality.states:
        message = "Stateless, under determination and unknown go with no state."
        yield Invalid(message, field="nationality.states", rule="nationality-of-states")
    if any(one == next_ for one, next_ in pairwise(sorted(nationality.states))):
        yield Invalid("The same state is given twice.", field="nationality.states", rule="state-once")


def _of_finding(found: Found, birth: Birth, today: date) -> Iterator[Invalid]:
    if found.found_from > found.found_to:
        yield Invalid("The span ends before it begins.", field="found", rule="found-span")
    if found.found_from > today:
        yield Invalid("A child cannot have been found in the future.", field="found", rule="not-in-the-future")
    if birth.certainly_after(found.found_to):
        yield Invalid("A child cannot be found before it is born.", field="found", rule="after-birth")
    yield from _words(found.place, "found.place", LONGEST_WORDS)
    yield from _words(found.having, "found.having", LONGEST_WORDS)


def _words(text: str, field: str, longest: int) -> Iterator[Invalid]:
    """Words of a form: not too long; line breaks are fine, what nobody sees is not."""
    problem = text_problem(text.translate({ord("\n"): " ", ord("\r"): " ", ord("\t"): " "}), longest, empty=True)
    if problem is not None:
        yield Invalid(problem[1], field=field, rule=problem[0].replace("identifier", "text"))
