"""What can be asked about looking a whole register through for records of one child."""

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.matching_runs import RunKind
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class BeginRun(Command):
    """Look through the register, or what is due of it, or make the terms of records anew."""

    id: UUID
    kind: RunKind


@dataclass(frozen=True, kw_only=True)
class StopRun(Command):
    """End a run before its end; what it found stays."""

    id: UUID
