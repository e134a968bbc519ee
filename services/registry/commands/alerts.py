"""What can be asked about missing children."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.alerts_content import Assessment, Description, Finding, Handover, Holding, Told
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RaiseAlert(Command):
    """Say that a child is missing; `child` where it is registered. `owner` answers for the alert."""

    id: UUID
    child: UUID | None
    area: str
    owner: str
    description: Description


@dataclass(frozen=True, kw_only=True)
class DescribeMissingChild(Command):
    """Say anew whom to look for."""

    id: UUID
    description: Description


@dataclass(frozen=True, kw_only=True)
class HandAlertOn(Command):
    """Let another account answer for the alert."""

    id: UUID
    owner: str


@dataclass(frozen=True, kw_only=True)
class RecordPoliceTold(Command):
    """Record that the police were told."""

    id: UUID
    told: Told


@dataclass(frozen=True, kw_only=True)
class RecordAgencyTold(Command):
    """Record that the agency for missing children was told."""

    id: UUID
    told: Told


@dataclass(frozen=True, kw_only=True)
class RecordInvestigation(Command):
    """Record that an investigation is open."""

    id: UUID
    told: Told


@dataclass(frozen=True, kw_only=True)
class RecordPoliceHolding(Command):
    """Record that police hold, or held, the child."""

    id: UUID
    holding: Holding


@dataclass(frozen=True, kw_only=True)
class RecordFinding(Command):
    """Record that the child was found."""

    id: UUID
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class TakeBackFinding(Command):
    """Record that the child was not found after all."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class HandOverChild(Command):
    """Hand a found child over, its safety assessed."""

    id: UUID
    handover: Handover
    assessment: Assessment | None


@dataclass(frozen=True, kw_only=True)
class CloseAlert(Command):
    """End the search otherwise than by finding."""

    id: UUID
    reason: str
    assessment: Assessment | None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """To whom a broadcast goes, by which channel."""

    id: UUID
    channel: str
    name: str


@dataclass(frozen=True, kw_only=True)
class BroadcastAlert(Command):
    """Send photograph and clothing, and nothing else, to several recipients."""

    id: UUID
    recipients: tuple[Recipient, ...]
    clothing: str
    photo: UUID | None
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class WithdrawBroadcast(Command):
    """Record that one recipient has taken the message back."""

    id: UUID
    broadcast: UUID
    withdrawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class DecidePair(Command):
    """Say whether a found child is the missing one."""

    id: UUID
    decision: PairDecision
