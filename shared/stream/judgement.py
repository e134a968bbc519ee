"""Where a run of events stands, seen from the watermark: the rule that makes nothing lost and nothing twice.

Pure. Belongs here: the comparison, and what a handful of runs brings. Not here: the watermark's rows (watermark), and
applying what is fresh (batch).

A source's history is a chain of epochs. Each but the first names its parent's end, so a consumer that stands there goes
on by itself, and one that stands anywhere else asks. Only the source can say that it does not know a point; a message
may be late, and what is late must never look like another history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from shared.envelope import Event, Undecodable
from shared.stream.incoming import Point, Run
from shared.stream.watermark import Mark


class Standing(Enum):
    """Where a run stands, seen from the watermark."""

    KNOWN = "known"
    NEXT = "next"
    AHEAD = "ahead"
    DOUBTFUL = "doubtful"
    """Late, or of a history that is not ours: only the source can tell, so it is asked."""
    FORKED = "forked"


@dataclass(slots=True)
class Judgement:
    """What a handful of runs brings, by source: events skipped or dropped, messages ahead or doubtful, the rest."""

    fresh: list[Event] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)
    doubtful: dict[str, int] = field(default_factory=dict)
    level: set[str] = field(default_factory=set)
    """Sources whose head tick stood at the watermark."""
    forked: set[str] = field(default_factory=set)
    undecodable: dict[str, Run] = field(default_factory=dict)
    cut: bool = False
    """There was more than was allowed for: the same runs are to be judged again."""


def standing(mark: Mark, run: Run) -> Standing:
    """Compare a run with the watermark, by the headers alone."""
    if run.unknown is not None:
        return Standing.FORKED if run.unknown == mark.point else Standing.KNOWN
    if run.epoch != mark.epoch:
        return _in_another_epoch(mark, run)
    if run.first > mark.sequence + 1:
        return Standing.AHEAD
    return _within_reach(mark, run)


def _within_reach(mark: Mark, run: Run) -> Standing:
    if run.count == 0:
        same = run.last == mark.sequence and run.previous_id == mark.event_id
        return Standing.KNOWN if same else Standing.DOUBTFUL
    if run.last <= mark.sequence:
        return Standing.KNOWN
    if run.first == mark.sequence + 1 and run.previous_id != mark.event_id:
        return Standing.DOUBTFUL
    return Standing.NEXT


def _in_another_epoch(mark: Mark, run: Run) -> Standing:
    if run.first == 1 and (run.parent or Point(None, 0, None)) == mark.point:
        return Standing.NEXT if run.count else Standing.KNOWN
    return Standing.AHEAD if mark.epoch is None else Standing.DOUBTFUL


def judge(marks: Mapping[str, Mark], runs: Iterable[Run], most: int | None = None) -> Judgement:
    """Sort runs, in the order they came, into what to apply (at most so many events) and the rest; moves `marks`."""
    judgement = Judgement()
    for run in runs:
        mark = marks[run.source]
        if mark.stopped is not None:
            _add(judgement.dropped, run.source, run.count)
            continue
        _judge(judgement, mark, run, most)
        if judgement.cut:
            break
    return judgement


def _judge(judgement: Judgement, mark: Mark, run: Run, most: int | None) -> None:
    where = standing(mark, run)
    if run.epoch == mark.epoch:
        mark.head = max(mark.head, run.last)
    elif mark.epoch is None:
        mark.head = max(mark.head, run.last, 1 if where is Standing.AHEAD else 0)
    match where:
        case Standing.KNOWN:
            _add(judgement.skipped, run.source, run.count)
            if run.count == 0 and run.unknown is None:
                judgement.level.add(run.source)
        case Standing.AHEAD:
            _add(judgement.gaps, run.source, 1)
        case Standing.DOUBTFUL:
            _add(judgement.doubtful, run.source, 1)
        case Standing.FORKED:
            mark.stopped = "forked"
            judgement.forked.add(mark.source)
        case Standing.NEXT:
            _take(judgement, mark, run, most)


def _take(judgement: Judgement, mark: Mark, run: Run, most: int | None) -> None:
    try:
        events = run.events()
    except Undecodable:
        judgement.undecodable.setdefault(run.source, run)
        return
    known = mark.sequence + 1 - run.first if run.epoch == mark.epoch else 0
    if known and events[known - 1].id != mark.event_id:
        _add(judgement.doubtful, run.source, 1)
        return
    fresh = events[known:]
    if most is not None and len(judgement.fresh) + len(fresh) > most:
        fresh = fresh[: most - len(judgement.fresh)]
        judgement.cut = True
    if fresh:
        judgement.fresh += fresh
        mark.head = max(run.last, mark.head) if run.epoch == mark.epoch else run.last
        mark.epoch, mark.sequence, mark.event_id = run.epoch, fresh[-1].sequence, fresh[-1].id


def _add(counts: dict[str, int], source: str, number: int) -> None:
    counts[source] = counts.get(source, 0) + number
