"""Changes to the shipped classes that break one thing on purpose, in a worker that tests.faults.mutant runs.

A mutation that a test does not see shows a hole in the test. Not here: which test must see which.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from shared import failpoints
from shared.envelope import Event


def every_relay_is_elected() -> None:
    """The advisory lock is taken away: whoever stands is elected."""
    from shared.event_log.election import Election
    from shared.event_log.log import CHANNEL

    def stand(self: Election) -> bool:
        if not self.won:
            with self._connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self.won = True
        return True

    Election.stand = stand  # type: ignore[method-assign]


def dies_of(event_id: str) -> None:
    """Whoever handles this event ends the process."""

    def mortal(apply: Callable[..., Any]) -> Callable[..., Any]:
        def applying(self: Any, events: Sequence[Event]) -> Any:
            done = apply(self, events)
            if any(str(event.id) == event_id for event in events):
                os._exit(failpoints.STATUS)
            return done

        return applying

    _around_apply(mortal)


def acknowledges_early() -> None:
    """Messages are acknowledged before their events are applied."""
    from shared.stream.consumer import Consumer

    take = Consumer._take

    def taking(self: Any, connection: Any, wait: float) -> Any:
        deliveries, runs = take(self, connection, wait)
        connection.acknowledge(deliveries)
        return [], runs

    Consumer._take = taking  # type: ignore[method-assign]


def never_acknowledges() -> None:
    """What was applied stays in the consumer's hands."""
    from shared.broker.rabbitmq import RabbitMQConnection

    acknowledge = RabbitMQConnection.acknowledge

    def acknowledging(self: Any, deliveries: Any) -> None:
        acknowledge(self, [each for each in deliveries if not each.queue.endswith(".inbox")])

    RabbitMQConnection.acknowledge = acknowledging  # type: ignore[method-assign]


def delivers_transiently() -> None:
    """Messages and queues live in the broker's memory alone."""
    import amqp

    from shared.broker import rabbitmq

    arguments, message = rabbitmq.arguments, amqp.Message

    def forgetting(*of: Any, **named: Any) -> Any:
        kept = ("x-single-active-consumer", "x-max-length-bytes", "x-overflow")
        return {name: value for name, value in arguments(*of, **named).items() if name in kept}

    def transient(body: bytes, **properties: Any) -> Any:
        return message(body, **properties | {"delivery_mode": 1})

    rabbitmq.arguments = forgetting
    rabbitmq.amqp.Message = transient


def never_asks() -> None:
    """No catch-up: what a queue has lost is lost."""
    from shared.stream.catch_up import CatchUp

    CatchUp.due = lambda self, now: False  # type: ignore[method-assign]


def never_ticks() -> None:
    """The relay sends no head ticks: who has missed the last message never learns of it."""
    from shared.event_log.relay import Relay

    Relay._tick = lambda self, connection, published: None  # type: ignore[method-assign]


def steps_over_gaps() -> None:
    """What is ahead is applied as if it were next."""
    from shared.stream import judgement
    from shared.stream.judgement import Standing

    standing = judgement.standing

    def careless(mark: Any, run: Any) -> Standing:
        where = standing(mark, run)
        if where is Standing.AHEAD and run.count:
            mark.epoch, mark.sequence, mark.event_id = run.epoch, run.first - 1, run.previous_id
            return Standing.NEXT
        return where

    judgement.standing = careless


def takes_no_lock() -> None:
    """The watermark is read without the lock of the consumer's row, and written blindly; limits are wide."""
    from shared import db
    from shared.stream import watermark

    db.LIMITS = "-c timezone=UTC"  # else what stands still for 10 s is ended, and the fault depends on the machine

    watermark._LOCK = watermark._LOCK.with_only_columns(*watermark._LOCK.selected_columns)
    watermark._LOCK._for_update_arg = None


def applies_backwards() -> None:
    """The events of a batch are applied last first."""
    _around_apply(lambda apply: lambda self, events: apply(self, list(reversed(events))))


