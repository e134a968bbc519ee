"""Movements and states of all children counted by cell, each child once through; the only place that adds up.

A cell is sex, age band, area and disability. `rolled` opens cells into totals when all children are in. Not here: what
a figure means (definition, figures).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from services.reporting.indicators import age
from services.reporting.indicators.definition import CHILD_BAND, EVERY
from services.reporting.indicators.facts import TOTAL, UNKNOWN, ChildFact, EpisodeFact, Return
from services.reporting.indicators.movements import Movement
from services.reporting.indicators.timeline import Timeline

DAY = timedelta(days=1)
AGED = {"aged3": 3, "aged7": 7, "aged18": 18, "aged25": 25}


class Series(NamedTuple):
    """What is counted. `destination` joins the possible ones by + where they cannot be told apart; `*` is any."""

    measure: str
    level: str
    destination: str = ""
    national: str = ""


class Cell(NamedTuple):
    """Who is counted: `age` is a band or `_U`, `area` as in the facts, `_U` where it has no valid area."""

    sex: str
    age: str
    area: str
    disability: bool


class Key(NamedTuple):
    """A cell of a table: sums over sexes, ages and areas, of one population, all or only with a disability."""

    population: str
    disability: bool
    sex: str
    age: str
    area: str


class Counts:
    """Rolled-up counts: movements or stock by series and key, and the distinct children beside a flow (F4)."""

    def __init__(self, numbers: Mapping[Series, Counter[Key]], children: Mapping[Series, Counter[Key]]) -> None:
        self._numbers = numbers
        self._children = children

    def number(self, series: Series, key: Key) -> int:
        """Stock on the day, or movements in the period."""
        counter = self._numbers.get(series)
        return counter[key] if counter is not None else 0

    def column(self, series: Series) -> tuple[Mapping[Key, int], Mapping[Key, int]]:
        """All cells of a series: its numbers, and the distinct children behind a flow; absent cells are 0."""
        return self._numbers.get(series, {}), self._children.get(series, {})

    def of(self, measure: str, level: str) -> tuple[Series, ...]:
        """Every series counted for a measure and level, in a fixed order."""
        return tuple(sorted(series for series in self._numbers if series[:2] == (measure, level)))


class Tally:
    """Takes one child after the other; `rolled` gives the counts."""

    def __init__(self, conditions: Return) -> None:
        self._conditions = conditions
        self._parents = conditions.areas
        self._numbers: dict[Series, Counter[Cell]] = defaultdict(Counter)
        self._single: dict[Series, Counter[Cell]] = defaultdict(Counter)
        self._repeated: dict[Series, Counter[Key]] = defaultdict(Counter)
        self._chains: dict[str, tuple[str, ...]] = {}
        self.invalid_areas: set[str] = set()

    def add(
        self, child: ChildFact, timeline: Timeline, movements: Iterable[Movement], birthdays: tuple[date, ...] | None
    ) -> None:
        """Count one child's stocks, movements and birthdays of the period."""
        person = _Person(child, birthdays)
        for series, cell in self._stocks(person, timeline):
            self._numbers[series][cell] += 1
        flows = [
            *_moves(person, movements),
            *_birthdays(person, timeline, self._conditions),
            *_day_stays(person, timeline, self._conditions),
        ]
        if flows:
            self._add_flows(flows)

    def rolled(self) -> Counts:
        """All counts with their totals over sex, age, area and disability."""
        numbers = {series: self._opened(cells) for series, cells in self._numbers.items()}
        children = {series: self._opened(cells) for series, cells in self._single.items()}
        for series, keys in self._repeated.items():
            children.setdefault(series, Counter()).update(keys)
        return Counts(numbers, children)

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas of the tables: those valid in the period, else those found."""
        if self._parents is not None:
            return tuple(sorted(self._parents))
        found = {cell.area for cells in self._numbers.values() for cell in cells}
        return tuple(sorted(found - {UNKNOWN}))

    def _stocks(self, person: "_Person", timeline: Timeline) -> Iterator[tuple[Series, Cell]]:
        conditions = self._conditions
        days = (
            ("stock", conditions.reference_day),
            ("opening", conditions.start - DAY),
            ("closing", conditions.end - DAY),
        )
        for measure, day in days:
            spell = timeline.on(day)
            if spell is not None:
                cell = person.cell(day, spell.episode.area)
                for level in spell.form.levels:
                    yield Series(measure, level), cell

    def _add_flows(self, flows: list[tuple[Series, Cell]]) -> None:
        times = Counter(series for series, _ in flows)
        again: dict[Series, set[Key]] = defaultdict(set)
        for series, cell in flows:
            self._numbers[series][cell] += 1
            if times[series] == 1:
                self._single[series][cell] += 1
            else:
                again[series].update(self._keys(cell))
        for series, keys in again.items():
            self._repeated[series].update(keys)

    def _opened(self, cells: Counter[Cell]) -> Counter[Key]:
        opened: Counter[Key] = Counter()
        for cell, number in cells.items():
            for key in self._keys(cell):
                opened[key] += number
        return opened

    def _keys(self, cell: Cell) -> Iterator[Key]:
        """Every table cell this one is part of."""
        for population, band in _ages(cell.age):
            for area in self._chain(cell.area):
                for sex in (cell.sex, TOTAL):
                    yield Key(population, False, sex, band, area)
                    if cell.disability:
                        yield Key(population, True, sex, band, area)

    def _chain(self, area: str) -> tuple[str, ...]:
        """The area, those it lies in, and the total; `_U` where the code is not valid in the period."""
        if area not in self._chains:
            chain = [TOTAL]
            here: str | None = area
            if self._parents is not None and area not in self._parents:
                self.invalid_areas.add(area)
                here = UNKNOWN
            while here is not None and here not in chain:
                chain.append(here)
                here = self._parents.get(here) if self._parents is not None else None
            self._chains[area] = tuple(chain)
        return self._chains[area]


class _Person:
    """What decides a child's cell on a day."""

    __slots__ = ("birthdays", "disability", "sex")

    def __init__(self, child: ChildFact, birthdays: tuple[date, ...] | None) -> None:
        self.sex = UNKNOWN if child.sex == "U" else child.sex
        self.disability = child.disability is True
        self.birthdays = birthdays

    def cell(self, day: date, area: str | None) -> Cell:
        return Cell(self.sex, age.band(self.birthdays, day), area or UNKNOWN, self.disability)


