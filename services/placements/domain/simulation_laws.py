"""Two laws asked as one: a rule is asked a second time only where it read something in which they differ.

What a rule says follows from the child's record and from what it reads of the law. So a book that answers as the first
law does, and notices where the second one would have answered otherwise, tells which rules need not be asked again.
Not here: of what the rules are asked (simulation, simulation_decisions).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from services.placements.domain import judgement
from services.placements.domain.absence_facts import AbsenceKind
from services.placements.domain.calendar import Calendar, Span
from services.placements.domain.judgement import Act, Life
from services.placements.domain.lawbook import CareForm, Law, LawBook, Outcome
from services.placements.domain.placement import Placement
from services.placements.domain.possible import KnownChild
from services.placements.domain.rulebook import ASKED
from services.placements.domain.rules import Rule
from services.placements.domain.situation import (
    CaseFacts,
    OtherRecord,
    ProviderFacts,
    SiblingFacts,
    Situation,
    Surroundings,
    When,
)
from shared.errors import Invalid

CODE_UNKNOWN = "code-unknown"
"""Said in place of a rule where the other law has no such code as the record has."""
REMEMBERED = 20_000
Rules = frozenset[str]
Answer = TypeVar("Answer")


class TwoLaws:
    """Answers as the first law. `differs`: since `begin`, something was asked that the second answers otherwise."""

    def __init__(self, now: LawBook, then: LawBook) -> None:
        self._now, self._then = now, then
        self._pairs: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self._codes: dict[tuple[str, str], tuple[Any, bool]] = {}
        self.differs = False

    def begin(self, differs: bool = False) -> None:
        """Forget what differed; or begin with something that does."""
        self.differs = differs

    def notice(self) -> None:
        """Something was read in which they differ."""
        self.differs = True

    def law(self, area: str, began: date, today: date) -> Law:
        """The numbers of both where they agree; another one is that of the first, and is noticed when it is read."""
        one, other = self._now.law(area, began, today), self._then.law(area, began, today)
        found: Law = self._of_pair(one, other, lambda: _Numbers(one, other, self.notice))
        return found

    def care_form(self, code: str) -> CareForm:
        """As the first law."""
        return self._of_code(self._now.care_form, self._then.care_form, code)

    def reason_class(self, code: str) -> str:
        """As the first law."""
        return self._of_code(self._now.reason_class, self._then.reason_class, code)

    def outcome(self, code: str) -> Outcome:
        """As the first law."""
        return self._of_code(self._now.outcome, self._then.outcome, code)

    def absence_kind(self, code: str) -> AbsenceKind:
        """As the first law."""
        return self._of_code(self._now.absence_kind, self._then.absence_kind, code)

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        """As the first law."""
        return self._first(self._now.last_day(name, since, area), self._then.last_day, name, since, area)

    def number(self, name: str, area: str | None, on: date) -> Span | None:
        """As the first law."""
        return self._first(self._now.number(name, area, on), self._then.number, name, area, on)

    def deadline(self, name: str, since: datetime, area: str | None, *, rolls: bool = False) -> datetime | None:
        """As the first law."""
        one = self._now.deadline(name, since, area, rolls=rolls)
        self.differs |= one != self._then.deadline(name, since, area, rolls=rolls)
        return one

    def table(self, name: str, on: date, area: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """As the first law."""
        return self._kept(self._now.table(name, on, area), self._then.table, name, on, area)

    def overriders(self, parameters: Iterable[str], area: str, on: date) -> frozenset[str]:
        """As the first law."""
        names = tuple(parameters)
        return self._first(self._now.overriders(names, area, on), self._then.overriders, names, area, on)

    def levels_between(self, home: str, place: str, on: date) -> int | None:
        """As the first law."""
        return self._first(self._now.levels_between(home, place, on), self._then.levels_between, home, place, on)

    @property
    def calendar(self) -> Calendar:
        """As the first law."""
        self.differs |= self._other_days
        return self._now.calendar

    @cached_property
    def _other_days(self) -> bool:
        return self._now.calendar != self._then.calendar

    def _of_code(self, asked: Callable[[str], Answer], other: Callable[[str], Answer], code: str) -> Answer:
        """As `_first`, for what a pack says of a code, which is the same on every day."""
        found = self._codes.get((asked.__name__, code))
        if found is None:
            before, self.differs = self.differs, False
            one = self._first(asked(code), other, code)
            found = self._codes[asked.__name__, code] = one, self.differs
            self.differs = before
        self.differs |= found[1]
        answer: Answer = found[0]
        return answer

    def _first(self, one: Answer, asked: Callable[..., Answer], *given: Any) -> Answer:
        """What the first says; noticed where the second says something else, or does not know the code."""
        try:
            self.differs |= one != asked(*given)
        except Invalid:
            self.differs = True
        return one

    def _kept(self, one: Answer, asked: Callable[..., Answer], *given: Any) -> Answer:
        """As `_first`, for answers that books keep: they are compared once."""
        try:
            other = asked(*given)
        except Invalid:
            self.differs = True
            return one
        self.differs |= self._of_pair(one, other, lambda: one != other)
        return one

    def _of_pair(self, one: Any, other: Any, work: Callable[[], Any]) -> Any:
        """What follows from two answers, found by identity: both are kept with it, so that no other has their place."""
        found = self._pairs.get((id(one), id(other)))
        if found is None:
            if len(self._pairs) >= REMEMBERED:
                self._pairs.clear()
            found = self._pairs[id(one), id(other)] = one, other, work()
        return found[2]


class _Numbers:
    """A law, in which the numbers that two laws agree on are plain, and reading another is noticed."""

    def __init__(self, one: Law, other: Law, notice: Callable[[], None]) -> None:
        numbers = vars(one)
        vars(self).update({name: value for name, value in numbers.items() if value == getattr(other, name)})
        self._one, self._notice = one, notice

    def __getattr__(self, name: str) -> Any:
        self._notice()
        return getattr(self._one, name)


class _TwoSurroundings:
    """What is around a child by the first law; that a sibling is grown up by only one of them is noticed."""

    def __init__(self, now: Surroundings, then: Surroundings, laws: "_Lasting") -> None:
        self._now, self._then, self._laws = now, then, laws

    def expect(self, providers: Iterable[UUID], children: Iterable[UUID]) -> None:
        """Both were told what to look up."""

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """What a provider is does not hang on the law."""
        return self._now.provider(id_, besides)

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        """The brothers and sisters. A situation keeps them, so what differs in them lasts as long as it."""
        found = self._now.siblings(of)
        self._laws.lasting |= found != self._then.siblings(of)
        return found

    def other_records(self, of: UUID, known: KnownChild) -> Sequence[OtherRecord]:
        """What a record holds does not hang on the law."""
        return self._now.other_records(of, known)


class _Lasting:
    """Whether what a situation keeps of what was read once differs."""

    lasting = False


class Acts:
    """One act by two laws."""

    def __init__(self, now: Act, then: Act, laws: TwoLaws) -> None:
        """`now` may already have `laws` as its law."""
        self.laws, self._lasting = laws, _Lasting()
        around = now.around if now.around is then.around else _TwoSurroundings(now.around, then.around, self._lasting)
        self.now, self.then = replace(now, law=laws, around=around), then
        self._days: dict[date, Acts] = {}

    @property
    def today(self) -> date:
        """The day of it."""
        return self.now.today

    def on(self, day: date) -> "Acts":
        """The same on another day."""
        if day not in self._days:
            found = self._days[day] = copy(self)
            found.now, found.then = replace(self.now, today=day), replace(self.then, today=day)
        return self._days[day]

    def ask(self, question: Callable[[Act], Rules]) -> tuple[Rules, Rules]:
        """What is unmet by each of them, asked once where they do not differ in what it reads."""
        self.laws.begin()
        now = question(self.now)
        if not self.laws.differs:
            return now, now
        try:
            return now, question(self.then)
        except Invalid:
            return now, frozenset({CODE_UNKNOWN})

    def rules(
        self, child: Life, stay: Placement, when: When, case: CaseFacts | None = None, decision: Any = None
    ) -> tuple[Rules, Rules]:
        """The rules that a stay does not meet on an occasion, by each of them."""
        asked = ASKED.get((when, stay.state), ())
        if not asked:
            return frozenset(), frozenset()
        self.laws.begin()
        self._lasting.lasting = False
        here = judgement.situation(child, stay, when, self.now, case=case, decision=decision)
        whole, again, now = self.laws.differs, [], set()
        for rule in asked:
            self.laws.begin(whole or self._lasting.lasting)
            if _unmet(rule, here):
                now.add(rule.id)
            if self.laws.differs or self._lasting.lasting:
                again.append(rule)
        if not again:
            return frozenset(now), frozenset(now)
        same = now.difference(rule.id for rule in again)
        try:
            there = judgement.situation(child, stay, when, self.then, case=case, decision=decision)
            return frozenset(now), frozenset(same.union(rule.id for rule in again if _unmet(rule, there)))
        except Invalid:
            return frozenset(now), frozenset(same | {CODE_UNKNOWN})


def _unmet(rule: Rule, now: Situation) -> bool:
    """Whether its verdict is not met, without putting together what else a verdict tells."""
    found = rule.judge(now)
    return found is not None and not found.satisfied and now.exemption(rule.id) is None
