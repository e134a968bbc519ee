"""What can be asked about the people around a child."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.families import Party
from services.registry.domain.families_people import Particulars
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RegisterPerson(Command):
    """Register an adult relative or carer nobody has registered before."""

    id: UUID
    particulars: Particulars


@dataclass(frozen=True, kw_only=True)
class AmendPerson(Command):
    """Say anew what is said of a person: true from the day `on`, or (None) always so."""

    id: UUID
    particulars: Particulars
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class RecordRelationship(Command):
    """`other` is to the child what `kind` says, from a day (None: unknown) to a day (None: still)."""

    id: UUID
    child: UUID
    other: UUID
    other_kind: Party
    kind: str
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndRelationship(Command):
    """The relationship held until a day."""

    id: UUID
    to: date


@dataclass(frozen=True, kw_only=True)
class WithdrawRelationship(Command):
    """The relationship was entered in error."""

    id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class RegisterHousehold(Command):
    """Register people who keep house together."""

    id: UUID
    area: str
    address: str = ""
    vulnerabilities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AmendHousehold(Command):
    """Say anew where a household is and what weighs on it."""

    id: UUID
    area: str
    address: str = ""
    vulnerabilities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TakeIn(Command):
    """A child or a person lives in the household from a day."""

    id: UUID
    membership: UUID
    member: UUID
    member_kind: Party
    from_: date | None = None


@dataclass(frozen=True, kw_only=True)
class LetGo(Command):
    """A member left the household on a day."""

    id: UUID
    member: UUID
    to: date


@dataclass(frozen=True, kw_only=True)
class EnrolHousehold(Command):
    """The household draws help from a programme."""

    id: UUID
    enrolment: UUID
    programme: str
    from_: date | None = None
    to: date | None = None
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class DisenrolHousehold(Command):
    """The help ended on a day."""

    id: UUID
    enrolment: UUID
    to: date


@dataclass(frozen=True, kw_only=True)
class NoteHouseholdFact(Command):
    """A fact about a household or one child in it, and when it is looked at again."""

    id: UUID
    note: UUID
    fact: str
    child: UUID | None = None
    from_: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewHouseholdFact(Command):
    """The fact was looked at and still holds; or, with `to`, held until that day."""

    id: UUID
    note: UUID
    review_on: date | None = None
    to: date | None = None
