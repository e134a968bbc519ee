"""How runs of events become committed changes: each event handled once, or parked, or neither and told so.

Belongs here: one transaction after the other, until the runs are through. Not here: the comparison (judgement), the
parked rows (parking), taking and acknowledging messages (consumer).

A batch that is refused is begun again with half of it, in a transaction of its own, until the poison is alone; that one
is parked. Whole transactions and not savepoints: each moves the watermark with what it applied, and a unit of work that
was rolled back in part would have to be told what to forget (docs/decisions/0004-event-core.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from uuid import UUID

from sqlalchemy import Connection, select

from shared import broker, failpoints, telemetry
from shared.envelope import Event
from shared.stream import attempts, failures, journal, watermark
from shared.stream.applier import Applier, Work
from shared.stream.incoming import Point, Run
from shared.stream.judgement import Judgement, judge
from shared.stream.parking import Entry, Key, Kind, Parking, key_of
from shared.stream.watermark import Held, Mark
from shared.technical_tables import dropped_event
from shared.telemetry import events as spans

ENDED_THE_PROCESS = "ended-the-process"


@dataclass(slots=True)
class Outcome:
    """What became of some runs, by source: numbers of events, for metrics and for what is to be asked."""

    marks: dict[str, Mark] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    isolated: dict[str, int] = field(default_factory=dict)
    first: Judgement = field(default_factory=Judgement)
    """The judgement of the first transaction: what was skipped, ahead, doubtful."""
    doubted: set[str] = field(default_factory=set)
    """Sources whose message could not be decoded, for the first time: to be asked for again."""


class Batches:
    """Applies runs for one consumer; `service` is whose events it handles, `name` who consumes."""

    def __init__(self, applier: Applier, name: str, service: str) -> None:
        self._applier = applier
        self._name = name
        self._service = service
        self._doubted: dict[str, Point] = {}
        self._tried: Sequence[Event] = ()
        self._unfit: dict[Key, str] = {}

    def apply(self, runs: Sequence[Run], *, suspect: bool = False) -> Outcome:
        """Apply runs in order, in as few transactions as it takes.

        `suspect`: they may have ended a process before. Raises what passes by itself (database, lock, memory), after
        which the same runs may be given again; and what refuses without any event, which is a bug.
        """
        outcome, self._unfit = Outcome(), {}
        singly = suspect and self._count(runs)
        most: int | None = 1 if singly else None
        while True:
            try:
                if singly:
                    self._count_one(runs, outcome)
                cut = self._transaction(runs, most, outcome)
            except Exception as error:
                if suspect:
                    self._survive()
                if failures.passes(error) or not self._tried:
                    raise
                most = self._blame(error, most)
                continue
            if not cut:
                return outcome
            if not singly and self._unfit:
                most, self._unfit = None, {}

    def _blame(self, error: Exception, most: int | None) -> int | None:
        """Find the poison: halve, until one event is left."""
        if len(self._tried) > 1:
            return len(self._tried) // 2
        key = key_of(self._tried[0])
        if key in self._unfit:  # parking it failed as well: a bug that no event is to blame for
            raise error
        self._unfit[key] = failures.reason(error)
        return 1

    def _count(self, runs: Sequence[Run]) -> bool:
        with self._applier.transaction() as work:
            marks = watermark.lock(work.connection, self._name).marks
            touched = [marks[source] for source in dict.fromkeys(run.source for run in runs)]
            return attempts.begin(work.connection, self._name, touched)

    def _count_one(self, runs: Sequence[Run], outcome: Outcome) -> None:
        """Count the next event before it is begun; one that ended the process too often is unfit."""
        with self._applier.transaction() as work:
            marks = watermark.lock(work.connection, self._name).marks
            before = {source: mark.point for source, mark in marks.items()}
            fresh = judge(marks, runs, 1).fresh
            if not fresh or key_of(fresh[0]) in self._unfit:
                return
            event = fresh[0]
            outcome.isolated[event.source] = outcome.isolated.get(event.source, 0) + 1
            mark = Mark(event.source, sequence=before[event.source].sequence)
            if not attempts.begin_one(work.connection, self._name, mark):
                self._unfit[key_of(event)] = ENDED_THE_PROCESS

    def _survive(self) -> None:
        """Only what ends the process counts; where the database is away nothing was counted either."""
        try:
            with self._applier.transaction() as work:
                attempts.survived(work.connection, self._name)
        except Exception as error:
            if not failures.passes(error):
                raise

    def _transaction(self, runs: Sequence[Run], most: int | None, outcome: Outcome) -> bool:
        """One transaction, under the stream's lock from its first statement; True if something is left to do."""
        self._tried = ()
        done, begun = _Done(), telemetry.now()
        with self._applier.transaction() as work:
            held = watermark.lock(work.connection, self._name, self._service)
            judgement = judge(held.marks, runs, most)
            doubted = self._doubt(work.connection, held, judgement, outcome)
            if judgement.fresh:
                journal.note(work.connection, self._name, judgement.fresh)
                self._tried = judgement.fresh
                self._handle(work, held, judgement.fresh, done)
            sources = dict.fromkeys([*(run.source for run in runs), *done.parked])
            touched = [held.marks[source] for source in sources]
            for mark in touched:
                watermark.save(work.connection, self._name, mark)
            if judgement.fresh:
                failpoints.hit("consumer.applied")
        if judgement.fresh and telemetry.on():
            spans.handled(self._name, broker.inbox_queue(self._name).name, judgement.fresh, begun, work.projected)
        self._committed(outcome, judgement, touched, done)
        outcome.doubted |= doubted
        return judgement.cut

    def _handle(self, work: Work, held: Held, fresh: Sequence[Event], done: "_Done") -> None:
        parking = Parking(work.connection, self._name, anything=held.parked)
        ready = self._without_dropped(work.connection, fresh) if held.dropped else list(fresh)
        applied: list[Event] = []
        while ready:
            # In order, and no further than to the first that is held back: whoever waits is parked before who follows.
            free = list(takewhile(lambda event: self._is_free(parking, event), ready))
            count, waits = work.apply(free)
            applied += free[:count]
            if waits is not None:
                parking.park(free[count], self._touches(free[count]), Kind.WAITING, "waits", waits.id)
            elif count < len(ready):
                self._hold_back(parking, ready[count], done)
            ready = ready[count + 1 :]
        if parking:
            work.flush()  # whatever is wrong with these must not look like the fault of one that waited
            self._run_awaiting(work, parking, {id_ for event in applied for id_ in self._touches(event)}, done)
            self._tried = fresh
        for source in done.parked:
            if parking.too_many(source):
                held.marks[source].stopped = "too-many-parked"

    def _is_free(self, parking: Parking, event: Event) -> bool:
        """Tell whether it is fit, and nothing parked stands before it."""
        if not parking and not self._unfit:
            return True
        touched = self._touches(event)
        held = parking.blocks(touched) or parking.waits(event.source, touched)
        return key_of(event) not in self._unfit and not held

    def _hold_back(self, parking: Parking, event: Event, done: "_Done") -> None:
        """Park what is unfit or stands behind something parked."""
        touched, unfit = self._touches(event), self._unfit.get(key_of(event))
        if unfit is None and not parking.blocks(touched):
            parking.park(event, touched, Kind.WAITING, "waits", parking.waits(event.source, touched))
            return
        parking.park(event, touched, *((Kind.BLOCKED, "blocked") if unfit is None else (Kind.FAILED, unfit)))
        done.parked[event.source] = done.parked.get(event.source, 0) + 1

    def run_parked(self, work: Work, parking: Parking, entry: Entry) -> bool:
        """Handle one parked event, then what waited for its ids; False if it waits (on)."""
        touched = self._run_one(work, parking, entry)
        self._run_awaiting(work, parking, touched, _Done())
        return bool(touched)

    def _run_awaiting(self, work: Work, parking: Parking, ids: set[UUID], done: "_Done") -> None:
        """Handle what waited for any of these ids, and what waited for that in turn."""
        while ids and (entries := parking.awaiting(ids)):
            ids = set()
            for entry in entries:
                if entry.key in self._unfit:
                    parking.change(entry, Kind.FAILED, self._unfit[entry.key], tried=True)
                    done.parked[entry.source] = done.parked.get(entry.source, 0) + 1
                elif parking.blocks(entry.touched, entry.place):
                    parking.change(entry, Kind.BLOCKED, "blocked", tried=False)
                elif behind := parking.waits(entry.source, entry.touched, entry.place):
                    parking.change(entry, Kind.WAITING, "waits", behind, tried=False)
                else:
                    ids |= self._run_one(work, parking, entry)

    def _run_one(self, work: Work, parking: Parking, entry: Entry) -> set[UUID]:
        """Handle one that waited; returns the ids that it touched, none if it waits on."""
        event = parking.event(entry)
        self._tried = [event]
        _, waits = work.apply([event])
        work.flush()
        if waits is not None:
            parking.change(entry, Kind.WAITING, "waits", waits.id, tried=True)
            return set()
        parking.remove(entry)
        return set(entry.touched)

    def _without_dropped(self, connection: Connection, events: Sequence[Event]) -> list[Event]:
        """Without the events that a person has dropped, which a rebuild honours too."""
        query = select(dropped_event.c.event_id).where(dropped_event.c.consumer == self._service)
        dropped = set(connection.scalars(query))
        return [event for event in events if event.id not in dropped]

    def _doubt(self, connection: Connection, held: Held, judgement: Judgement, outcome: Outcome) -> set[str]:
        """What cannot be decoded is asked for once more; the second time it is kept raw and its source stops."""
        asked_again = set()
        for source, run in judgement.undecodable.items():
            mark = held.marks[source]
            if source in outcome.doubted:
                continue
            if self._doubted.get(source) == mark.point:
                Parking(connection, self._name, anything=False).keep_raw(run, "undecodable")
                mark.stopped = "undecodable"
            else:
                asked_again.add(source)
        return asked_again

    def _touches(self, event: Event) -> frozenset[UUID]:
        return frozenset({event.subject}) | self._applier.touches(event)

    def _committed(self, outcome: Outcome, judgement: Judgement, marks: Sequence[Mark], done: "_Done") -> None:
        if not outcome.marks:
            outcome.first = judgement
        else:
            outcome.first.level |= judgement.level
            outcome.first.forked |= judgement.forked
            outcome.first.undecodable |= judgement.undecodable
        outcome.marks |= {mark.source: mark for mark in marks}
        for event in judgement.fresh:
            outcome.applied[event.source] = outcome.applied.get(event.source, 0) + 1
        for source, count in done.parked.items():
            outcome.parked[source] = outcome.parked.get(source, 0) + count
        for source in judgement.undecodable:
            self._doubted[source] = outcome.marks[source].point


@dataclass(slots=True)
class _Done:
    """What one transaction did besides applying."""

    parked: dict[str, int] = field(default_factory=dict)
