"""A relay and a consumer that never run out of work, beside a greenlet that asks for its turn: run by its test."""

import eventlet

eventlet.monkey_patch(psycopg=False)

import threading  # noqa: E402  nothing may be imported before the patch

from shared.event_log.relay import Relay  # noqa: E402
from shared.stream.consumer import Consumer  # noqa: E402

TURNS = 50


class Busy:
    """Counts its turns and stops after TURNS of them."""

    def __init__(self):
        self.stop = threading.Event()
        self.turns = 0

    def work(self, *_):
        self.turns += 1
        if self.turns == TURNS:
            self.stop.set()


def relaying(busy):
    relay = Relay(None, None, "kz", "registry")
    relay._serve_elected = lambda stop: Relay._relay(relay, Elected(), stop)
    relay.turn = lambda: busy.work() is None
    relay.serve(busy.stop)


class Elected:
    def stand(self):
        return True


def consuming(busy):
    consumer = Consumer(None, None, "kz", "reporting", sources=[], applier=None)
    consumer.turn, consumer._look = busy.work, lambda: None
    consumer.serve(busy.stop)


def turns_of_others(serve):
    ticks, busy = 0, Busy()
    greenlet = eventlet.spawn(serve, busy)
    while not busy.stop.is_set():
        eventlet.sleep(0)
        ticks += 1
    greenlet.wait()
    return ticks


if __name__ == "__main__":
    print(*(turns_of_others(serve) >= TURNS // 2 for serve in (relaying, consuming)))
