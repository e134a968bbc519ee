"""What must always hold (ARCHITECTURE 9), looked at from outside: by SQL in each database, in the broker, in the logs.

Each function tells what breaks one invariant; nothing found is an empty list. None of them uses the code that it
judges: the event log, the record of what was applied, the services' own tables and the read tables are compared.
Not here: the bundle's bytes (bundles), and how faults are made.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from shared.config import SERVICES
from tests.e2e import recomputed
from tests.faults.rig import CONSUMERS, Rig
from tests.faults.writing import FAMILIES

Findings = list[str]


@dataclass(frozen=True)
class Expected:
    """What a scenario leaves behind on purpose: events put aside, by id, and children that only a lost future knew."""

    parked: frozenset[UUID] = frozenset()
    orphaned: frozenset[UUID] = frozenset()
    stopped: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """(consumer, source) of sources that wait for a person."""


NOTHING = Expected()
LOOKS = 3
"""How often a deployment that tells something while it is looked at is looked at again."""


def check(rig: Rig, expected: Expected = NOTHING) -> dict[str, Findings]:
    """The invariants that do not hold, each with what shows it.

    The services go on working meanwhile: what one of their clocks told while we looked was seen by half of the looks,
    so they are taken again.
    """
    for again in reversed(range(LOOKS)):
        before = rig.told()
        found = {name: look(rig, expected) for name, look in INVARIANTS.items()}
        broken = {name: findings for name, findings in found.items() if findings}
        if not (broken and again) or rig.told() == before:
            break
        if not expected.stopped:
            with suppress(AssertionError):
                rig.recovered()
    return broken


def lost(rig: Rig, expected: Expected) -> Findings:
    """Every event of every source is in each consumer's record of what it applied, and the watermark at the head."""
    found = []
    for consumer, source in _pairs(rig):
        if (consumer, source) in expected.stopped:
            continue
        told, journal = _told(rig, source), {(epoch, at): id_ for epoch, at, id_ in _applied(rig, consumer, source)}
        missing = [place for place, id_ in told.items() if journal.get(place) != id_]
        if missing:
            found.append(f"{consumer} lacks {len(missing)} of {source}, first {min(at for _, at in missing)}")
        mark = rig.rows(
            consumer, "select epoch, sequence, event_id from watermark where consumer = :consumer and source = :source",
            consumer=consumer, source=rig.source(source),
        )  # fmt: skip
        head = rig.rows(source, "select epoch, sequence from event_head")[0]
        last = told.get((head[0], head[1]))
        if head[1] and mark != [(*head, last)]:
            found.append(f"{consumer} stands at {mark}, {source} at {head}")
    return found


def twice(rig: Rig, _: Expected) -> Findings:
    """What a consumer has applied of a source is contiguous, each event once, and nothing that was never told."""
    found = []
    for consumer, source in _pairs(rig):
        rows = list(_applied(rig, consumer, source))
        places = Counter((epoch, at) for epoch, at, _ in rows)
        ids = Counter(id_ for *_, id_ in rows)
        found += [f"{consumer} applied {source} {at} {n} times" for (_, at), n in places.items() if n > 1]
        found += [f"{consumer} applied event {id_} of {source} {n} times" for id_, n in ids.items() if n > 1]
        told = _told(rig, source)
        found += [
            f"{consumer} applied {at}, never told by {source}" for epoch, at, _ in rows if (epoch, at) not in told
        ]
    return found


def order(rig: Rig, expected: Expected) -> Findings:
    """Runs were applied in the order of the log; and of what was said of a child the last word stands."""
    found = []
    for consumer, source in _pairs(rig):
        runs = rig.rows(
            consumer,
            'select epoch, "first", "last" from applied_run where consumer = :consumer and source = :source'
            " order by place",
            consumer=consumer,
            source=rig.source(source),
        )
        ordinals = dict(rig.rows(source, "select epoch, ordinal from event_epoch"))
        at = [(ordinals.get(epoch, 0), first, last) for epoch, first, last in runs]
        found += [
            f"{consumer} applied {now} after {before} of {source}"
            for before, now in pairwise(at)
            if now[0] < before[0] or (now[0] == before[0] and now[1] != before[2] + 1)
        ]
    return found + _last_words(rig, expected)


