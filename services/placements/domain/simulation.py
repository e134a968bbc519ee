"""Placements and decisions under another law: the same rules asked twice of the same facts. Nothing is changed by it.

Not here: how children are read (views/simulation.py), how the tables are shown (the command line).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.placements.domain import simulation_decisions
from services.placements.domain.decision import Decision, DecisionStatus
from services.placements.domain.decisions_emergency import Emergency
from services.placements.domain.placement import Ground, Placement, State
from services.placements.domain.simulation_decisions import NoCase, Past
from services.placements.domain.simulation_laws import Acts, Rules
from services.placements.domain.situation import CaseFacts, When

NO_FORM = "none"
"""In the place of a care form, where a decision names none."""
_NEVER_WAS = frozenset({DecisionStatus.WITHDRAWN, DecisionStatus.QUASHED})


class Asked(StrEnum):
    """Of what the rules are asked."""

    PLACEMENT = "placement"
    PERMISSION = "permission"
    DECISION = "decision"
    REMOVAL = "removal"


class Cell(NamedTuple):
    """One rule in one area, for one band of ages and one form of care."""

    asked: Asked
    rule: str
    area: str
    age: str
    care_form: str


@dataclass
class Counted:
    """How many do not meet a rule, by the law as it is and by the other one; of how many it could not be asked."""

    now: int = 0
    then: int = 0
    new: int = 0
    healed: int = 0
    not_asked: int = 0

    def add(self, now: bool, then: bool) -> None:
        """Count one."""
        self.now += now
        self.then += then
        self.new += then and not now
        self.healed += now and not then

    def take(self, other: "Counted") -> None:
        """Add up."""
        self.now, self.then = self.now + other.now, self.then + other.then
        self.new, self.healed = self.new + other.new, self.healed + other.healed
        self.not_asked += other.not_asked


@dataclass
class Result:
    """What both laws say, by cell; `judged` counts what was asked about."""

    cells: dict[Cell, Counted] = field(default_factory=dict)
    judged: Counter[Asked] = field(default_factory=Counter)
    children: int = 0

    def cell(self, cell: Cell) -> Counted:
        """What was counted in a cell until now."""
        return self.cells.setdefault(cell, Counted())

    def add(self, other: "Result") -> None:
        """Take in what was counted elsewhere."""
        for cell, counted in other.cells.items():
            self.cell(cell).take(counted)
        self.judged += other.judged
        self.children += other.children

    def by(self, *names: str) -> dict[tuple[str, ...], Counted]:
        """The counts added up over all but these parts of a cell."""
        found: dict[tuple[str, ...], Counted] = {}
        for cell, counted in sorted(self.cells.items()):
            key = tuple(str(getattr(cell, name)) for name in names)
            found.setdefault(key, Counted()).take(counted)
        return found


class Bands(Protocol):
    """Where an age belongs in the pack's tables."""

    def __call__(self, born: date | None, on: date) -> str:
        """The band of someone born on a day, or "unknown"."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is asked about: placements as of a day, what was decided in [since, until), in these areas (None: all).

    `kind`: of which class stays are made that a decision would permit; one without mapping is made much faster.
    """

    on: date
    since: date
    until: date
    bands: Bands
    areas: frozenset[str] | None = None
    kind: type[Placement] = Placement

    def within(self, day: date, area: str) -> bool:
        """Whether something of a day belongs to it."""
        return self.since <= day < self.until and self.holds(area)

    def holds(self, area: str) -> bool:
        """Whether an area belongs to it."""
        return self.areas is None or area in self.areas


