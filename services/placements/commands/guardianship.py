"""What can be asked about the supervision of guardians. Who is guardian is registry's legal measure."""

from dataclasses import dataclass
from uuid import UUID

from services.placements.domain.guardianship import GuardianReport
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class ReceiveGuardianReport(Command):
    """Take in what a guardian reported, or what a visit found."""

    id: UUID
    report: GuardianReport
