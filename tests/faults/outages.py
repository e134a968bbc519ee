"""Servers and machines that go away and come back: the broker, PostgreSQL, a process without time.

Not here: a source that comes back from a backup (restores).
"""

import time
from random import Random

from tests.e2e import running
from tests.e2e.running import until
from tests.faults.rig import CONSUMERS, Rig
from tests.faults.trial import Fault
from tests.faults.writing import Steady, Writer


def broker_killed(rig: Rig, writer: Writer, random: Random) -> None:
    """The node is killed while events flow; what is written meanwhile waits in the logs."""
    with Steady(writer, 100, rig.told):
        time.sleep(random.uniform(0.5, 2))
        rig.servers.node.kill()
    writer.write(random.randint(1, 5))
    rig.servers.node.start()
    writer.write(2)


def broker_killed_without_sources(rig: Rig, writer: Writer, random: Random) -> None:
    """The node is killed with messages in it whose sources are away: it comes back with every one of them."""
    consumer = random.choice(rig.consumers)
    sources = [name for name in CONSUMERS[consumer] if name != consumer]
    rig.recovered()
    rig.kill(consumer)
    writer.write(6)
    until(lambda: all(rig.published(source) for source in CONSUMERS[consumer]), "everything is published")
    for source in sources:
        rig.kill(source)
    rig.servers.node.kill()
    rig.servers.node.start()
    rig.start(consumer)
    rig.heard_all(consumer, sources)
    rig.start_all()


def postgresql_killed(rig: Rig, writer: Writer, random: Random) -> None:
    """A cluster is killed while events flow: registry's, or that of all others."""
    database = random.choice((rig.servers.records, rig.servers.rest))
    with Steady(writer, 100, rig.told):
        time.sleep(random.uniform(0.5, 2))
        database.kill()
        time.sleep(random.uniform(0.2, 1))
        database.start()
        time.sleep(0.5)


def frozen_longer_than_the_heartbeat(rig: Rig, writer: Writer, random: Random) -> None:
    """A worker stands still until the broker has given it up, and then goes on as if nothing had been."""
    service = random.choice(rig.services)
    writer.write(1)
    until(lambda: rig.queues.connections(service), "the broker knows the worker")
    rig.freeze(service)
    try:
        writer.write(random.randint(2, 6))
        until(lambda: not rig.queues.connections(service), "the broker gives it up")
    finally:
        rig.thaw(service)


def frozen_in_its_transaction(*pauses: float) -> Fault:
    """A consumer stands still before its commit, another takes over, the first awakes so much later and commits."""

    def fault(rig: Rig, writer: Writer, random: Random) -> None:
        service, second = random.choice(rig.consumers), "-second"
        writer.arrive(8)
        rig.recovered()
        rig.kill(service)
        before = rig.hits("consumer.applied")
        rig.start(service, failpoints="consumer.applied=stop@1")
        active = until(lambda: rig.queues.connections(service), "it is there")
        rig.start(service, replica=second)
        until(lambda: set(rig.queues.connections(service)) - set(active), "the other stands by")
        while rig.hits("consumer.applied") == before:
            writer.amend(8)  # changes what is there already: nothing but the lock keeps that from being made twice
        rig.queues.cut(service, *active)  # the broker gives up who stands still, sooner than by its heartbeat
        time.sleep(random.choice(pauses))
        rig.thaw(service)
        rig.recovered()
        rig.kill(service + second)
        rig.kill(service)
        rig.start(service)

    return fault


def database_errors_that_pass(rig: Rig, writer: Writer, random: Random) -> None:
    """The database is away for a consumer again and again, for a moment: it tries again in place."""
    service = random.choice(rig.consumers)
    rig.kill(service)
    before = rig.hits("consumer.applied")
    rig.start(service, failpoints=f"consumer.applied=transient@{random.randint(1, 3)}+", wait=False)
    until(lambda: writer.step() or rig.hits("consumer.applied") > before + 2, "the database is away")
    rig.kill(service)
    rig.start(service)


def many_reconnects(times: int, pause: float = 0.3) -> Fault:
    """The broker closes every connection of a consumer again and again, with messages in its hands."""

    def fault(rig: Rig, writer: Writer, random: Random) -> None:
        service = random.choice(rig.consumers)
        cut = 0
        with Steady(writer, 100, rig.told):
            while cut < times:
                cut += rig.queues.cut(service)
                time.sleep(random.uniform(0, pause))

    return fault


def queue_made_before_the_broker_dies(rig: Rig, writer: Writer, random: Random) -> None:
    """The node is killed right behind the making of a queue: RabbitMQ 3.10 brings that back without a leader."""
    consumer = random.choice(rig.consumers)
    inbox = f"{consumer}.inbox"
    rig.kill(consumer)
    rig.queues.delete(inbox)
    rig.start(consumer, wait=False)
    until(lambda: rig.queues.exists(inbox), "the queue is made anew")
    rig.servers.node.kill()
    writer.write(3)
    rig.servers.node.start()
    running.await_ready(rig.workers[consumer])
