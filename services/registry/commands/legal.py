"""What can be asked about legal measures, consents and coming of age."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.domain.legal import Report, Terms
from services.registry.domain.legal_consents import ConsentSaid
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RecordMeasure(Command):
    """Take in a measure that a court or body decided. `joint`: held together with the guardian in force."""

    id: UUID
    child: UUID
    terms: Terms
    supersedes: tuple[UUID, ...] = ()
    joint: bool = False


@dataclass(frozen=True, kw_only=True)
class CorrectMeasure(Command):
    """Put right what the record of a measure had wrong."""

    id: UUID
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class EndMeasure(Command):
    """A measure was lifted."""

    id: UUID
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawMeasure(Command):
    """There never was such a measure."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class AppealMeasure(Command):
    """Someone appealed."""

    id: UUID
    lodged_on: date
    suspends: bool


@dataclass(frozen=True, kw_only=True)
class DecideAppeal(Command):
    """The appeal was decided; `upheld`: the measure stands."""

    id: UUID
    on: date
    upheld: bool


@dataclass(frozen=True, kw_only=True)
class TakeGuardianReport(Command):
    """A guardian reported."""

    id: UUID
    report: Report


@dataclass(frozen=True, kw_only=True)
class GiveConsent(Command):
    """A consent was given, or another ground is recorded."""

    id: UUID
    child: UUID
    said: ConsentSaid


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent(Command):
    """A consent was taken back."""

    id: UUID
    on: date
    reason: str
