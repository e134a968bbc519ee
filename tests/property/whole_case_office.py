"""An office in memory: two children and their gatekeeping cases, and what was really said of each, kept apart.

Handlers work in it as in a transaction: what is refused, or fails, has not been. Not here: what is said
(whole_case_said), what must hold (test_whole_cases).
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.domain.decision import Decision, DecisionStatus
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_states import FINAL, CaseStatus
from services.placements.handlers import decisions, gatekeeping_clocks
from shared.errors import KinwardError, NotFound
from tests.property.whole_life_law import BEGIN, law
from tests.property.whole_life_record import CHILD, DAY, FAMILY, HOME, HOUR, INFANT_HOME, SISTER, Around

BROTHERS_AND_SISTERS = (CHILD, SISTER)
CLOCKS = frozenset({"oral-orders", "decided-cases", "gatekeeping-clocks", "gatekeeping-comes-back"})


class Both:
    """The whereabouts of both."""

    def __init__(self) -> None:
        self.children = {id_: domain.Whereabouts(id_) for id_ in BROTHERS_AND_SISTERS}

    def of(self, child: UUID) -> domain.Whereabouts:
        return self.children[child]

    def taken_up(self) -> list[domain.Whereabouts]:
        return list(self.children.values())

    def holding(self, placement: UUID) -> domain.Whereabouts:
        found = (each for each in self.children.values() if any(one.id == placement for one in each.placements))
        if (child := next(found, None)) is None:
            raise NotFound("No placement with this id.", field="placement")
        return child


class Cases:
    """Their gatekeeping cases, found as the store finds them."""

    def __init__(self) -> None:
        self.known: dict[UUID, GatekeepingCase] = {}

    def get(self, id_: UUID) -> GatekeepingCase:
        if id_ not in self.known:
            raise NotFound("No case with this id.", field="case")
        return self.known[id_]

    def expect(self, ids: Any) -> None:
        pass

    def add(self, case: GatekeepingCase) -> None:
        self.known[case.id] = case

    def open_of(self, child: UUID, kind: str | None = None) -> list[GatekeepingCase]:
        return [each for each in self.known.values() if each.child == child and each.open and kind in {None, each.kind}]

    def of_child(self, child: UUID) -> list[GatekeepingCase]:
        kept = (each for each in self.known.values() if each.child == child)
        return [each for each in kept if each.status is not CaseStatus.WITHDRAWN]

    def on_decision(self, decision: UUID) -> list[GatekeepingCase]:
        return [each for each in self.known.values() if each.decision == decision]

    def overdue(self, at: datetime, limit: int) -> list[UUID]:
        late = (each for each in self.known.values() if each.due_at is not None and each.due_at <= at)
        return list({each.child: None for each in late if each.overdue_told_at is None})

    def coming_back(self, today: date, limit: int) -> list[UUID]:
        waiting = (each for each in self.known.values() if each.status is CaseStatus.DECIDED)
        return list({each.child: None for each in waiting if each.comes_back_on and each.comes_back_on <= today})


class Decided:
    """Whose decisions are, and which were not followed in their case."""

    def __init__(self, whereabouts: Both, cases: Cases) -> None:
        self._whereabouts, self._cases = whereabouts, cases

    def child_of(self, id_: UUID) -> UUID:
        return self._holding("decisions", id_)

    def child_of_appeal(self, id_: UUID) -> UUID:
        return self._holding("appeals", id_)

    def unconfirmed(self, at: datetime, limit: int) -> list[UUID]:
        oral = [(child.id, each) for child in self._whereabouts.taken_up() for each in child.decisions]
        return [id_ for id_, each in oral if each.status is DecisionStatus.ORAL and (each.confirm_by or at) <= at]

    def unfollowed(self, limit: int) -> list[Any]:
        found = []
        for child in self._whereabouts.taken_up():
            for each in child.decisions:
                waiting = [one for one in self._cases.on_decision(each.id) if one.status is CaseStatus.DECIDED]
                waits, more = bool(waiting), any(one.comes_back_on for one in waiting)
                undone = each.status is DecisionStatus.ENDED and each.carried_out_on is None and not more
                lapsed = each.ended_on if undone or each.status is DecisionStatus.LAPSED else None
                if waits and (lapsed or each.carried_out_on):
                    found.append((child.id, each.id, lapsed, each.carried_out_on))
        return found

    def _holding(self, what: str, id_: UUID) -> UUID:
        for child in self._whereabouts.taken_up():
            if any(each.id == id_ for each in getattr(child, what)):
                return child.id
        raise NotFound("No such record.")


class Nothing:
    """What these cases do without: a register's providers are there, rooms are free, nobody agreed by a paper."""

    def exists(self, id_: UUID) -> bool:
        return id_ in {HOME, INFANT_HOME, FAMILY}

    def has_unit(self, id_: UUID, unit: str) -> bool:
        return False

    def lock(self, provider: UUID | None) -> None:
        pass

    def stands_for(self, case: UUID) -> bool | None:
        return None

    def open_of(self, child: UUID) -> list[Any]:
        return []