def _ages(band: str) -> tuple[tuple[str, str], ...]:
    """The populations and ages a band counts in; age unknown is a child's, in no band (F21)."""
    if band in age.CHILD_BANDS:
        return (
            ("0-17", band),
            ("0-17", CHILD_BAND),
            ("0-17", TOTAL),
            ("all", band),
            ("all", CHILD_BAND),
            ("all", TOTAL),
        )
    young = (("18-24", band), ("18-24", TOTAL)) if band == age.YOUNG_BAND else ()
    return (*young, ("all", band), ("all", TOTAL))


def _moves(person: _Person, movements: Iterable[Movement]) -> Iterator[tuple[Series, Cell]]:
    for movement in movements:
        before, after = movement.before, movement.after
        if before is not None:
            cell = person.cell(movement.day, before.episode.area)
            destination = "+".join(sorted(movement.destinations))
            for level in movement.left:
                yield Series("exit", level), cell
                yield Series("exit", level, destination), cell
                yield Series("exit", level, destination, movement.national), cell
                yield Series("exit", level, EVERY, movement.national), cell
        if after is not None:
            cell = person.cell(movement.day, after.episode.area)
            for level in movement.entered:
                yield Series("entry", level), cell
        if before is not None and after is not None:
            yield from _within(person, movement.day, movement.kept, before.episode, after.episode)


def _within(
    person: _Person, day: date, levels: frozenset[str], before: EpisodeFact, after: EpisodeFact
) -> Iterator[tuple[Series, Cell]]:
    """Moves inside a level are neither entry nor exit (F5), and between areas a transfer (F25)."""
    there = person.cell(day, after.area)
    for level in levels:
        if before.placement != after.placement:
            yield Series("moved", level), there
        if before.area != after.area:
            yield Series("transfer_out", level), person.cell(day, before.area)
            yield Series("transfer_in", level), there


def _birthdays(person: _Person, timeline: Timeline, conditions: Return) -> Iterator[tuple[Series, Cell]]:
    """Children in care at the end of the day before the birthday, in the band they leave (F18, F19): so stocks roll
    forward, because whatever happens on the birthday itself happens to someone of the new age."""
    if person.birthdays is None:
        return
    for (measure, _), birthday in zip(AGED.items(), person.birthdays, strict=True):
        if conditions.start <= birthday < conditions.end:
            before = birthday - DAY
            spell = timeline.on(before)
            if spell is not None:
                cell = person.cell(before, spell.episode.area)
                for level in spell.form.levels:
                    yield Series(measure, level), cell


def _day_stays(person: _Person, timeline: Timeline, conditions: Return) -> Iterator[tuple[Series, Cell]]:
    """A stay without a night is no entry and no exit (F3)."""
    for stay in timeline.day_stays:
        if conditions.start <= stay.start < conditions.end:
            cell = person.cell(stay.start, stay.episode.area)
            for level in stay.form.levels:
                yield Series("daystay", level), cell
