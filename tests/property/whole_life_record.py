"""One of the two records of a child's life: what it is asked, what it has told, and what must have been noticed in it.

Not here: when it is looked at (whole_life).
"""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.domain import absences, decisions_notices, decisions_time, judgement, stays
from services.placements.domain.absences import AbsenceState
from services.placements.domain.decisions_notices import NoticeStatus
from services.placements.domain.situation import OtherRecord, ProviderFacts, SiblingFacts
from tests.property.whole_life_law import BEGIN, law
from tests.property.whole_life_ledger import Ledger

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OWN = {"breach", "limit", "notice"}
AREA = "KZ-75"
CHILD, SISTER = UUID(int=1), UUID(int=2)
HOME, INFANT_HOME, FAMILY = UUID(int=11), UUID(int=12), UUID(int=13)


@dataclass
class Around:
    """What is known around the child; the same for both records."""

    providers: dict[UUID, ProviderFacts] = field(default_factory=dict)
    sister: SiblingFacts = field(default_factory=lambda: SiblingFacts(child=SISTER))
    named: bool = False

    def __post_init__(self) -> None:
        self.providers = {
            HOME: ProviderFacts(id=HOME, kind="FACILITY", area=AREA, places=30),
            INFANT_HOME: ProviderFacts(id=INFANT_HOME, kind="FACILITY", area=AREA, places=30),
            FAMILY: ProviderFacts(
                id=FAMILY, kind="CARER_FAMILY", area=AREA, places=2, approval_needed=True,
                approved_from=BEGIN - timedelta(days=300), approved_to=BEGIN + timedelta(days=70),
            ),
        }  # fmt: skip

    def expect(self, providers: Iterable[UUID], children: Iterable[UUID]) -> None:
        """There is nothing to look up."""

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """One of the three."""
        return self.providers.get(id_)

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        """The sister, once registry names her."""
        return [self.sister] if self.named else []

    def other_records(self, of: UUID, known: domain.KnownChild) -> Sequence[OtherRecord]:
        """None."""
        return []


