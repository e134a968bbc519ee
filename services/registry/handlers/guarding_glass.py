"""What happens when the glass is broken, when its time is over, when it is reviewed, and when a notice is read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import guarding_glass as commands
from services.registry.domain import guarding_glass as domain
from services.registry.domain import guarding_notices as notices
from shared import uow
from shared.errors import NotFound


class Glasses(Protocol):
    """The breakings of the glass."""

    def get(self, id_: UUID) -> domain.Glass:
        """The glass, locked. Raises NotFound."""

    def add(self, thing: domain.Glass) -> None:
        """Take in a new one."""

    def unreviewed(self, account: str) -> Sequence[domain.Glass]:
        """What of an account nobody judged yet, locked; whoever asks for the same account meanwhile waits."""

    def due(self, at: datetime) -> Sequence[domain.Glass]:
        """Up to 500, locked, of which time has made something else by `at`."""


class Notices(Protocol):
    """What accounts are told."""

    def get(self, id_: UUID) -> notices.Notice:
        """The notice, locked. Raises NotFound."""

    def tell(self, account: str, kind: str, subject: UUID) -> None:
        """Tell an account of something, once."""


class Roster(Protocol):
    """Whom the country pack names."""

    def watchers(self, area: str, on: date) -> Sequence[domain.Watcher]:
        """Who answers for an area on a day."""

    def office_of(self, account: str, on: date) -> str | None:
        """The office of an account of the roster."""

    def officers(self, on: date) -> Sequence[str]:
        """The data-protection officers, in the roster's order."""

    def terms(self, area: str, on: date) -> domain.Terms:
        """How long, how soon, how many."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def glasses(self) -> Glasses:
        """The breakings of the glass."""

    @property
    def notices(self) -> Notices:
        """What accounts are told."""

    @property
    def roster(self) -> Roster:
        """Whom the country pack names."""

    def kept_out(self, child: UUID, accounts: Collection[str]) -> Collection[str]:
        """Those of the accounts that are kept from a child."""


def break_glass(uow: UnitOfWork, command: commands.BreakGlass) -> domain.Glass:
    """Open one child to the actor for a short time, and tell two persons at once (DOMAIN 6, CARE C11)."""
    roster, earlier = uow.roster, uow.glasses.unreviewed(command.actor)
    watchers = roster.watchers(command.area, command.today)
    told = domain.two_to_tell(
        watchers,
        breaker=command.actor,
        office=command.office or roster.office_of(command.actor, command.today),
        kept_out=uow.kept_out(command.child, [each.account for each in watchers]),
    )
    glass = domain.Glass.broken(
        command.id,
        command.actor,
        command.child,
        reason=command.reason,
        words=command.words,
        told=told,
        terms=roster.terms(command.area, command.today),
        earlier=earlier,
        at=command.at,
    )
    uow.glasses.add(glass)
    for account in told:
        uow.notices.tell(account, notices.GLASS_BROKEN, glass.id)
    return glass


def review_glass(uow: UnitOfWork, command: commands.ReviewGlass) -> domain.Glass:
    """Judge an emergency access."""
    glass = uow.glasses.get(command.id)
    glass.review(
        by=command.actor, officer=command.officer, justified=command.justified, words=command.words, at=command.at
    )
    return glass


def read_notice(uow: UnitOfWork, command: commands.ReadNotice) -> notices.Notice:
    """Mark a notice as seen; another account's answers like none."""
    notice = uow.notices.get(command.id)
    if notice.account != command.actor:
        raise NotFound("No notice with this id.", field="id")
    notice.read(command.at)
    return notice


def run_glass_clocks(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Close what is over, and tell everybody concerned of a review that is late (CARE C12: escalation)."""
    found = [glass for glass in uow.glasses.due(at) if glass.tick(at)]
    for glass in found:
        if glass.status is domain.GlassStatus.OVERDUE:
            for account in dict.fromkeys((glass.told_one, glass.told_two, *uow.roster.officers(today))):
                uow.notices.tell(account, notices.GLASS_OVERDUE, glass.id)
            uow.notices.tell(glass.account, notices.GLASS_SUSPENDED, glass.id)
    return len(found)


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"glass-clocks": run_glass_clocks}
"""What is done from time to time: (uow, at, today) -> how many things were done."""
