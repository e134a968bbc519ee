"""What can be asked about providers in more detail, and about carer families."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain import Details
from services.placements.domain.families_parts import FamilyTerms
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AmendProvider(Command):
    """State anew all that is known of a provider."""

    id: UUID
    details: Details


@dataclass(frozen=True, kw_only=True)
class ApplyFamily(Command):
    """A family asks to be approved; where `id` is a carer family's that placements refer to already, it is that one."""

    id: UUID
    area: str
    carers: frozenset[UUID]
    own_children: int
    languages: tuple[str, ...]
    on: date


@dataclass(frozen=True, kw_only=True)
class AmendFamily(Command):
    """Who belongs to the family, where it lives, what is spoken there."""

    id: UUID
    area: str
    carers: frozenset[UUID]
    own_children: int
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AssessFamily(Command):
    """An assessor reports; the assessor is who sends this."""

    id: UUID
    on: date
    recommendation: str


@dataclass(frozen=True, kw_only=True)
class TrainFamily(Command):
    """The carers took a course."""

    id: UUID
    kind: str
    hours: int
    on: date


@dataclass(frozen=True, kw_only=True)
class ApproveFamily(Command):
    """Children can be placed with the family; also anew, before the approval ends."""

    id: UUID
    terms: FamilyTerms


@dataclass(frozen=True, kw_only=True)
class SuspendFamily(Command):
    """No further child is placed there for the time being."""

    id: UUID
    reason: str
    on: date


@dataclass(frozen=True, kw_only=True)
class ReinstateFamily(Command):
    """The suspension is over."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class RefuseFamily(Command):
    """The family is not approved."""

    id: UUID
    reason: str
    on: date


@dataclass(frozen=True, kw_only=True)
class WithdrawFamily(Command):
    """The family cares no longer, or asks no longer to."""

    id: UUID
    reason: str
    on: date


@dataclass(frozen=True, kw_only=True)
class DescribeFamily(Command):
    """What the family says of its religion and ethnicity, by its own words; empty: it says nothing."""

    id: UUID
    religion: str = ""
    ethnicity: str = ""
