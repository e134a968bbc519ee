"""Each invariant is broken once on purpose, and must then be seen broken (`make faults`).

The faults are those of test_faults, where the shipped code holds; here a worker has one thing changed (mutations).
A mutation that nobody sees would mean that the test proves nothing.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from services.cli import composition
from tests.faults import invariants, kill_points, messages, mutations, outages
from tests.faults import rig as rigs
from tests.faults.poisons import execute
from tests.faults.record import Broken
from tests.faults.rig import Rig
from tests.faults.trial import Fault
from tests.faults.writing import Writer

PATIENCE = 20.0
LOST, TWICE, ORDER = "no event lost", "none applied twice", "order per subject and source"
ROW, PROJECTION = "no event without its row", "projection = recomputation"
PERSONAL, DRAINS = "no personal data where it does not belong", "everything drains after healing"
ANY_ORDER = "any order between sources gives the same figures"


@dataclass(frozen=True)
class Break:
    """An invariant, who is changed how, the fault that shows it, and what the checks call it then."""

    invariant: str
    changed: dict[str, str]
    fault: Fault
    seen_as: str
    consumers: tuple[str, ...] = ("placements",)
    statements: tuple[str, ...] = field(default_factory=tuple)
    """What is taken away from the consumer's database besides: the second guard behind the one that is broken."""


def moved_twice(rig: Rig, writer: Writer, random: Random) -> None:
    """Children move several times while their consumer is away, so that it has all moves in one batch."""
    consumer = random.choice(rig.consumers)
    rig.recovered()
    rig.kill(consumer)
    for _ in range(4):
        writer.move(sorted(writer.children, key=lambda each: each.id)[:15])
    rig.start(consumer)


def nothing(rig: Rig, writer: Writer, _: Random) -> None:
    """Days go by."""
    writer.write(12)


def named(rig: Rig, writer: Writer, _: Random) -> None:
    """Children are registered by the changed writer."""
    kill_points.writes_in_a_process(rig, 8)


BREAKS = {
    "ack early": Break(LOST, {"placements": "acknowledges_early"}, kill_points.without_its_sources, LOST),
    "transient delivery": Break(
        LOST,
        {"placements": "delivers_transiently", "registry": "delivers_transiently"},
        outages.broker_killed_without_sources,
        LOST,
    ),
    "no catch-up": Break(LOST, {"placements": "never_asks"}, messages.queue_deleted, LOST),
    "no head ticks": Break(LOST, {"registry": "never_ticks"}, messages.last_message_lost, LOST),
    "a gap stepped over": Break(
        LOST, {"placements": "steps_over_gaps"}, messages.reordered_before_they_are_known, LOST
    ),
    "replay outside the loop": Break(
        LOST, {"registry": "replays_beside"}, messages.far_behind_while_events_flow, "the fault itself"
    ),
    "no watermark lock": Break(
        TWICE,
        {"placements": "takes_no_lock"},
        outages.frozen_in_its_transaction(6),
        TWICE,
        statements=("alter table applied_run drop constraint applied_run_pkey",),
    ),
    "a batch applied backwards": Break(ORDER, {"placements": "applies_backwards"}, moved_twice, ORDER),
    "what is not known yet dropped": Break(
        ANY_ORDER,
        {"reporting": "forgets_the_unknown"},
        messages.placement_before_its_child,
        PROJECTION,
        consumers=("reporting", "placements"),
    ),
    "events committed before rows": Break(
        ROW, {"writer": "tells_before_it_is_so"}, kill_points.writer_dies_before_its_commit, ROW
    ),
    "rows committed before events": Break(
        ROW, {"writer": "tells_after_it_is_so"}, kill_points.writer_dies_before_its_commit, ROW
    ),
    "an event type projected now and then": Break(
        PROJECTION, {"reporting": "forgets_some:-ended.v1"}, nothing, PROJECTION, consumers=("reporting",)
    ),
    "a name in an event": Break(PERSONAL, {"writer": "tells_names"}, named, PERSONAL),
    "nothing acknowledged": Break(DRAINS, {"placements": "never_acknowledges"}, nothing, DRAINS),
}


@pytest.mark.parametrize("mutation", BREAKS)
def test_what_is_broken_on_purpose_is_seen(servers, record, mutation):
    broken = BREAKS[mutation]
    with rigs.standing(servers, record.seed) as rig:
        rig.consumers, rig.mutations, rig.patience = broken.consumers, broken.changed, PATIENCE
        for consumer in broken.consumers:
            for statement in broken.statements:
                execute(rig, consumer, [statement])
        rig.start_all()
        writer = Writer(rig.made, rig.seed)
        writer.prepare()
        writer.write(10)
        found = seen(rig, writer, broken.fault, record.seed)
        record.broken.append(Broken(broken.invariant, mutation, broken.seen_as in found))
        assert broken.seen_as in found, found


def seen(rig: Rig, writer: Writer, fault: Fault, seed: int) -> dict[str, list[str]]:
    """What does not hold after the fault."""
    found = {}
    try:
        fault(rig, writer, Random(seed))
        rig.recovered()
    except AssertionError as failed:
        found["the fault itself"] = [str(failed)]
    with suppress(AssertionError):
        found |= invariants.check(rig)
    return found


def test_every_mutation_is_used():
    used = {name.partition(":")[0] for each in BREAKS.values() for name in each.changed.values()}
    assert used | {"every_relay_is_elected", "dies_of"} == set(mutations.MUTATIONS)
    assert {service for each in BREAKS.values() for service in each.changed} <= {*composition.CONSUMES, "writer"}
