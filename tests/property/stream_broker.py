"""The broker of the small world, and what a process is there.

A process works in turns; it may be left standing, or cut off, wherever a turn says `yield`.
"""

from collections import deque
from collections.abc import Iterator
from uuid import UUID

from shared import envelope
from shared.broker import BrokerUnavailable, Message, Outcome
from shared.event_log.replay import Request

INBOX = 10
"""Messages that the inbox holds."""


class Channel:
    """A consumer's channel: what it was given and has not acknowledged."""

    def __init__(self) -> None:
        self.unacknowledged: list[Message] = []


class Broker:
    """An inbox that drops its oldest when full, a queue of requests, and what happens to the next publishing."""

    def __init__(self) -> None:
        self.inbox: deque[Message] = deque()
        self.requests: list[bytes] = []
        self.channels: list[Channel] = []
        self.declared = False
        self.nack: int | None = None
        self.cut: int | None = None
        self.confirmed: set[UUID] = set()
        self.sent: list[Message] = []
        self.acknowledged: set[int] = set()

    def publish(self, messages: list[Message]) -> list[Outcome]:
        """Answers for each; the message at `nack` is not taken, and at `cut` the connection ends before any answer."""
        nack, cut, self.nack, self.cut = self.nack, self.cut, None, None
        taken = [message for n, message in enumerate(messages[:cut]) if n != nack]
        self.sent += taken
        if self.declared:
            self.put(taken)
        if cut is not None:
            raise BrokerUnavailable("the connection is lost")
        self.confirmed |= {event.id for message in taken for event in envelope.decode_batch(message.body)}
        good = Outcome.CONFIRMED if self.declared else Outcome.RETURNED
        return [Outcome.NACKED if n == nack else good for n in range(len(messages))]

    def put(self, messages: list[Message]) -> None:
        self.inbox += messages
        while len(self.inbox) > INBOX:
            self.inbox.popleft()

    def open(self) -> Channel:
        self.declared = True
        self.channels.append(Channel())
        return self.channels[-1]

    def close(self, channel: Channel | None) -> None:
        """Everything not acknowledged goes back to where it was."""
        if channel in self.channels:
            self.channels.remove(channel)
            self.inbox.extendleft(reversed(channel.unacknowledged))

    def take(self, channel: Channel, most: int) -> list[Message]:
        """What is there, for the oldest channel alone; raises BrokerUnavailable."""
        self._check(channel)
        if channel is not self.channels[0]:
            return []
        taken = [self.inbox.popleft() for _ in range(min(most, len(self.inbox)))]
        channel.unacknowledged += taken
        return taken

    def acknowledge(self, channel: Channel, messages: list[Message]) -> None:
        """These are done with; raises BrokerUnavailable."""
        self._check(channel)
        channel.unacknowledged = channel.unacknowledged[len(messages) :]
        self.acknowledged |= {id(message) for message in messages}

    def ask(self, channel: Channel, request: Request) -> None:
        self._check(channel)
        self.requests.append(request.encode())

    def _check(self, channel: Channel) -> None:
        if channel not in self.channels:
            raise BrokerUnavailable("the channel is closed")


class Process:
    """Something that works in turns, and each turn in steps."""

    def __init__(self) -> None:
        self._turn: Iterator[None] | None = None

    def turn(self) -> Iterator[None]:
        """One turn; each `yield` is a place where it may stand still or end."""
        raise AssertionError

    def end(self) -> None:
        """The process ends, or its connections do: what it had in hand is gone."""
        self._turn = None

    def step(self) -> bool:
        """Go on to the next `yield`; False when the turn is over."""
        self._turn = self._turn or self.turn()
        try:
            next(self._turn)
            return True
        except StopIteration:
            self._turn = None
        except BrokerUnavailable:
            self.end()
        return False

    def go(self, steps: int) -> None:
        """Go on by so many steps, at most to the end of the turn."""
        for _ in range(steps):
            if not self.step():
                return

    def work(self) -> None:
        """Go on to the end of the turn, or until it is clear that it waits for somebody."""
        self.go(20)
