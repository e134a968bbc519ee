"""Messages that go astray: queues deleted, overfull, unbound; messages twice, in another order, or unreadable.

Not here: processes and servers that end (kill_points, outages).
"""

import time
from random import Random

from tests.e2e.running import until
from tests.faults.invariants import Expected
from tests.faults.rig import CONSUMERS, Rig
from tests.faults.writing import Steady, Writer


def queue_deleted(rig: Rig, writer: Writer, random: Random) -> None:
    """A consumer's queue is deleted while 200 events a second flow; few catch-ups bring everything back meanwhile."""
    consumer = random.choice(rig.consumers)
    sample = f'kinward_stream_catch_up_requests_total{{consumer="{consumer}"'
    with Steady(writer, 200, rig.told) as flow:
        time.sleep(random.uniform(0.5, 1.5))
        before = rig.metric(consumer, sample)
        rig.queues.delete(f"{consumer}.inbox")
        time.sleep(random.uniform(3, 5))
        asked = rig.metric(consumer, sample) - before
    assert asked <= 3 * len(CONSUMERS[consumer]), f"{consumer} asked {asked:.0f} times, {flow.reached:.0f} events/s"


def far_behind_while_events_flow(rig: Rig, writer: Writer, random: Random) -> None:
    """A consumer has thousands to catch up while 200 events a second flow: one request a source, and it is level."""
    consumer = random.choice(rig.consumers)
    sources = CONSUMERS[consumer]
    rig.recovered()
    rig.kill(consumer)
    for _ in range(random.randint(8, 12)):
        writer.crowd(250)
    rig.queues.delete(f"{consumer}.inbox")
    with Steady(writer, 200, rig.told) as flow:
        rig.start(consumer)
        until(lambda: rig.nearly(consumer, "registry", 200), f"{consumer} comes near")
        time.sleep(2)
    rig.recovered()
    asked = rig.metric(consumer, f'kinward_stream_catch_up_requests_total{{consumer="{consumer}"')
    assert asked <= len(sources) + 1, f"{consumer} asked {asked:.0f} times, {flow.reached:.0f} events/s"


def last_message_lost(rig: Rig, writer: Writer, random: Random) -> None:
    """The newest message never reaches a consumer that is connected all the while, and nothing follows it."""
    consumer = random.choice(rig.consumers)
    source = random.choice(CONSUMERS[consumer])
    rig.recovered()
    rig.queues.bound(f"{consumer}.inbox", source, wanted=False)
    before = rig.heads()[source]
    while rig.heads()[source] == before:
        writer.step()
    until(lambda: rig.value(source, "select sequence = published from event_head"), "it is published")
    time.sleep(0.3)
    rig.queues.bound(f"{consumer}.inbox", source, wanted=True)


def inbox_full(rig: Rig, writer: Writer, random: Random) -> None:
    """A consumer is away for so long that its queue is full and drops the oldest messages."""
    consumer = random.choice(rig.consumers)
    inbox = f"{consumer}.inbox"
    rig.recovered()
    rig.queues.limit(inbox, 6_000)
    rig.kill(consumer)
    before = rig.told()
    writer.write(25)
    until(lambda: all(rig.published(source) for source in CONSUMERS[consumer]), "everything is published")
    held = sum(int(each.headers["last"]) - int(each.headers["first"]) + 1 for each in rig.queues.look(inbox))
    assert held < rig.told() - before, "messages were dropped"
    rig.queues.limit(inbox, None)
    rig.start(consumer)


