"""Who is to be told of a decision, a removal or a withdrawn agreement, and by what hour (CARE C2).

Hours run on the clock, at night and on holidays too. Kept is when a notice was given, by whom and how; never its words.
Not here: which notices the law asks for (decision_table).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import decision_facts as facts
from services.placements.domain.decision import Decision
from services.placements.domain.decision_table import After, Line, NoticeDue
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Impossible
from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts


class NoticeStatus(StrEnum):
    """Where a notice is in its life."""

    DUE = "due"
    OVERDUE = "overdue"
    SENT = "sent"
    DROPPED = "dropped"


NOTICE_TRANSITIONS: dict[NoticeStatus, frozenset[NoticeStatus]] = {
    NoticeStatus.DUE: frozenset({NoticeStatus.OVERDUE, NoticeStatus.SENT, NoticeStatus.DROPPED}),
    NoticeStatus.OVERDUE: frozenset({NoticeStatus.SENT, NoticeStatus.DROPPED}),
    NoticeStatus.SENT: frozenset(),
    NoticeStatus.DROPPED: frozenset(),
}
OPEN = frozenset({NoticeStatus.DUE, NoticeStatus.OVERDUE})


@dataclass(eq=False)
class Notice:
    """Somebody to be told. `about`: the decision, removal or case; `means`: how they were told, or why not."""

    id: UUID
    child: UUID
    about: UUID
    after: After
    to: str
    area: str
    due: datetime
    status: NoticeStatus = NoticeStatus.DUE
    sent_at: datetime | None = None
    sent_by: str | None = None
    means: str | None = None

    def enter(self, status: NoticeStatus) -> None:
        """Go over into another state. Raises Conflict where the table has no such step."""
        if status not in NOTICE_TRANSITIONS[self.status]:
            raise Conflict(f"A notice that is {self.status} cannot become {status}.", field="notice", rule="state")
        self.status = status


def open_for(child: "Whereabouts", decision: Decision, by_law: Line | None, at: datetime, act: Act) -> None:
    """A decision was made: the clocks of its notices run from that hour or, where it is not known, from recording."""
    since = decision.made_at or at
    open_(child, decision.id, by_law.notices if by_law else (), After.DECISION, since, decision.area, act)


def open_(
    child: "Whereabouts", about: UUID, named: Iterable[NoticeDue], after: After, since: datetime, area: str, act: Act
) -> list[Notice]:
    """Open those of the notices named by the table that follow something."""
    opened = []
    for asked in named:
        if asked.after is not after:
            continue
        due = act.law.calendar.deadline(since, asked.within)
        notice = Notice(act.new_id(), child.id, about, after, asked.to, area, due)
        child.notices.append(notice)
        day = due.astimezone(act.law.calendar.zone).date()
        child.record(facts.NoticeOpened(child.id, notice.id, about, asked.to, day))
        opened.append(notice)
    return opened


def find(child: "Whereabouts", id_: UUID) -> Notice:
    """One of the child's notices. Raises NotFound."""
    for each in child.notices:
        if each.id == id_:
            return each
    raise NotFound("No notice with this id.", field="notice")


def send(child: "Whereabouts", id_: UUID, sent_at: datetime, means: str, actor: str, at: datetime) -> Notice:
    """They were told at a moment, or it is written down why not. Raises Impossible for a moment in the future."""
    notice = find(child, id_)
    if sent_at > at:
        raise Impossible("It lies in the future.", field="sent_at", rule="not-in-the-future")
    notice.enter(NoticeStatus.SENT)
    notice.sent_at, notice.sent_by, notice.means = sent_at, actor, means
    child.record(facts.NoticeSent(child.id, id_, means, in_time=sent_at <= notice.due))
    return notice


def overdue(child: "Whereabouts", at: datetime, act: Act) -> int:
    """Notices that were not given in time are overdue; how many."""
    late = [each for each in child.notices if each.status is NoticeStatus.DUE and each.due <= at]
    for each in late:
        each.enter(NoticeStatus.OVERDUE)
        day = each.due.astimezone(act.law.calendar.zone).date()
        child.record(facts.NoticeOverdue(child.id, each.id, each.to, day, each.area, each.due))
    return len(late)


def drop(child: "Whereabouts", about: UUID) -> None:
    """What they were to be told of never was."""
    for each in child.notices:
        if each.about == about and each.status in OPEN:
            each.enter(NoticeStatus.DROPPED)
            child.record(facts.NoticeDropped(child.id, each.id))