@dataclass
class Said:
    """What was really said in one case since it was taken up last; the rules read the program's own record."""

    assessed_by: str | None = None
    necessary: bool | None = None
    suits: bool | None = None
    heard: bool = False
    parents_heard: bool | None = None
    kin_searched: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    staff_of: set[UUID] = field(default_factory=set)
    recommended: str | None = None
    reasons: tuple[str, ...] = ()
    found: set[str] = field(default_factory=set)


class Office:
    """The transaction, and those who keep count."""

    def __init__(self) -> None:
        self.law, self.surroundings = law(), Around()
        self.whereabouts, self.gatekeeping_cases = Both(), Cases()
        self.said: dict[UUID, Said] = {}
        self.providers = self.rooms = self.voluntary_agreements = Nothing()
        self.now = law().calendar.start_of(BEGIN + 30 * DAY) + 9 * HOUR
        self.ids = count(100)
        self.know()

    def know(self) -> None:
        """Registry tells of both: a schoolchild and a child of two, brother and sister."""
        for id_, born in zip(BROTHERS_AND_SISTERS, (date(2014, 5, 4), date(2022, 9, 9)), strict=True):
            known = domain.KnownChild(born, born, "KZ-75", confirmed=True)
            child = self.whereabouts.of(id_)
            child.hear(replace(known, siblings=frozenset(BROTHERS_AND_SISTERS) - {id_}), self.act())

    @property
    def decisions(self) -> Decided:
        return Decided(self.whereabouts, self.gatekeeping_cases)

    @property
    def today(self) -> date:
        return self.now.astimezone(law().calendar.zone).date()

    @property
    def at(self) -> datetime:
        return self.now

    def act(self) -> domain.Act:
        return domain.Act(self.today, self.law, self.new_id, self.surroundings, self.now)

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    def keep_words_of(self, child: UUID) -> None:
        """There is no disk."""

    def do(self, handler: Any, command: Any, **given: Any) -> bool:
        """Somebody asks; whether it was taken. What was refused has not been."""
        who = {"actor": "worker"} | given
        before = deepcopy((self.whereabouts, self.gatekeeping_cases, self.said))
        try:
            handler(self, command(at=self.now, today=self.today, **who))
        except KinwardError:
            self.whereabouts, self.gatekeeping_cases, self.said = before
            return False
        self.clocks_run()
        return True

    def clocks_run(self) -> None:
        """Each clock once, as every few seconds."""
        for timed in (*decisions.TIMED.items(), *gatekeeping_clocks.TIMED.items()):
            if timed[0] in CLOCKS:
                timed[1](self, self.now, self.today)

    def pass_days(self, days: int) -> None:
        """Days pass; on each of them the clocks run."""
        for _ in range(days):
            self.now += DAY
            for child in self.whereabouts.taken_up():
                child.review(self.act())
            self.clocks_run()

    def decision(self, id_: UUID) -> Decision:
        """One of their decisions."""
        child = self.whereabouts.of(self.decisions.child_of(id_))
        return next(each for each in child.decisions if each.id == id_)

    def open_cases(self) -> list[GatekeepingCase]:
        """Those in which something is still to be done."""
        return [each for each in self.gatekeeping_cases.known.values() if each.status not in FINAL]
