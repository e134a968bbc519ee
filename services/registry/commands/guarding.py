"""What can be asked about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from dataclasses import dataclass
from uuid import UUID

from services.registry.domain.guarding import Ground
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class DeclareKin(Command):
    """Keep the own account from the record of a child one is kin to."""

    id: UUID
    child: UUID
    relation: str


@dataclass(frozen=True, kw_only=True)
class BlockAccount(Command):
    """Keep someone else's account from a child's record: as kin, or as named in an incident."""

    id: UUID
    child: UUID
    account: str
    ground: Ground
    relation: str | None = None
    incident: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LiftBlock(Command):
    """Let an account see a child again. `officer`, `level_up`: in what capacity."""

    id: UUID
    words: str
    officer: bool
    level_up: bool
