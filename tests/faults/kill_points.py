"""Processes that end at the worst moment: each fault names its place, and the failpoints' log proves that it was there.

Not here: servers that end (outages), messages that go astray (messages).
"""

import subprocess
import sys
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from shared import failpoints
from tests.e2e import running
from tests.e2e.running import PROJECT, until
from tests.faults.invariants import Expected
from tests.faults.rig import CONSUMERS, Rig
from tests.faults.trial import Fault
from tests.faults.writing import Steady, Writer


def dies_at(place: str, most: int = 3) -> Fault:
    """A worker ends at one of its first hits of a place, while others write; then it starts again."""

    def fault(rig: Rig, writer: Writer, random: Random) -> None:
        service = random.choice(rig.sources if place.startswith("relay") else rig.consumers)
        nth = random.randint(1, most)
        rig.kill(service)
        writer.write(random.randint(1, 6))
        before = rig.hits(place)
        rig.start(service, failpoints=f"{place}=exit@{nth}", wait=False)
        writing_until_it_ends(rig, writer, service)
        assert rig.hits(place) == before + 1
        rig.start(service)

    return fault


def dies_replaying(rig: Rig, writer: Writer, random: Random) -> None:
    """A relay ends while it sends again what a consumer has missed."""
    service = random.choice(rig.sources)
    consumer = random.choice([name for name in rig.consumers if service in CONSUMERS[name]])
    rig.recovered()
    rig.kill(consumer)
    rig.kill(service)
    rig.queues.delete(f"{consumer}.inbox")
    writer.write(10)
    before = rig.hits("relay.replaying")
    rig.start(service, failpoints="relay.replaying=exit@1")
    rig.start(consumer, wait=False)
    rig.ended(service, failpoints.STATUS)
    assert rig.hits("relay.replaying") == before + 1
    rig.start(service)
    running.await_ready(rig.workers[consumer])


def writing_until_it_ends(rig: Rig, writer: Writer, name: str) -> None:
    """Go on writing until the worker has ended itself."""
    worker = rig.workers[name]

    def ended() -> bool:
        if worker.alive():
            writer.step()
        return not worker.alive()

    until(ended, f"{name} ends itself")
    rig.ended(name, failpoints.STATUS)


def writer_dies_before_its_commit(rig: Rig, writer: Writer, random: Random) -> None:
    """A process that writes ends after its events are numbered: neither they nor their rows may be there."""
    before = rig.hits("log.appended")
    armed = {
        "KINWARD_TESTING": "1",
        "KINWARD_FAILPOINTS": f"log.appended=exit@{random.randint(3, 12)}",
        "KINWARD_FAILPOINTS_LOG": str(rig.log),
    }
    writes_in_a_process(rig, 40, random.getrandbits(32), failpoints.STATUS, armed)
    assert rig.hits("log.appended") == before + 1
    writer.write(2)


def writes_in_a_process(
    rig: Rig, commits: int, seed: int = 1, status: int = 0, environment: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Let another process write, and expect how it ends."""
    changed = rig.mutations.get("writer")
    module = ["tests.faults.mutant", changed, "write"] if changed else ["tests.faults.writing"]
    done = subprocess.run(
        [sys.executable, "-m", *module, str(seed), str(commits)],
        env=rig.deployed.environment | environment,
        cwd=PROJECT,
        check=False,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == status, done.stderr[-2000:]


def two_relays(rig: Rig, writer: Writer, random: Random) -> None:
    """A second relay that believes itself elected publishes the same log beside the first."""
    service = random.choice(rig.sources)
    rig.start(service, mutation="every_relay_is_elected", replica="-second")
    name = f"{service}-second"
    sample = f'kinward_relay_published_events_total{{service="{service}"}}'
    until(lambda: writer.step() or rig.metric(name, sample) > 20, "the second relay publishes too")
    assert rig.metric(service, sample) > 0
    rig.kill(name)


def without_its_sources(rig: Rig, writer: Writer, random: Random) -> None:
    """A consumer dies before its commit and finds its sources away when it returns: the broker alone has all of it."""
    consumer = random.choice(rig.consumers)
    sources = [name for name in CONSUMERS[consumer] if name != consumer]
    rig.recovered()
    rig.kill(consumer)
    writer.write(6)
    until(lambda: all(rig.published(source) for source in CONSUMERS[consumer]), "everything is published")
    for source in sources:
        rig.kill(source)
    before = rig.hits("consumer.applied")
    rig.start(consumer, failpoints="consumer.applied=exit@1", wait=False)
    rig.ended(consumer, failpoints.STATUS)
    assert rig.hits("consumer.applied") == before + 1
    rig.start(consumer)
    rig.heard_all(consumer, sources)
    rig.start_all()


def killed_at_any_moment(rig: Rig, writer: Writer, random: Random) -> None:
    """Workers are killed at moments that nobody chose, one after another."""
    for _ in range(3):
        service = random.choice(rig.services)
        writer.write(random.randint(1, 4))
        rig.kill(service)
        writer.write(random.randint(1, 2))
        rig.start(service)


def rebuild_dies_before_its_flip(rig: Rig, writer: Writer, random: Random) -> None:
    """Reporting ends when its new tables are about to take the old ones' place, while events flow; then it goes on."""
    rig.kill("reporting")
    before = rig.hits("rebuild.before_flip")
    rig.start("reporting", failpoints="rebuild.before_flip=exit@1")
    rig.deployed.kinward("rebuild", "reporting", "--wait", "0")
    with Steady(writer, random.choice((5, 50)), rig.told):
        rig.ended("reporting", failpoints.STATUS)
    assert rig.hits("rebuild.before_flip") == before + 1
    live = rig.value("reporting", "select schema_name from live_figures")
    rig.start("reporting")
    until(lambda: rig.value("reporting", "select schema_name from live_figures") != live, "the new tables are live")


def an_event_ends_the_process(rig: Rig, writer: Writer, random: Random) -> Expected:
    """Whoever handles it dies. Parked after its third time alone; what it touches waits, everything else flows."""
    consumer = random.choice(rig.consumers)
    rig.recovered()
    rig.kill(consumer)
    writer.write(2)
    poison, *_ = writer.arrive(1, placed_first=False)
    writer.write(3)
    ((event, place),) = rig.rows(
        "registry", "select id, sequence from event_log where subject = :id and type like '%registered%'", id=poison.id
    )
    query = "select count(*) from parked_event where event_id = :id and kind = 'failed'"
    deaths = 0
    while not rig.value(consumer, query, id=event):
        rig.start(consumer, mutation=f"dies_of:{event}", wait=False)
        worker = rig.workers[consumer]
        until(lambda worker=worker: not worker.alive() or rig.value(consumer, query, id=event), "it dies or parks")
        if not worker.alive():
            rig.ended(consumer, failpoints.STATUS)
            deaths += 1
        assert deaths <= 8, "an event that ends the process is put aside"
    assert deaths >= 3, f"put aside after {deaths} deaths, before it had ended the process three times"
    assert place
    writer.write(3)
    rig.recovered()
    held = {id_ for (id_,) in rig.rows(consumer, "select event_id from parked_event")}
    touched = {id_ for (ids,) in rig.rows(consumer, "select touched from parked_event") for id_ in ids}
    assert event in held and poison.id in touched
    rig.kill(consumer)
    rig.start(consumer)
    rig.deployed.kinward("parked", "retry", "--consumer", consumer)
    return Expected()