LAST_WORD = (
    "select distinct on (subject) subject, data ->> 'area' from event_log"
    " join event_epoch using (epoch) where data ? 'area' order by subject, ordinal desc, sequence desc"
)
HEARD = {
    "placements": "select child, area from whereabouts where confirmed",
    "social_work": "select id, area from child where area is not null",
    "reporting": "select id, area from child",
}


def _last_words(rig: Rig, expected: Expected) -> Findings:
    said = dict(rig.rows("registry", LAST_WORD))
    found = []
    for consumer in rig.consumers:
        stopped = {source for name, source in expected.stopped if name == consumer}
        held = _put_aside(rig, consumer)
        for child, area in rig.rows(consumer, HEARD[consumer]) if consumer in HEARD else ():
            if child in said and said[child] != area and child not in held | expected.orphaned and not stopped:
                found.append(f"{consumer} believes {area} of child {child}, the last word was {said[child]}")
    return found


OWN_WORDS = (
    ("registry", "select id from child", "select subject from event_log where type = 'registry.child-registered.v1'"),
    (
        "placements",
        "select id from placement where state in ('active', 'ended')",
        "select (data ->> 'placement')::uuid from event_log where type = 'placements.placement-started.v1'",
    ),
    (
        "placements",
        "select id from placement where state = 'ended'",
        "select (data ->> 'placement')::uuid from event_log where type = 'placements.placement-ended.v1'",
    ),
    (
        "placements",
        "select id from provider",
        "select subject from event_log where type = 'placements.provider-registered.v1'",
    ),
    (
        "social_work",
        "select id from case_file",
        "select (data ->> 'case')::uuid from event_log where type = 'social_work.case-opened.v1'",
    ),
)
"""By service: what there is, and what was told of it."""


def rows_and_events(rig: Rig, _: Expected) -> Findings:
    """No event without its row and no row without its event; the log has no holes and its head is its last."""
    found = []
    for service, there, told in OWN_WORDS:
        rows = Counter(id_ for (id_,) in rig.rows(service, there))
        events = Counter(id_ for (id_,) in rig.rows(service, told))
        found += [f"{service}: {id_} has {rows[id_]} rows and {events[id_]} events" for id_ in rows | events
                  if rows[id_] != events[id_]]  # fmt: skip
    for service in SERVICES:
        counts = rig.rows(service, "select epoch, count(*), min(sequence), max(sequence) from event_log group by epoch")
        found += [f"{service}: {count} events from {low} to {high}" for _, count, low, high in counts
                  if (low, high) != (1, count)]  # fmt: skip
        ((epoch, head, published),) = rig.rows(service, "select epoch, sequence, published from event_head")
        last = {row[0]: row[3] for row in counts}.get(epoch, 0)
        if last != head or (service in rig.sources and published != head):
            found.append(f"{service}: the log ends at {last}, the head says {head}, published {published}")
    return found


KEPT_BY = {
    "placements' children": "placements",
    "social_work's children in care": "social_work",
    "registry's places": "registry",
    "registry's cases": "registry",
}


def projections(rig: Rig, expected: Expected) -> Findings:
    """What was told over, against what each service says itself; what is put aside is in no read table."""
    aside = {str(id_) for consumer in rig.consumers for id_ in _put_aside(rig, consumer)}
    excused = aside | {str(id_) for id_ in expected.orphaned}
    if expected.stopped:
        return []
    return [
        f"{table}: {row}"
        for table, rows in recomputed.differences(rig.deployed).items()
        for row in rows
        if KEPT_BY.get(table, "reporting") in rig.consumers and not any(id_ in row for id_ in excused)
    ]


def personal_data(rig: Rig, _: Expected) -> Findings:
    """No name of a child in any event log, record, parked event, queue, or process's log."""
    found = []
    tables = ("event_log", "applied_run", "parked_event", "dropped_event", "orphan_event", "watermark", "audit")
    for service in SERVICES:
        for table in tables:
            # A body is bytes; decoded as its escapes it still shows every letter that JSON can spell.
            text = "convert_from(body, 'LATIN1') || t::text" if table == "parked_event" else "t::text"
            for (row,) in rig.rows(service, f"select {text} from {table} as t"):
                if _names_somebody(row.encode("utf-8", "replace")) or _names_somebody(row.encode("latin1", "replace")):
                    found.append(f"{service}.{table}")
    for path, words in _files(rig):
        if _names_somebody(words):
            found.append(path)
    return sorted(set(found))


