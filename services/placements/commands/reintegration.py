"""What can be asked about the way home. BeginTrial and ReturnChild are permissions, which may be refused."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.reintegration_follow_ups import Answers
from services.placements.domain.reintegration_preparation import Preparation
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class StartReintegration(Command):
    """Begin to prepare a child in care to go home."""

    id: UUID
    child: UUID
    preparation: Preparation
    relation: str | None = None
    child_said: str = ""


@dataclass(frozen=True, kw_only=True)
class PrepareReturn(Command):
    """State how it stands with what must be settled before."""

    id: UUID
    preparation: Preparation
    relation: str | None = None
    child_said: str = ""


@dataclass(frozen=True, kw_only=True)
class BeginTrial(Command):
    """Let the child live at home on trial."""

    id: UUID
    on: date
    until: date


@dataclass(frozen=True, kw_only=True)
class StopTrial(Command):
    """The child came back to its place in care."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class ReturnChild(Command):
    """Let the child be home full time; its placement ends."""

    id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class FollowUpReturn(Command):
    """Tell what a look at the child at home found."""

    id: UUID
    answers: Answers
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class EndReintegration(Command):
    """It is over without a breakdown: the family moved abroad, or there will be no return."""

    id: UUID
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordBreakdown(Command):
    """The child is at home no more, and no look found it."""

    id: UUID
    on: date
    reason: str
