"""A message as the stream sees it: a run of consecutive events of one source, its place told by the headers.

The body is decoded only when its events are needed; most duplicates and everything ahead never are.
"""

from dataclasses import dataclass
from uuid import UUID

from shared import envelope
from shared.broker import Delivery
from shared.envelope import Event, Undecodable


@dataclass(frozen=True, slots=True)
class Point:
    """A point in a source's history: right behind the event `event_id`; its beginning where there is no epoch."""

    epoch: UUID | None
    sequence: int
    event_id: UUID | None


@dataclass(frozen=True, slots=True)
class Run:
    """Events `first` to `last` of (source, epoch), after the event `previous_id`; a head tick when there are none.

    `parent`: where the run stands at the beginning of an epoch that followed another, the end of that one.
    `unknown`: the source's answer that it does not know this point, from which its events were asked for.
    """

    source: str
    epoch: UUID
    first: int
    last: int
    previous_id: UUID | None
    body: bytes
    parent: Point | None = None
    unknown: Point | None = None

    @property
    def count(self) -> int:
        """How many events it holds; none in a head tick."""
        return self.last - self.first + 1

    def events(self) -> list[Event]:
        """Decode the body; raises Undecodable, also where it contradicts the headers."""
        events = envelope.decode_batch(self.body)
        expected = range(self.first, self.last + 1)
        if [event.sequence for event in events] != list(expected):
            raise Undecodable("the body holds other events than its headers say", rule="headers")
        if any(event.source != self.source or event.epoch != self.epoch for event in events):
            raise Undecodable("the body is of another stream than its headers say", rule="headers")
        return events


def read_headers(delivery: Delivery) -> Run:
    """The run that a message holds; raises Undecodable for headers that tell no place."""
    try:
        headers = delivery.headers
        first, last, previous = _whole(headers["first"]), _whole(headers["last"]), _id(headers["previousid"])
        if not 1 <= first <= last + 1:
            raise Undecodable("the headers tell no place", rule="headers")
        parent = unknown = None
        if "parentepoch" in headers:
            parent = Point(_id(headers["parentepoch"]), _whole(headers["parentlast"]), previous)
        if "askedepoch" in headers:
            unknown = Point(_id(headers["askedepoch"]), _whole(headers["askedafter"]), _id(headers["askedid"]))
        epoch = UUID(str(headers["epoch"]))
        return Run(str(headers["source"]), epoch, first, last, previous, delivery.body, parent, unknown)
    except (KeyError, ValueError):
        raise Undecodable("the headers tell no place", rule="headers") from None


def _id(value: object) -> UUID | None:
    return UUID(str(value)) if value else None


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError
    return value
