"""What happens when asked about erasing a record."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.registry.commands import sealing_erasure as commands
from services.registry.domain import children, joining
from services.registry.domain import sealing_erasure as domain
from shared import uow
from shared.errors import Invalid

DENY_LIST = "deny list"
"""Who asked for an erasure that a restored backup knows nothing of."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> children.Children:
        """The children of the deployment."""

    @property
    def joinings(self) -> joining.Joinings:
        """The merges of their records."""

    @property
    def erasures(self) -> domain.Erasures:
        """The requests to erase their records."""

    @property
    def retention(self) -> domain.Law:
        """What the country pack says of keeping and erasing."""


def ask_erasure(uow: UnitOfWork, command: commands.AskErasure) -> domain.Erasure:
    """Ask that a record be erased. Raises OneErasureAtATime; no rule about the child refuses it."""
    uow.children.get(command.child)
    if uow.erasures.open_about(command.child) is not None:
        raise domain.OneErasureAtATime("A request about this record is undecided.", field="child", rule="erasure-open")
    asked = domain.Erasure.ask(
        command.id, command.child, command.ground, command.reason, by=command.actor, at=command.at
    )
    uow.erasures.add(asked)
    return asked


def judge_erasure(uow: UnitOfWork, child: UUID, ground: domain.Ground, today: date) -> tuple[domain.Verdict, ...]:
    """What each rule says today of erasing a record; nothing changes."""
    return domain.verdicts(ground, uow.children.get(child), uow.erasures.known(child), uow.retention, today)


def execute_erasure(uow: UnitOfWork, command: commands.ExecuteErasure) -> domain.Erasure:
    """Erase the record: its rows, its keys, what its events say. Raises ErasureRefused, ErasureDecided."""
    erasure = uow.erasures.get(command.id)
    child = uow.children.get(erasure.child)
    known = uow.erasures.known(child.id)
    erasure.execute(child, known, uow.retention, by=command.actor, at=command.at, today=command.today)
    _wipe(uow, child, erasure.ground, command.at)
    return erasure


def refuse_erasure(uow: UnitOfWork, command: commands.RefuseErasure) -> domain.Erasure:
    """Leave the record as it is, for a reason. Raises ErasureDecided."""
    erasure = uow.erasures.get(command.id)
    erasure.refuse(command.because, by=command.actor, at=command.at)
    return erasure


def offer_file(uow: UnitOfWork, command: commands.OfferFile) -> children.Child:
    """Record that the file was offered to the person it is about (CARE C15: before retention ends)."""
    if command.offered_on > command.today:
        raise Invalid("An offer cannot lie in the future.", field="offered_on", rule="not-in-the-future")
    child = uow.children.get(command.id)
    uow.erasures.note_offer(
        domain.FileOffer(child.id, command.offered_on, command.answer, by=command.actor, at=command.at)
    )
    return child


def repeat_erasure(uow: UnitOfWork, command: commands.RepeatErasure) -> domain.Erasure:
    """Erase what a restored backup has brought back: two persons decided it before, no rule is asked again."""
    child = uow.children.get(command.child)
    found = uow.erasures.executed(child.id)
    if found is None:
        found = domain.Erasure(
            command.id, child.id, command.ground, asked_by=DENY_LIST, asked_at=command.at,
            status=domain.State.EXECUTED, decided_by=command.actor, decided_at=command.at,
        )  # fmt: skip
        uow.erasures.add(found)
    _wipe(uow, child, command.ground, command.at)
    return found


def _wipe(uow: UnitOfWork, child: children.Child, ground: domain.Ground, at: datetime) -> None:
    """Forget the child under every id that it is known by."""
    group = [child, *(uow.children.get(each.merged) for each in uow.joinings.standing(child.id))]
    domain.forget(group)
    uow.erasures.wipe(group, ground, at)
