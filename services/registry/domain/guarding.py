"""Who is kept from a child's record whatever the roles grant: own kin, and staff named in an incident.

CARE C11 (own relatives), V1 (staff named in an incident). Not here: the glass broken in an emergency (guarding_glass),
unusual reading (guarding_reading), and which relationships a register knows (families).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class Ground(StrEnum):
    """Why an account is kept from a child's record."""

    DECLARED = "declared"
    DETECTED = "detected"
    INCIDENT = "incident"


class BlockStatus(StrEnum):
    """Whether an account is kept from a child's record."""

    IN_FORCE = "in force"
    LIFTED = "lifted"


BLOCK_TRANSITIONS: dict[BlockStatus, frozenset[BlockStatus]] = {
    BlockStatus.IN_FORCE: frozenset({BlockStatus.LIFTED}),
    BlockStatus.LIFTED: frozenset(),
}


class BlockIsLifted(Conflict):
    """The block was lifted already; a new reason is a new block."""

    code = "block-is-lifted"
    title = "Block lifted already"


class NotByOneself(Refused):
    """Nobody lifts the own block, nor the one they set, nor judges what they did themselves."""

    code = "not-by-oneself"
    title = "Someone else decides this"


class OneLevelUp(Refused):
    """A supervisor lifts a block only from the level above the child's area."""

    code = "one-level-up"
    title = "Decided one level up"


@dataclass(eq=False)
class KinBlock(Aggregate):
    """An account that is kept from a child's record. `relation` and `words` (why it was lifted) are sealed.

    One set on kinship holds for the child's siblings too; one set on an incident for the child alone.
    """

    id: UUID
    account: str
    child: UUID
    ground: Ground
    set_by: str
    at: datetime
    relation: str | None = None
    incident: UUID | None = None
    status: BlockStatus = BlockStatus.IN_FORCE
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    words: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if (self.ground is Ground.INCIDENT) != (self.incident is not None):
            raise Invalid("An incident is named where it is the ground, and only there.", field="incident")
        if self.ground is Ground.INCIDENT and self.account == self.set_by:
            raise NotByOneself("Someone else says who was named in an incident.", field="account")

    def lift(self, *, by: str, officer: bool, level_up: bool, words: str, at: datetime) -> None:
        """Let the account see the child again, for a reason.

        By a data-protection officer (`officer`) or a supervisor of the level above (`level_up`); never by the account
        itself, nor by who set it. Raises BlockIsLifted, NotByOneself, OneLevelUp.
        """
        if BlockStatus.LIFTED not in BLOCK_TRANSITIONS[self.status]:
            raise BlockIsLifted("This block was lifted already.", field="id")
        if by in {self.account, self.set_by}:
            raise NotByOneself("Neither who is kept out nor who set it lifts a block.", field="id")
        if not (officer or level_up):
            raise OneLevelUp(
                "A block is lifted one level up.",
                field="id",
                remedy="Ask the data-protection officer, or a supervisor whose area contains this one.",
            )
        self.status, self.lifted_by, self.lifted_at, self.words = BlockStatus.LIFTED, by, at, words
        self.version += 1
