"""The glass broken in an emergency: one child, a reason, half an hour, two persons told at once, a review in 72 hours.

DOMAIN 6, CARE C11; HL7 EHR-S FM TI.1.3.1 (emergency access). Not here: who is on the roster (the country pack), and
what the glass opens (api/reaching): it never opens a sealed or erased record, nor own kin.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registry.domain.guarding import NotByOneself
from shared.aggregate import Aggregate
from shared.errors import Conflict, Refused


class GlassStatus(StrEnum):
    """Where a breaking of the glass is in its life: the record open, closed again, late for its review, judged."""

    OPEN = "open"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


_JUDGED = frozenset({GlassStatus.JUSTIFIED, GlassStatus.UNJUSTIFIED})
GLASS_TRANSITIONS: dict[GlassStatus, frozenset[GlassStatus]] = {
    GlassStatus.OPEN: frozenset({GlassStatus.EXPIRED}),
    GlassStatus.EXPIRED: _JUDGED | {GlassStatus.OVERDUE},
    GlassStatus.OVERDUE: _JUDGED,
    GlassStatus.JUSTIFIED: frozenset(),
    GlassStatus.UNJUSTIFIED: frozenset(),
}
"""A late review is still one: overdue leads to a verdict too."""


class NobodyToTell(Refused):
    """The pack's roster names no two persons who could be told, one of them of another office."""

    code = "nobody-to-tell"
    title = "Nobody to tell"


class ReviewOverdue(Refused):
    """An earlier breaking of the glass was not reviewed in time: until it is, the account breaks none."""

    code = "review-overdue"
    title = "Review overdue"


class TooManyUnreviewed(Refused):
    """So many breakings of one account wait for a review that it breaks none until one is judged."""

    code = "too-many-unreviewed"
    title = "Too many unreviewed"


class GlassIsOpen(Conflict):
    """The record is open to this account already."""

    code = "glass-is-open"
    title = "Open already"


class ReviewedAlready(Conflict):
    """Somebody judged this breaking of the glass before."""

    code = "reviewed-already"
    title = "Reviewed already"


class NotToldOfIt(Refused):
    """Only one of the two who were told, or a data-protection officer, reviews."""

    code = "not-told-of-it"
    title = "Reviewed by those who were told"


@dataclass(frozen=True)
class Terms:
    """What the pack says: how long the record is open, how soon the review is due, how many may wait for theirs."""

    open_for: timedelta
    review_within: timedelta
    unreviewed_at_most: int


@dataclass(frozen=True)
class Watcher:
    """Someone of the pack's roster who answers for `areas` (distance 0: the child's own area, 1: the next above)."""

    account: str
    office: str
    distance: int


def two_to_tell(
    watchers: Iterable[Watcher], *, breaker: str, office: str | None, kept_out: Collection[str] = ()
) -> tuple[str, str]:
    """The two accounts that are told at once: the nearest whose offices let at least one be outside the breaker's.

    `watchers` answer for the child's area. Where the breaker's office is not known, the two are of different offices:
    then one of them is outside it, whichever it is. Neither the breaker nor `kept_out` (kin of the child) is told.
    Raises NobodyToTell.
    """
    found = sorted(
        (each for each in watchers if each.account != breaker and each.account not in kept_out),
        key=lambda each: (each.distance, each.account),
    )
    for one in found:
        for other in found:
            if one.account != other.account and _one_is_outside(one, other, office):
                return one.account, other.account
    raise NobodyToTell(
        "Two persons must be told at once, one of them of another office; the roster names no such two here.",
        field="child",
        rule="two-persons-told",
        remedy="Have the list watch_roster of the country pack completed; call the duty officer meanwhile.",
    )


def _one_is_outside(one: Watcher, other: Watcher, office: str | None) -> bool:
    if office is None:
        return one.office != other.office
    return one.office != office or other.office != office


@dataclass(eq=False)
class Glass(Aggregate):
    """One account's emergency access to one child's record. `words` (why) and `verdict_words` are sealed."""

    id: UUID
    account: str
    child: UUID
    reason: str
    words: str
    at: datetime
    until: datetime
    review_due: datetime
    told_one: str
    told_two: str
    status: GlassStatus = GlassStatus.OPEN
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    verdict_words: str = ""
    version: int = 1

    @classmethod
    def broken(
        cls,
        id_: UUID,
        account: str,
        child: UUID,
        *,
        reason: str,
        words: str,
        told: tuple[str, str],
        terms: Terms,
        earlier: Collection["Glass"],
        at: datetime,
    ) -> "Glass":
        """Open the child to the account. `earlier`: what of the account was not judged yet.

        Raises ReviewOverdue, TooManyUnreviewed, GlassIsOpen.
        """
        if any(each.is_overdue(at) for each in earlier):
            raise ReviewOverdue(
                "An earlier emergency access of yours was not reviewed in time.",
                field="child",
                remedy="Ask those who were told, or the data-protection officer, for the review.",
            )
        # Of two asked for at once the one that came in first may be written last: only the end is looked at.
        if any(each.child == child and each.status is GlassStatus.OPEN and at < each.until for each in earlier):
            raise GlassIsOpen("This record is open to you already.", field="child")
        if len(earlier) >= terms.unreviewed_at_most:
            raise TooManyUnreviewed(
                "Too many emergency accesses of yours wait for their review.",
                field="child",
                remedy="Ask those who were told, or the data-protection officer, for the review.",
            )
        until, due = at + terms.open_for, at + terms.review_within
        return cls(id_, account, child, reason, words, at, until, due, *told)

    def opens(self, at: datetime) -> bool:
        """Whether the record is open at an instant: time decides, whether or not anybody noted the end."""
        return self.status is GlassStatus.OPEN and self.at <= at < self.until

    def is_overdue(self, at: datetime) -> bool:
        """Whether the review is late at an instant."""
        return self.status not in _JUDGED and at >= self.review_due

    def tick(self, at: datetime) -> bool:
        """Note what time has done: closed, and late. Whether something was noted."""
        before = self.status
        if self.status is GlassStatus.OPEN and at >= self.until:
            self._enter(GlassStatus.EXPIRED)
        if self.status is GlassStatus.EXPIRED and self.is_overdue(at):
            self._enter(GlassStatus.OVERDUE)
        return self.status is not before

    def review(self, *, by: str, officer: bool, justified: bool, words: str, at: datetime) -> None:
        """Judge it; a record still open is closed by that. Raises NotByOneself, NotToldOfIt, ReviewedAlready."""
        if by == self.account:
            raise NotByOneself("Nobody reviews the own emergency access.", field="id")
        if not officer and by not in {self.told_one, self.told_two}:
            raise NotToldOfIt("One of the two who were told reviews, or the data-protection officer.", field="id")
        if self.status in _JUDGED:
            raise ReviewedAlready("This emergency access was reviewed already.", field="id")
        if self.status is GlassStatus.OPEN:
            self.until = min(self.until, at)
            self._enter(GlassStatus.EXPIRED)
        self._enter(GlassStatus.JUSTIFIED if justified else GlassStatus.UNJUSTIFIED)
        self.reviewed_by, self.reviewed_at, self.verdict_words = by, at, words

    def _enter(self, status: GlassStatus) -> None:
        if status not in GLASS_TRANSITIONS[self.status]:
            raise Conflict(f"What is {self.status} cannot become {status}.", field="status")
        self.status = status
        self.version += 1
