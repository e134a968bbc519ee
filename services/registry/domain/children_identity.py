"""What identifies a child: names, sex, birth, identifiers, where the responsible authority is.

Not here: what may happen to the record of it (children), how a name may be written (names).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.errors import Invalid

AT_BIRTH = "birth"
TO_THE_DAY = "day"
DOCUMENTED, ESTIMATED, REPORTED = "documented", "estimated", "reported"
UNKNOWN = "UNKNOWN"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "name_kind": frozenset({AT_BIRTH}),
    "birth_precision": frozenset({TO_THE_DAY, "month", "year"}),
    "birth_basis": frozenset({DOCUMENTED, ESTIMATED}),
    "death_basis": frozenset({DOCUMENTED, REPORTED}),
    "death_cause": frozenset({UNKNOWN}),
}
"""The codes of the country pack that registry asks for by name; every pack must have them."""


@dataclass(frozen=True)
class Name:
    """One name of a child as written in one script. Parts are as the papers have them; any may be empty."""

    script: str
    kind: str = AT_BIRTH
    family: str = ""
    given: str = ""
    patronymic: str = ""


@dataclass(frozen=True)
class Birth:
    """When a child was born: a span of days (equal ends: the day is known), and how that is known."""

    born_from: date | None
    born_to: date | None
    precision: str
    basis: str

    def __post_init__(self) -> None:
        if (self.born_from is None) != (self.born_to is None):
            raise Invalid("Both ends of the span, or neither.", field="birth", rule="birth-span")
        if self.born_from and self.born_to and self.born_from > self.born_to:
            raise Invalid("The span ends before it begins.", field="birth", rule="birth-span")
        if self.precision == TO_THE_DAY and self.born_from != self.born_to:
            raise Invalid("A day is not a span of days.", field="birth", rule="birth-precision")

    def certainly_after(self, day: date) -> bool:
        """Whether the child cannot have been born by `day`."""
        return self.born_from is not None and self.born_from > day


@dataclass(frozen=True)
class Identifier:
    """A number or key by which someone else knows the child: kind and issuer say whose it is."""

    kind: str
    issuer: str
    value: str


@dataclass(frozen=True)
class Identity:
    """What identifies a child, taken together: it is stated, amended and corrected as one.

    `area` is the area of the responsible authority (COUNTING F24). `disability` is the registered status by the
    pack's definition; None: not recorded (F22).
    """

    names: tuple[Name, ...]
    sex: str
    birth: Birth
    area: str
    disability: bool | None = None


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
            raise Invalid("The span ends before it begins.", field="death", rule="death-span")
