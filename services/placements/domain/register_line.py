"""A line of a ministry's register: what it says of a stay, and whether that is news, repetition or contradiction.

The register and the record are two accounts of one life, and people put each right by itself. A line that differs from
the record is reported, and changes nothing. A correction of the record answers what the line said until then: the same
words again are no news, other words are (docs/decisions/0005).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self
from uuid import UUID

from services.placements.domain.placement import Placement, Stay
from shared.errors import Conflict


class AlreadyRecordedOtherwise(Conflict):
    """A register says of a stay something else than is recorded; that is a correction, not a repetition."""

    code = "already-recorded-otherwise"
    title = "Already recorded otherwise"


class RegisterIsBehind(Conflict):
    """By the register the stay goes on; by the record the child has left."""

    code = "register-is-behind"
    title = "The register is behind the record"


@dataclass(frozen=True, kw_only=True)
class RegisterLineKey:
    """What tells one line of a ministry's register from the others: child, care form, provider and first day."""

    register: str
    child_key: str
    care_form: str
    provider_key: str
    from_: date


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a line says of a stay besides its key."""

    area: str
    carer_relation: str | None
    entry_reason: str
    to: date | None
    destination: str | None

    @classmethod
    def of(cls, stay: Stay) -> Self:
        """What a line says with this stay."""
        return cls(
            area=stay.area, carer_relation=stay.carer_relation, entry_reason=stay.entry_reason, to=stay.to,
            destination=stay.destination,
        )  # fmt: skip

    def news(self, answered: "Said | None") -> frozenset[str]:
        """The names of what it says otherwise than the words that were answered; all of them where none were."""
        return frozenset(name for name, value in vars(self).items() if not answered or getattr(answered, name) != value)


def require_agreement(recorded: Placement, stay: Stay, news: Collection[str]) -> None:
    """Raise AlreadyRecordedOtherwise, or RegisterIsBehind, where news of a line contradict the record.

    An end that the record does not have yet is no contradiction.
    """
    ends = ("to", "destination") if stay.to and recorded.to else ()
    for name in ("area", "carer_relation", "entry_reason", *ends):
        if name in news and getattr(recorded, name) != getattr(stay, name):
            raise AlreadyRecordedOtherwise(
                "This stay is recorded otherwise.",
                field=name,
                rule=AlreadyRecordedOtherwise.code,
                remedy="Correct the stay, which answers the line as it stands; or put the line right.",
            )
    if recorded.to and not stay.to and "to" in news:
        raise RegisterIsBehind(
            "This stay is recorded as ended.",
            field="to",
            rule=RegisterIsBehind.code,
            remedy="Write the day of leaving into the register; or correct the stay, where the child never left.",
        )


@dataclass
class RegisterLine:
    """A line that was taken: the placement it became, what it said last, and what a correction has answered."""

    key: RegisterLineKey
    placement: UUID
    said: Said | None = None
    answered: Said | None = None

    def hear(self, stay: Stay) -> frozenset[str]:
        """Note what the line says now; the names of what in it no correction has answered."""
        self.said = Said.of(stay)
        return self.said.news(self.answered)


class RegisterLines(Protocol):
    """The lines of registers that were taken."""

    def find(self, key: RegisterLineKey) -> RegisterLine | None:
        """The line, or None where it was never taken."""

    def add(self, line: RegisterLine) -> None:
        """Take in a line."""

    def answer(self, placement: UUID) -> None:
        """The stay was corrected: what its line said is answered."""
