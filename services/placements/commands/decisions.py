"""What can be asked about decisions on children in care: a court's order is a fact, any other may be refused."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.placements.domain import Stay
from services.placements.domain.decision import Terms
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RecordDecision(Command):
    """Write down what a court or body decided. `needs_more_until`: for a case that needs more before it is decided.

    `case_version`: of the case that it decides (terms.case), as it was read.
    """

    id: UUID
    child: UUID
    terms: Terms
    needs_more_until: date | None = None
    case_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectDecision(Command):
    """Put right what the record of a decision had wrong from the beginning."""

    id: UUID
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class WithdrawDecision(Command):
    """There never was such a decision."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class SignDecision(Command):
    """A second person signs."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class ConfirmOralOrder(Command):
    """An oral order was confirmed in writing."""

    id: UUID
    confirmed_at: datetime
    instrument: str
    number: str = ""
    file: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CarryOutDecision(Command):
    """What was decided was done, without a stay that shows it."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class AnswerOrder(Command):
    """An order by which rules are not met was reviewed, and no appeal follows."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class LodgeAppeal(Command):
    """Somebody appealed. `suspends` None: as the decision table says."""

    id: UUID
    decision: UUID
    by: str
    lodged_on: date
    suspends: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DecideAppeal(Command):
    """An appeal was decided."""

    id: UUID
    outcome: str
    on: date


@dataclass(frozen=True, kw_only=True)
class SendNotice(Command):
    """Somebody was told, or it is written down why not."""

    id: UUID
    sent_at: datetime
    means: str


@dataclass(frozen=True, kw_only=True)
class RecordEmergency(Command):
    """A child was taken at once, and where it was brought. A fact: no rule refuses it."""

    id: UUID
    child: UUID
    placement: UUID
    stay: Stay
    taken_by: str
    situation: str
    taken_from: str
    taken_at: datetime
    arrived_at: datetime
