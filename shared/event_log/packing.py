"""How a run of events becomes messages: at most 500 events and 256 KiB each, with headers that tell its place.

Pure. The consumer reads the headers first and most often needs nothing else.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from shared import envelope
from shared.broker import Message
from shared.event_log.epochs import Place
from shared.event_log.log import Written
from shared.event_log.replay import Request

MOST_EVENTS = 500
MOST_BYTES = 256 * 1024


def pack(
    events: Sequence[Written],
    previous_id: str,
    *,
    source: str,
    epoch: UUID,
    parent: Place | None = None,
    exchange: str = "",
    routing_key: str = "",
) -> Iterator[Message]:
    """Consecutive events as messages in order; `previous_id` is the id of the event before the first, "" for none.

    An event larger than a message may be goes alone. `parent` is what the epoch follows.
    """

    def message(events: Sequence[Written]) -> Message:
        headers = _headers(source, epoch, events[0].sequence, events[-1].sequence, previous_id, parent)
        body = envelope.join_batch(event.text for event in events)
        return Message(exchange, body, headers, routing_key, envelope.BATCH_CONTENT_TYPE)

    start, size = 0, 2
    for place, event in enumerate(events):
        length = len(event.text.encode()) + 1
        if place > start and (place - start == MOST_EVENTS or size + length > MOST_BYTES):
            yield message(events[start:place])
            previous_id = events[place - 1].id
            start, size = place, 2
        size += length
    if events:
        yield message(events[start:])


def head_tick(
    head: int,
    head_id: str,
    *,
    source: str,
    epoch: UUID,
    parent: Place | None = None,
    asked: Request | None = None,
    exchange: str = "",
    routing_key: str = "",
) -> Message:
    """An empty batch that stands right behind the published head: who is not there yet has missed something.

    With `asked` it is the answer to a request from a place that the log does not know.
    """
    headers = _headers(source, epoch, head + 1, head, head_id, parent)
    if asked is not None:
        headers |= {
            "askedepoch": str(asked.epoch or ""),
            "askedafter": asked.after,
            "askedid": str(asked.id or ""),
        }
    return Message(exchange, b"[]", headers, routing_key, envelope.BATCH_CONTENT_TYPE)


def _headers(
    source: str, epoch: UUID, first: int, last: int, previous_id: str, parent: Place | None
) -> dict[str, str | int]:
    headers: dict[str, str | int] = {
        "source": source,
        "epoch": str(epoch),
        "first": first,
        "last": last,
        "previousid": previous_id,
    }
    if first == 1 and parent is not None:
        headers |= {"parentepoch": str(parent.epoch), "parentlast": parent.sequence, "previousid": str(parent.id)}
    return headers
