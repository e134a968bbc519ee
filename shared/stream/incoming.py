"""A message as the stream sees it: a run of consecutive events of one source, its place told by the headers.

The body is decoded only when its events are needed; most duplicates and everything ahead never are.
"""

from dataclasses import dataclass
from uuid import UUID

from shared import envelope
from shared.broker import Delivery
from shared.envelope import Event, Undecodable


@dataclass(frozen=True, slots=True)
class Run:
    """Events `first` to `last` of (source, epoch), after the event `previous_id`; a head tick when there are none."""

    source: str
    epoch: UUID
    first: int
    last: int
    previous_id: UUID | None
    body: bytes

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
        first, last = headers["first"], headers["last"]
        previous = str(headers["previousid"])
        if not isinstance(first, int) or not isinstance(last, int) or not 1 <= first <= last + 1:
            raise Undecodable("the headers tell no place", rule="headers")
        return Run(
            source=str(headers["source"]),
            epoch=UUID(str(headers["epoch"])),
            first=first,
            last=last,
            previous_id=UUID(previous) if previous else None,
            body=delivery.body,
        )
    except (KeyError, ValueError):
        raise Undecodable("the headers tell no place", rule="headers") from None
