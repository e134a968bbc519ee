"""What happens when asked about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import guarding as commands
from services.registry.domain import guarding as domain
from services.registry.handlers import guarding_glass, guarding_reading
from shared import uow

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}


class Blocks(Protocol):
    """The accounts kept from children."""

    def get(self, id_: UUID) -> domain.KinBlock:
        """The block, locked. Raises NotFound."""

    def add(self, thing: domain.KinBlock) -> None:
        """Take in a new one."""

    def standing(
        self, account: str, child: UUID, ground: domain.Ground, incident: UUID | None
    ) -> domain.KinBlock | None:
        """The same block, where it is in force already."""

    def detect(self, at: datetime) -> int:
        """Write a block for up to 500 pairs whom a relationship makes kin, and that have none; how many."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def kin_blocks(self) -> Blocks:
        """The accounts kept from children."""


def declare_kin(uow: UnitOfWork, command: commands.DeclareKin) -> domain.KinBlock:
    """Keep the actor from the record of a relative (CARE C11). Said twice, it stands once."""
    return _set(
        uow,
        domain.KinBlock(
            id=command.id,
            account=command.actor,
            child=command.child,
            ground=domain.Ground.DECLARED,
            relation=command.relation,
            set_by=command.actor,
            at=command.at,
        ),
    )


def block_account(uow: UnitOfWork, command: commands.BlockAccount) -> domain.KinBlock:
    """Keep someone else's account from a child's record, at once (CARE C11, V1)."""
    return _set(
        uow,
        domain.KinBlock(
            id=command.id,
            account=command.account,
            child=command.child,
            ground=command.ground,
            relation=command.relation,
            incident=command.incident,
            set_by=command.actor,
            at=command.at,
        ),
    )


def lift_block(uow: UnitOfWork, command: commands.LiftBlock) -> domain.KinBlock:
    """Let an account see a child again, for a reason."""
    block = uow.kin_blocks.get(command.id)
    block.lift(by=command.actor, officer=command.officer, level_up=command.level_up, words=command.words, at=command.at)
    return block


def note_detected_kin(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Write down the blocks that relationships make, to be listed and lifted; they hold from the first moment."""
    return uow.kin_blocks.detect(at)


def _set(uow: UnitOfWork, block: domain.KinBlock) -> domain.KinBlock:
    standing = uow.kin_blocks.standing(block.account, block.child, block.ground, block.incident)
    if standing is None:
        uow.kin_blocks.add(block)
    return standing or block


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "detected-kin": note_detected_kin,
    **guarding_glass.TIMED,
    **guarding_reading.TIMED,
}
"""What is done from time to time: (uow, at, today) -> how many things were done."""