def drains(rig: Rig, expected: Expected) -> Findings:
    """Queues are empty, all is acknowledged, nobody has stopped, nothing is put aside but what was meant to be."""
    found = [f"queue {name} holds {count}" for name, count in rig.drained().items()]
    for consumer in rig.consumers:
        parked = {id_ for (id_,) in rig.rows(consumer, "select event_id from parked_event where event_id is not null")}
        found += [f"{consumer} parked {id_}" for id_ in parked - expected.parked]
        found += [f"{consumer} did not park {id_}" for id_ in expected.parked - parked if _concerns(rig, consumer, id_)]
        undecodable = rig.value(consumer, "select count(*) from parked_event where event_id is null")
        stopped = rig.rows(consumer, "select source, reason from watermark where state = 'stopped'")
        wanted = {rig.source(source) for name, source in expected.stopped if name == consumer}
        found += [f"{consumer} stopped {source}: {why}" for source, why in stopped if source not in wanted]
        if undecodable and not wanted:
            found.append(f"{consumer} parked {undecodable} undecodable")
        found += [f"{consumer} stopped: {why}" for (why,) in
                  rig.rows(consumer, "select reason from stream where state = 'stopped'")]  # fmt: skip
    return found


INVARIANTS: dict[str, Callable[[Rig, Expected], Findings]] = {
    "no event lost": lost,
    "none applied twice": twice,
    "order per subject and source": order,
    "no event without its row": rows_and_events,
    "projection = recomputation": projections,
    "no personal data where it does not belong": personal_data,
    "everything drains after healing": drains,
}


def _pairs(rig: Rig) -> Iterator[tuple[str, str]]:
    return ((consumer, source) for consumer in rig.consumers for source in CONSUMERS[consumer])


def _told(rig: Rig, source: str) -> dict[tuple[UUID, int], UUID]:
    return {(epoch, at): id_ for epoch, at, id_ in rig.rows(source, "select epoch, sequence, id from event_log")}


def _applied(rig: Rig, consumer: str, source: str) -> list[tuple[UUID, int, UUID]]:
    query = (
        'select epoch, "first" + each.place - 1, id from applied_run, unnest(ids) with ordinality as each (id, place)'
        " where consumer = :consumer and source = :source order by applied_run.place, each.place"
    )
    return [tuple(row) for row in rig.rows(consumer, query, consumer=consumer, source=rig.source(source))]  # type: ignore[misc]


def _put_aside(rig: Rig, consumer: str) -> set[UUID]:
    rows = rig.rows(consumer, "select unnest(touched) from parked_event where consumer = :consumer", consumer=consumer)
    return {id_ for (id_,) in rows}


def _concerns(rig: Rig, consumer: str, id_: UUID) -> bool:
    """Whether the consumer meant by an expectation is this one: others have applied the event."""
    rows = rig.rows(consumer, "select 1 from applied_run where :id = any(ids)", id=id_)
    return not rows


def _files(rig: Rig) -> Iterator[tuple[str, bytes]]:
    """The logs of all processes, PostgreSQL's too, and all that the broker keeps: queues, its journal, its log."""
    yield from ((path.name, words) for path, words in rig.words())
    for database in (rig.servers.records, rig.servers.rest):
        for path in (database.cluster.data / "log").glob("*"):
            yield f"postgresql {path.name}", path.read_bytes()
    folder = rig.servers.node.management.folder
    assert folder is not None
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield f"rabbitmq {path.name}", path.read_bytes()


_SPELLINGS = [
    spelling
    for word in FAMILIES
    for spelling in (word.encode(), word.encode("utf-16-le"), json.dumps(word)[1:-1].encode())
]


def _names_somebody(text: bytes) -> bool:
    return any(spelling in text for spelling in _SPELLINGS)


def seen_by(rig: Rig, consumer: str, ids: set[UUID]) -> dict[str, Any]:
    """Where a consumer has these events: applied, or put aside; for a test's message."""
    applied = {id_ for _, source in _pairs(rig) for *_, id_ in _applied(rig, consumer, source)}
    parked = {id_ for (id_,) in rig.rows(consumer, "select event_id from parked_event")}
    return {"applied": ids & applied, "parked": ids & parked}