def forgets_the_unknown() -> None:
    """What is said of a child that reporting has not heard of is dropped: the sources' order decides what is known."""
    from sqlalchemy import text

    def known_only(apply: Callable[..., Any]) -> Callable[..., Any]:
        def applying(self: Any, events: Sequence[Event]) -> Any:
            known = {id_ for (id_,) in self.connection.execute(text("select id from figures_a.child"))}
            known |= {event.subject for event in events if event.source.endswith(":registry")}
            of_child = [event for event in events if event.data and "child" in event.data]
            lost = {event.id for event in of_child if event.subject not in known}
            _, waits = apply(self, [event for event in events if event.id not in lost])
            return len(events), waits

        return applying

    _around_apply(known_only)


def forgets_some(kind: str) -> None:
    """Every third event of a type that ends so is not projected."""

    def forgetful(apply: Callable[..., Any]) -> Callable[..., Any]:
        def applying(self: Any, events: Sequence[Event]) -> Any:
            kept = [each for each in events if not (each.type.endswith(kind) and each.sequence % 3 == 0)]
            _, waits = apply(self, kept)
            return len(events), waits

        return applying

    _around_apply(forgetful)


def tells_before_it_is_so() -> None:
    """Events are committed before the rows that they tell of."""
    from shared import event_log
    from shared.db import make_unpooled_engine

    append = event_log.append

    def telling(connection: Any, entries: Any) -> int:
        engine = make_unpooled_engine(connection.engine.url.render_as_string(hide_password=False))
        with engine.begin() as other:
            return append(other, entries)

    event_log.append = telling


def tells_after_it_is_so() -> None:
    """Rows are committed before the events that tell of them."""
    from shared import event_log

    append = event_log.append

    def telling(connection: Any, entries: Any) -> int:
        connection.commit()
        failpoints.hit("log.appended")
        return append(connection, entries)

    event_log.append = telling


def tells_names() -> None:
    """An event about a child carries its name."""
    from shared.unit_of_work import SqlUnitOfWork

    entries = SqlUnitOfWork._entries

    def naming(self: Any) -> Any:
        facts = [root for _, _, root, _ in sorted(self._facts, key=lambda row: row[0])]
        named = entries(self)
        for root, entry in zip(facts, named, strict=True):
            if hasattr(root, "identity"):
                entry.data["family"] = root.identity.names[0].family
        return named

    SqlUnitOfWork._entries = naming  # type: ignore[method-assign]


def replays_beside() -> None:
    """What was asked for again is sent by a thread of its own on a channel of its own, beside the live messages."""
    import threading

    from shared.event_log.answering import Answering
    from shared.event_log.relay import Relay

    answer, begin = Answering.answer, Relay.__init__

    def beginning(self: Any, engine: Any, broker: Any, deployment: str, service: str) -> None:
        begin(self, engine, broker, deployment, service)
        self._answering.beside = broker

    def answering(self: Any, connection: Any, chain: Any, published: int, most: int) -> None:
        idle = not getattr(self, "sending", False)
        if idle and (self._requests or self._windows.open()):
            self.sending = True
            threading.Thread(target=_send_beside, args=(self, answer, chain, published)).start()

    Answering.answer = answering  # type: ignore[method-assign]
    Relay.__init__ = beginning  # type: ignore[method-assign]


def _send_beside(answering: Any, answer: Callable[..., None], chain: Any, published: int) -> None:
    connection = answering.beside.connect("beside")
    try:
        while answering._requests or answering._windows.open():
            answer(answering, connection, chain, published, 50)
            time.sleep(0.1)  # it has the channel for itself, but not the database and the broker
    finally:
        answering.sending = False
        connection.close()


def _around_apply(change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    from shared.stream import applier

    for work in (applier._HandlerWork, applier._ProjectionWork):
        work.apply = change(work.apply)  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[..., None]] = {
    each.__name__: each
    for each in (
        every_relay_is_elected,
        dies_of,
        acknowledges_early,
        never_acknowledges,
        delivers_transiently,
        never_asks,
        never_ticks,
        steps_over_gaps,
        takes_no_lock,
        applies_backwards,
        forgets_the_unknown,
        forgets_some,
        tells_before_it_is_so,
        tells_after_it_is_so,
        tells_names,
        replays_beside,
    )
}


def apply(name: str) -> None:
    """Make the mutation; what follows a colon is its argument."""
    which, _, argument = name.partition(":")
    MUTATIONS[which](*([argument] if argument else []))
