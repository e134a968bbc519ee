"""What can be asked about a gatekeeping case."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.placements.domain.gatekeeping_parts import (
    FindingKind,
    Hearing,
    Member,
    Option,
    ParentView,
    Recommendation,
)
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class RequestGatekeeping(Command):
    """Ask for a decision on a child."""

    id: UUID
    child: UUID
    kind: str
    area: str
    reasons: tuple[str, ...]
    help_tried: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ScreenGatekeeping(Command):
    """The request is one for this gate; what was seen, in words."""

    id: UUID
    words: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ReasonGatekeeping(Command):
    """Say anew for which reasons, and which help was tried before."""

    id: UUID
    reasons: tuple[str, ...]
    help_tried: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RecordHearing(Command):
    """The child was heard, or was not."""

    id: UUID
    hearing: Hearing = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RecordParentView(Command):
    """What one of the parents was told and said."""

    id: UUID
    view: ParentView = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class AssessGatekeeping(Command):
    """The assessment is done by the acting worker; `suitability` None: not found yet."""

    id: UUID
    on: date
    domains: tuple[str, ...]
    necessity: bool
    suitability: bool | None
    words: str = field(repr=False)
    necessity_words: str = field(repr=False)
    suitability_words: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RecordFinding(Command):
    """Record one finding."""

    id: UUID
    kind: FindingKind
    found: bool
    on: date
    until: date | None
    words: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RecordOptions(Command):
    """Which forms of care were considered; when relatives were searched for."""

    id: UUID
    options: tuple[Option, ...]
    kin_searched_on: date | None


@dataclass(frozen=True, kw_only=True)
class ConvenePanel(Command):
    """Who sits on the panel."""

    id: UUID
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class RecommendGatekeeping(Command):
    """The panel recommends."""

    id: UUID
    recommendation: Recommendation = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WithdrawGatekeeping(Command):
    """The request is given up."""

    id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class JoinGatekeeping(Command):
    """Hear it together with the case of a brother or sister."""

    id: UUID
    into: UUID