def compare(child: Any, acts: Acts, scope: Scope, cases: Mapping[UUID, CaseFacts], into: Result) -> None:
    """Ask both laws about where a child is, and about what was permitted, decided, done at once in the period.

    `child`: its record as it was read; `cases`: what the gatekeeping cases behind its decisions hold.
    """
    into.children += 1
    born = child.known.born_to
    for stay in child.placements:
        if stay.state in (State.CLAIMED, State.ACTIVE) and scope.holds(stay.area):
            where = _Where(stay.area, scope.bands(born, scope.on), stay.care_form)
            _count(into, Asked.PLACEMENT, where, *acts.rules(child, stay, When.STANDING))
        if stay.state is State.WITHDRAWN:
            continue
        if scope.within(stay.recorded_on, stay.area) and stay.authorised and stay.ground is None:
            _permission(child, stay, acts, scope, into)
        elif stay.ground is Ground.IMPORTED and scope.within(stay.from_, stay.area) and not _found_for(child, stay):
            where = _Where(stay.area, scope.bands(born, stay.from_), stay.care_form)
            _leave(into, Asked.DECISION, where, NoCase.IMPORTED)
    for decision in child.decisions:
        if scope.within(decision.made_on, decision.area) and decision.status is not DecisionStatus.WITHDRAWN:
            _decision(child, decision, acts, scope, cases, into)
    for taken in child.emergencies:
        _removal(child, taken, acts, scope, into)


class _Where(NamedTuple):
    """Where something is counted."""

    area: str
    age: str
    care_form: str


def _permission(child: Any, stay: Placement, acts: Acts, scope: Scope, into: Result) -> None:
    """A stay that somebody permitted, as it was asked then: by the decision that was found to cover it."""
    on = stay.recorded_on
    seen = _as_of(child, on, lambda each: each.id != stay.id)
    decision = next((each for each in child.decisions if each.id == stay.decision), None)
    where = _Where(stay.area, scope.bands(child.known.born_to, on), stay.care_form)
    asked = copy(stay)
    asked.state, asked.to = State.PLANNED, None  # as it was asked for
    _count(into, Asked.PERMISSION, where, *acts.on(on).rules(seen, asked, When.PERMISSION, None, decision))


def _decision(
    child: Any, decision: Decision, acts: Acts, scope: Scope, cases: Mapping[UUID, CaseFacts], into: Result
) -> None:
    past = Past.of(child, decision)
    on = past.day(acts.then)
    seen = _as_of(child, on, lambda each: each.decision != decision.id)
    case = cases.get(decision.case) if decision.case else None
    found = simulation_decisions.judge(child, seen, past, acts.on(on), case, scope.on, scope.kind)
    forms = " ".join(sorted(decision.care_forms)) or NO_FORM
    where = _Where(decision.area, scope.bands(child.known.born_to, on), forms)
    _count(into, Asked.DECISION, where, found.now, found.then)
    if found.unasked:
        _leave(into, Asked.DECISION, where, found.unasked)


def _removal(child: Any, taken: Emergency, acts: Acts, scope: Scope, into: Result) -> None:
    on = taken.at.astimezone(acts.then.law.calendar.zone).date()
    if not scope.within(on, taken.area):
        return
    form = next((each.care_form for each in child.placements if each.id == taken.placement), NO_FORM)
    found = acts.ask(lambda act: simulation_decisions.removal(child, taken, act, scope.on))
    _count(into, Asked.REMOVAL, _Where(taken.area, scope.bands(child.known.born_to, on), form), *found)


def _found_for(child: Any, stay: Placement) -> bool:
    """Whether the decision behind an imported stay was found, or made since."""
    return any(stay.care_form in each.care_forms and each.status not in _NEVER_WAS for each in child.decisions)


def _as_of(child: Any, on: date, kept: Callable[[Placement], bool]) -> Any:
    """The record as it was on a day: what came later is left out, what ended later goes on."""
    seen = _Earlier(**vars(child))
    seen.placements = [
        _going_on(each) if each.to and each.to > on and each.state is State.ENDED else each
        for each in child.placements
        if each.from_ <= on and each.recorded_on <= on and kept(each)
    ]
    return seen


def _going_on(stay: Placement) -> Placement:
    found = copy(stay)
    found.to, found.state = None, State.ACTIVE
    return found


class _Earlier:
    def __init__(self, **given: Any) -> None:
        vars(self).update(given)

    placements: list[Placement]


def _count(into: Result, asked: Asked, where: _Where, now: Rules, then: Rules) -> None:
    into.judged[asked] += 1
    for rule in now | then:
        into.cell(Cell(asked, rule, *where)).add(rule in now, rule in then)


def _leave(into: Result, asked: Asked, where: _Where, why: NoCase) -> None:
    into.cell(Cell(asked, why.value, *where)).not_asked += 1