class Record:
    """One record of the child: ids of its own, and what it has told."""

    def __init__(self, around: Around, ledger: Ledger, first: int) -> None:
        self.ids: Iterator[int] = count(first)
        self.child = domain.Whereabouts(CHILD)
        self.around, self.ledger = around, ledger
        self.told: list[Any] = []
        self.counted: Counter[Any] = Counter()

    def act(self, now: datetime) -> domain.Act:
        """An act at a moment."""
        today = now.astimezone(law().calendar.zone).date()
        return domain.Act(today, law(), lambda: UUID(int=next(self.ids)), self.around, now)

    def look(self, now: datetime) -> None:
        """The day's turn: it looks at those whose day has come."""
        act = self.act(now)
        if self.child.next_on is not None and self.child.next_on <= act.today:
            self.child.review(act)
        self.hear()

    def tick(self, now: datetime) -> None:
        """The clocks of hours: they find those who have one that is over."""
        act = self.act(now)
        decisions_time.lapse_oral(self.child, now, act)
        decisions_notices.overdue(self.child, now, act)
        self.hear()

    def come_back(self, now: datetime, *, clocks_first: bool) -> None:
        """The turn and the clocks run, in either order."""
        for each in (self.tick, self.look) if clocks_first else (self.look, self.tick):
            each(now)

    def next_hour(self) -> datetime | None:
        """The next hour at which a clock finds the child."""
        orders = (each.confirm_by for each in self.child.decisions if each.status == "oral")
        notices = (each.due for each in self.child.notices if each.status is NoticeStatus.DUE)
        return min((each for each in (*orders, *notices) if each is not None), default=None)

    def concern(self, day: date) -> None:
        """What the turn does with those whom something outside their record concerns (turn.concern, a changed law)."""
        self.child.next_on = min(self.child.next_on or day, day)

    def hear(self) -> None:
        """Take up what was told."""
        facts = [fact for *_, fact in self.child.pull_facts()]
        self.ledger.require_clock(self.child, facts)
        self.told += facts
        self.counted.update(_without_ids(fact) for fact in facts)

    def verdicts(self, now: datetime) -> dict[tuple[str, UUID], bool]:
        """What each rule says at a moment, judged afresh: met or not."""
        if self.child.known.withdrawn:
            return {}
        found = judgement.standing(self.child, self.act(now))
        return {(verdict.rule.id, stay.id): verdict.met for stay, verdict in found}

    def require_noticed(self, now: datetime, verdicts: dict[tuple[str, UUID], bool] | None = None) -> None:
        """What time brought is told: rules not met are open breaches, who is late is overdue, and so are notices."""
        today = self.act(now).today
        unmet = {key for key, met in (self.verdicts(now) if verdicts is None else verdicts).items() if not met}
        open_ = Counter((each.rule, each.placement) for each in self.child.breaches if each.is_open)
        assert set(open_) == unmet
        assert max(open_.values(), default=1) == 1
        for each in self.child.absences:
            late = each.is_open and each.expected_back is not None and each.expected_back < today
            assert (each.state is AbsenceState.OVERDUE) == (late and not self.child.known.withdrawn)
        for notice in self.child.notices:
            if notice.status in {NoticeStatus.DUE, NoticeStatus.OVERDUE}:
                assert (notice.status is NoticeStatus.OVERDUE) == (notice.due <= now)

    def due_days(self) -> list[date]:
        """The days on which time alone changes something besides verdicts."""
        return list(stays.changes_on(self.child))

    def state(self) -> bytes:
        """All of it, to compare before and after."""
        return pickle.dumps({each.name: getattr(self.child, each.name) for each in fields(self.child)})

    def is_as_before(self, before: bytes) -> bool:
        """Whether all of it is as it was; the same values may be other objects."""
        now = self.state()
        return now == before or _shown(pickle.loads(now)) == _shown(pickle.loads(before))

    def story(self) -> dict[str, Any]:
        """What it says of the child, but for ids of its own: to compare the two records."""
        child = self.child
        breaches = Counter(
            (each.rule, each.placement, each.opened_on, each.healed_on, each.due, each.due_at)
            for each in child.breaches
        )
        return {
            "places": [(each.id, each.state, each.from_, each.to, each.review_due) for each in child.placements],
            "away": [(each.id, each.state, each.to) for each in child.absences],
            "breaches": breaches,
            "limits": Counter((each.placement, each.rule, each.on) for each in child.limits),
            "decisions": [
                (each.id, each.status, each.in_force_until, each.ended_on, each.carried_out_on)
                for each in child.decisions
            ],
            "notices": Counter((each.about, each.to, each.due, each.status) for each in child.notices),
            "exemptions": [(each.id, each.state, each.ended_on) for each in child.exemptions],
            "told": self.counted,
            "next": child.next_on,
        }


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _shown(getattr(value, each.name)) for each in fields(value)}
    return value


def _without_ids(fact: Any) -> tuple[Any, ...]:
    """A fact without ids that only its own record knows."""
    named = ((each.name, getattr(fact, each.name)) for each in fields(fact))
    kept = tuple((name, str(value)) for name, value in named if name not in OWN)
    return type(fact).__name__, *kept


def standing_of(record: Record) -> tuple[Any, ...]:
    """Where the child is and was, who is away, which breaches are open, by the record."""
    child = record.child
    lived = {each.id: (each.care_form, each.from_, each.to) for each in child.placements if each.lived}
    open_ = {each.id for each in child.breaches if each.is_open}
    return lived, open_, {each.id for each in child.absences if each.is_open}


def heard_of(record: Record) -> tuple[Any, ...]:
    """The same, by what was told alone."""
    lived: dict[UUID, tuple[str, date, date | None]] = {}
    open_: set[UUID] = set()
    away: set[UUID] = set()
    for fact in record.told:
        match fact:
            case domain.PlacementStarted():
                lived[fact.placement] = (fact.care_form, fact.from_, None)
            case domain.PlacementEnded():
                lived[fact.placement] = (*lived[fact.placement][:2], fact.to)
            case domain.PlacementCorrected(withdrawn=True):
                lived.pop(fact.placement, None)
            case domain.PlacementCorrected():
                lived[fact.placement] = (fact.care_form, fact.from_, fact.to)
            case domain.BreachOpened():
                open_.add(fact.breach)
            case domain.BreachHealed():
                open_.remove(fact.breach)
            case absences.AbsenceStarted():
                away.add(fact.absence)
            case absences.AbsenceEnded():
                away.discard(fact.absence)
    return lived, open_, away
