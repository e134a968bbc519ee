"""What can be asked about exemptions from rules: deviations that two sign, overrides."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain import Stay
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class ProposeDeviation(Command):
    """Ask to deviate from a rule in a placement, or in a stay that someone means to authorise; a second one signs."""

    id: UUID
    child: UUID
    rule: str
    reason: str
    words: str
    placement: UUID | None = None
    stay: Stay | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class OverrideRule(ProposeDeviation):
    """Set a rule aside by one's own authority; `roles` are those of the person."""

    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SignDeviation(Command):
    """The second person signs."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class RefuseDeviation(Command):
    """The second person does not sign."""

    id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawExemption(Command):
    """It stands in for the rule no longer."""

    id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class JudgeStay(Command):
    """What all rules would say to a stay, without writing anything; `case`: the gatekeeping case that is behind it."""

    child: UUID
    stay: Stay
    other_reasons: tuple[str, ...] = ()
    case: UUID | None = None