def duplicates_and_reordering(rig: Rig, writer: Writer, random: Random) -> None:
    """Messages come twice, late, and in any order, between those that are new."""
    listener = rig.queues.eavesdrop(rig.sources)
    writer.write(12)
    rig.recovered()
    caught = [(each.body, dict(each.headers)) for each in rig.queues.drain(listener)]
    assert len(caught) > 8
    for consumer in rig.consumers:
        ours = [each for each in caught if each[1]["source"].rpartition(":")[2] in CONSUMERS[consumer]]
        again = [*ours, *random.sample(ours, len(ours) // 2)]
        random.shuffle(again)
        rig.queues.send(f"{consumer}.inbox", again)
    writer.write(3)
    rig.queues.delete(listener)


def reordered_before_they_are_known(rig: Rig, writer: Writer, random: Random) -> None:
    """What a consumer has not seen yet reaches it in a wrong order, and partly twice."""
    consumer = random.choice(rig.consumers)
    inbox = f"{consumer}.inbox"
    rig.recovered()
    rig.kill(consumer)
    writer.write(12)
    until(lambda: all(rig.published(source) for source in CONSUMERS[consumer]), "everything is published")
    waiting = [(each.body, dict(each.headers)) for each in rig.queues.drain(inbox)]
    assert len(waiting) > 5
    again = [*waiting, *random.sample(waiting, len(waiting) // 2)]
    random.shuffle(again)
    rig.queues.send(inbox, again)
    rig.start(consumer)


def placement_before_its_child(rig: Rig, writer: Writer, random: Random) -> None:
    """Everybody hears of a placement and a case first, and of the child only when registry's relay is there again."""
    rig.recovered()
    rig.kill("registry")
    new = writer.arrive(random.randint(3, 12), placed_first=random.random() < 0.5)
    ids = [each.id for each in new]
    heard = "select count(*) from episode where child = any(:ids) and started"
    until(lambda: rig.value("reporting", heard, ids=ids) == len(ids), "reporting knows the placements")
    assert rig.value("reporting", "select count(*) from child where id = any(:ids)", ids=ids) == 0
    assert rig.value("placements", "select count(*) from whereabouts where child = any(:ids) and not confirmed",
                     ids=ids) == len(ids)  # fmt: skip
    rig.start("registry")


def permuted_sources(rig: Rig, writer: Writer, random: Random) -> None:
    """The sources reach the consumers one after another, in an order that is drawn: the figures are the same."""
    rig.recovered()
    for source in rig.sources:
        rig.kill(source)
    writer.write(20)
    for source in random.sample(rig.sources, len(rig.sources)):
        rig.start(source)
        until(lambda source=source: rig.published(source), f"{source} has told")
        time.sleep(0.3)


def undecodable_once(rig: Rig, writer: Writer, random: Random) -> None:
    """A body that is garbage under right headers: asked for once more, and then it comes as it should."""
    consumer, source = _next_is_garbage(rig, writer, random)
    rig.thaw(source)
    assert consumer


def undecodable_twice(rig: Rig, writer: Writer, random: Random) -> None:
    """The same garbage again: kept raw, the source stops alone, and goes on when a person says so."""
    consumer, source = _next_is_garbage(rig, writer, random)
    headers = _headers(rig, consumer, source)
    rig.queues.send(f"{consumer}.inbox", [(b"\xffmore garbage", headers)])
    state = "select reason from watermark where source = :source and state = 'stopped'"
    until(lambda: rig.value(consumer, state, source=rig.source(source)), "the source stops")
    assert rig.value(consumer, state, source=rig.source(source)) == "undecodable"
    kept = rig.value(consumer, "select body from parked_event where kind = 'undecodable'")
    assert bytes(kept) == b"\xffmore garbage"
    rig.thaw(source)
    others = dict(rig.rows(consumer, "select source, state from watermark"))
    assert [name for name, state in others.items() if state == "stopped"] == [rig.source(source)]
    time.sleep(1)
    rig.deployed.kinward("stream", "resume", consumer, source)


def _next_is_garbage(rig: Rig, writer: Writer, random: Random) -> tuple[str, str]:
    """The next message of a source, at a consumer, is garbage; the source's own worker stands still."""
    consumer = random.choice(rig.consumers)
    source = random.choice([each for each in CONSUMERS[consumer] if each != consumer])
    rig.recovered()
    rig.freeze(source)
    before = rig.heads()[source]
    while rig.heads()[source] == before:
        writer.step()
    sample = f'kinward_stream_undecodable_messages_total{{consumer="{consumer}",source="{source}"}}'
    seen = rig.metric(consumer, sample)
    rig.queues.send(f"{consumer}.inbox", [(b"\xffgarbage", _headers(rig, consumer, source))])
    until(lambda: rig.metric(consumer, sample) > seen, "the garbage is seen")
    return consumer, source


def _headers(rig: Rig, consumer: str, source: str) -> dict[str, str | int]:
    ((epoch, sequence, id_),) = rig.rows(
        consumer, "select epoch, sequence, event_id from watermark where source = :source", source=rig.source(source)
    )
    place = {"first": sequence + 1, "last": sequence + 1, "previousid": str(id_)}
    return {"source": rig.source(source), "epoch": str(epoch), **place}


NOTHING = Expected()
