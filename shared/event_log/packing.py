"""How a run of events becomes messages: at most 500 events and 256 KiB each, with headers that tell its place.

Pure. The consumer reads the headers first and most often needs nothing else.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from shared import envelope
from shared.broker import Message
from shared.event_log.log import Written

MOST_EVENTS = 500
MOST_BYTES = 256 * 1024


def pack(
    events: Sequence[Written], previous_id: str, *, source: str, epoch: UUID, exchange: str = "", routing_key: str = ""
) -> Iterator[Message]:
    """Consecutive events as messages in order; `previous_id` is the id of the event before the first, "" for none.

    An event larger than a message may be goes alone.
    """
    start, size = 0, 2
    for place, event in enumerate(events):
        length = len(event.text.encode()) + 1
        if place > start and (place - start == MOST_EVENTS or size + length > MOST_BYTES):
            yield _message(events[start:place], previous_id, source, epoch, exchange, routing_key)
            previous_id = events[place - 1].id
            start, size = place, 2
        size += length
    if events:
        yield _message(events[start:], previous_id, source, epoch, exchange, routing_key)


def head_tick(
    head: int, head_id: str, *, source: str, epoch: UUID, exchange: str = "", routing_key: str = ""
) -> Message:
    """An empty batch that stands right behind the published head: who is not there yet has missed something."""
    headers = _headers(source, epoch, head + 1, head, head_id)
    return Message(exchange, b"[]", headers, routing_key, envelope.BATCH_CONTENT_TYPE)


def _message(
    events: Sequence[Written], previous_id: str, source: str, epoch: UUID, exchange: str, routing_key: str
) -> Message:
    headers = _headers(source, epoch, events[0].sequence, events[-1].sequence, previous_id)
    body = envelope.join_batch(event.text for event in events)
    return Message(exchange, body, headers, routing_key, envelope.BATCH_CONTENT_TYPE)


def _headers(source: str, epoch: UUID, first: int, last: int, previous_id: str) -> dict[str, str | int]:
    return {"source": source, "epoch": str(epoch), "first": first, "last": last, "previousid": previous_id}
