"""evaluate(): one pass over the children, then figures, identities and coverage.

Not here: any counting rule; each lives in the module named after it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from uuid import UUID

from services.reporting.indicators import age, identities, timeline
from services.reporting.indicators.classification import Classification
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import ChildFact, Coverage, EpisodeFact, Finding, Result, Return, Weight
from services.reporting.indicators.figures import Figures
from services.reporting.indicators.movements import movements
from services.reporting.indicators.numbers import Numbers
from services.reporting.indicators.tally import Tally
from services.reporting.indicators.timeline import Note, Timeline
from shared.errors import Invalid

NOTED_SHARE = 2
"""Percent of children in care with something unknown above which a return needs a note (F21)."""


def evaluate(
    definitions: Iterable[Definition],
    children: Iterable[ChildFact],
    episodes: Iterable[EpisodeFact],
    classification: Classification,
    return_: Return,
) -> Result:
    """Figures, findings and coverage of one return.

    `children` and `episodes` come sorted by child id; raises Invalid where they are not, or where the period is empty
    or does not hold the reference day. Deterministic: the order of a child's episodes does not matter.
    """
    if not return_.start <= return_.reference_day < return_.end:
        raise Invalid("the reference day lies outside the period", field="reference_day", rule="day-in-period")
    wanted = tuple(definitions)
    run = _Run(return_, classification)
    for child, own in _lives(children, episodes, run):
        run.take(child, own)
    coverage = run.coverage()
    counts = run.tally.rolled()
    numbers = Numbers(counts, classification, coverage)
    areas = run.tally.areas
    figures = tuple(Figures(wanted, numbers, return_, coverage).make(areas))
    parents = return_.areas or {}
    roots = tuple(area for area in areas if parents.get(area) is None)
    broken = identities.check(wanted, numbers, figures, roots, areas)
    planned = tuple(figure for figure in figures if _planned(figure.indicator, return_.publication_plan))
    return Result(planned, (*broken, *run.findings()), coverage)


def _planned(code: str, plan: tuple[str, ...]) -> bool:
    return not plan or any(fnmatchcase(code, pattern) for pattern in plan)


@dataclass
class _Seen:
    """Coverage while it grows."""

    children: int = 0
    episodes: int = 0
    episodes_without_child: int = 0
    in_care: int = 0
    estimated_birth_dates: int = 0
    unknown_sex: int = 0
    unknown_age: int = 0
    disability_not_recorded: int = 0


class _Run:
    """One pass: each child is taken once, counted, and forgotten."""

    def __init__(self, conditions: Return, classification: Classification) -> None:
        self.conditions = conditions
        self.classification = classification
        self.tally = Tally(conditions)
        self.seen = _Seen()
        self.notes: list[Note] = []

    def take(self, child: ChildFact, episodes: list[EpisodeFact]) -> None:
        """Count one child with its episodes."""
        self.seen.children += 1
        self.seen.episodes += len(episodes)
        if not episodes:
            return
        conditions = self.conditions
        line = timeline.build(child, episodes, self.classification)
        born = age.birth_estimate(child.born_from, child.born_to)
        birthdays = None if born is None else age.band_birthdays(born)
        moves = movements(line, self.classification, conditions.start, conditions.end)
        self.tally.add(child, line, moves, birthdays)
        if self._in_care(line):
            self._cover(child, born is None)
        self.notes += (note for note in line.notes if note.start < conditions.end and note.end >= conditions.start)

    def stray(self, episode: EpisodeFact) -> None:
        """An episode whose child is not known (yet): not counted, and said so."""
        self.seen.episodes += 1
        self.seen.episodes_without_child += 1
        text = "child of this placement is not known; not counted"
        until = episode.end or timeline.OPEN
        if episode.start < self.conditions.end and until >= self.conditions.start:
            self.notes.append(Note("F28", text, episode.start, until, episode.child, (episode.placement,)))

    def coverage(self) -> Coverage:
        """What stands behind the figures, when all children are in."""
        return Coverage(**vars(self.seen))

    def findings(self) -> Iterator[Finding]:
        """What is unknown too often, then the oddities of single records."""
        seen = self.seen
        unknown = (
            ("sex", seen.unknown_sex),
            ("age", seen.unknown_age),
            ("disability status", seen.disability_not_recorded),
        )
        for what, number in unknown:
            if number * 100 > NOTED_SHARE * seen.in_care:
                text = f"{what} unknown for {number} of {seen.in_care} children in care in the period"
                yield Finding("F21", "needs-note", text, {"unknown": number, "in_care": seen.in_care})
        for area in sorted(self.tally.invalid_areas):
            yield Finding("F26", "quality", f"area {area} is not valid in the period: in totals only", {"area": area})
        for note in self.notes:
            yield _finding(note, "quality")

    def _in_care(self, line: Timeline) -> bool:
        start, end = self.conditions.start, self.conditions.end
        brief = line.brief
        return any(spell.start < end and spell.end > start for spell in line.spells) or (
            brief is not None and start <= brief.start < end
        )

    def _cover(self, child: ChildFact, age_unknown: bool) -> None:
        seen = self.seen
        seen.in_care += 1
        seen.unknown_sex += child.sex == "U"
        seen.unknown_age += age_unknown
        seen.estimated_birth_dates += not age_unknown and child.born_from != child.born_to
        seen.disability_not_recorded += child.disability is None


def _finding(note: Note, weight: Weight) -> Finding:
    facts: dict[str, str | int] = {
        "child": str(note.child),
        "placements": " ".join(str(placement) for placement in note.placements),
        "from": note.start.isoformat(),
        "to": "" if note.end == timeline.OPEN else note.end.isoformat(),
    }
    return Finding(note.rule, weight, note.text, facts)


def _lives(
    children: Iterable[ChildFact], episodes: Iterable[EpisodeFact], run: _Run
) -> Iterator[tuple[ChildFact, list[EpisodeFact]]]:
    """Each child with its episodes: a merge of two streams in order of child id."""
    rest = _ordered(episodes, "episodes")
    episode = next(rest, None)
    last: UUID | None = None
    for child in children:
        if last is not None and child.child <= last:
            raise Invalid("children are not in order of their id, each once", field="children", rule="sorted-by-child")
        last = child.child
        while episode is not None and episode.child < child.child:
            run.stray(episode)
            episode = next(rest, None)
        own = []
        while episode is not None and episode.child == child.child:
            own.append(episode)
            episode = next(rest, None)
        yield child, own
    while episode is not None:
        run.stray(episode)
        episode = next(rest, None)


def _ordered(episodes: Iterable[EpisodeFact], name: str) -> Iterator[EpisodeFact]:
    last: UUID | None = None
    for episode in episodes:
        if last is not None and episode.child < last:
            raise Invalid(f"{name} are not in order of their child's id", field=name, rule="sorted-by-child")
        last = episode.child
        yield episode
