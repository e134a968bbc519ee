"""A child in care is never without an open case and a named worker (CARE C17): who is, is known here and an alarm.

social_work tells of cases; it lets nobody close the last one. Here is what nobody can forbid: a child that comes into
care without a case, or with one that nobody was named for. Of records that were merged either may hold the case and
either the stay. Not here: the cases themselves (social_work).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain.alarms import Due

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.possible import KnownChild
    from services.placements.domain.situation import OtherRecord
    from services.placements.domain.whereabouts import Whereabouts

LACKING = "CHILD_WITHOUT_WORKER"
RELIED_ON = {"alarm_kind": frozenset({LACKING})}
OWNER, DUE = "gatekeeper", "case_worker_due"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class KnownCase:
    """An open case of a child, as social_work told of it; `named`: a worker answers for it."""

    id: UUID
    named: bool = False


@dataclass(frozen=True)
class Lacking:
    """Since when nobody answers for a child in care, until when somebody must, and whether the alarm was told."""

    since: date
    due: date | None
    told: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkerLost:
    """A child is in care since a day without an open case (`case` no), or without a worker named for one."""

    child: UUID
    since: date
    due: date
    case: bool
    area: str

    def alarm(self) -> Due:
        """The gatekeeper of the area sees to it that somebody is named."""
        return Due(kind=LACKING, about=self.child, role=OWNER, area=self.area, due=self.due, child=self.child)


@dataclass(frozen=True, kw_only=True)
class WorkerFound:
    """Somebody answers for the child now, or it is in care no longer."""

    child: UUID

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to it any more."""
        return (self.child,)


def opened(child: "Whereabouts", case: UUID, act: "Act") -> None:
    """A centre took charge of a child's matter; nobody is named yet."""
    if case not in {each.id for each in child.cases}:
        child.cases = (*child.cases, KnownCase(case))
    _look(child, act)


def assigned(child: "Whereabouts", case: UUID, act: "Act") -> None:
    """A worker answers for the case."""
    child.cases = (*(each for each in child.cases if each.id != case), KnownCase(case, named=True))
    _look(child, act)


def closed(child: "Whereabouts", case: UUID, act: "Act") -> None:
    """The case is finished."""
    child.cases = tuple(each for each in child.cases if each.id != case)
    _look(child, act)


def notice(child: "Whereabouts", act: "Act") -> None:
    """Since when nobody answers for a child in care; told when the pack's time is over, and when it is over."""
    here, known = child.active, child.known
    others = act.around.other_records(child.id, known) if known.same else ()
    counts = here is not None and not (known.withdrawn or known.died_on or known.sealed)
    answered = _named(child.cases) or _named(others) or _listed_there(known, others, act)
    if here is None or not counts or not act.law.care_form(here.care_form).formal or answered:
        if child.lacking is not None and child.lacking.told:
            child.record(WorkerFound(child=child.id))
        child.lacking = None
        return
    now = child.lacking or Lacking(act.today, act.law.last_day(DUE, act.today, here.area))
    if not now.told and now.due is not None and now.due < act.today:
        case = bool(child.cases)
        child.record(WorkerLost(child=child.id, since=now.since, due=now.due, case=case, area=here.area))
        now = Lacking(now.since, now.due, told=True)
    if now != child.lacking:
        child.lacking = now


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The day after the pack's time is over."""
    if child.lacking is not None and child.lacking.due is not None and not child.lacking.told:
        yield child.lacking.due + DAY


def _named(records: "Iterable[KnownCase] | Iterable[OtherRecord]") -> bool:
    return any(each.named for each in records)


def _listed_there(known: "KnownChild", others: "Sequence[OtherRecord]", act: "Act") -> bool:
    """Whether the child is in care by the record that stays, too: then that one is on the list."""
    return any(each.id == known.merged_into and each.in_care(act.law) for each in others)


def _look(child: "Whereabouts", act: "Act") -> None:
    """What a case changes is this alone: no rule asks for it, so nothing else is judged anew."""
    notice(child, act)
    days = [each for each in (child.next_on, *changes_on(child)) if each is not None]
    child.next_on = min(days, default=None)
