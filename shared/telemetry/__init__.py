"""Traces: which page asked which service, which event followed, who handled it, down to the figure. Off by default.

Belongs here: what a span is, where it stands, and what may be said in it; the standard library alone, so that it costs
nothing to import. Not here: sending spans (otlp), which needs `kinward[telemetry]`.

The trace's id is the correlation id that events carry anyway, and a span's id follows from the event's and from who
handles it. So the log needs no column for it, and each process knows its spans' parents without having heard of them.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared import ids

MOST = 100
"""Spans of single events in one transaction; what a bulk writes more is not told one by one."""
ALLOWED = frozenset({
    "http.request.method", "http.response.status_code", "http.route", "kinward.consumer", "kinward.event.type",
    "kinward.service", "messaging.batch.message_count", "messaging.destination.name", "messaging.operation.type",
    "messaging.system", "server.service",
})  # fmt: skip
"""What may be said in a span: names of the code, numbers. Never an id, a value, a person, an address."""
HEADER = "traceparent"
RELAY = "relay"
_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_PLAIN = re.compile(r"[A-Za-z0-9_./<>:-]{1,200}")


class Kind(StrEnum):
    """What a span is in OpenTelemetry's words."""

    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Place:
    """A span as others refer to it."""

    trace: UUID
    span: int

    @property
    def traceparent(self) -> str:
        """W3C Trace Context's header."""
        return f"00-{self.trace.hex}-{self.span:016x}-01"


@dataclass(frozen=True)
class Span:
    """One piece of work that is done. Times are nanoseconds since 1970."""

    name: str
    kind: Kind
    place: Place
    parent: int | None
    begun: int
    ended: int
    attributes: Mapping[str, str | int]
    failed: bool = False


class Recorder(Protocol):
    """Where spans go."""

    def record(self, span: Span) -> None:
        """Take one; must not wait for anybody."""

    def close(self) -> None:
        """Send what is left."""


_current: ContextVar[Place | None] = ContextVar("place", default=None)
_recorders: list[Recorder] = []


def install(recorder: Recorder) -> None:
    """Send spans there from now on. For process starts and tests."""
    _recorders.append(recorder)


def uninstall() -> None:
    """Send what is left, and no more."""
    while _recorders:
        _recorders.pop().close()


def on() -> bool:
    """Whether anybody takes spans."""
    return bool(_recorders)


def now() -> int:
    """Nanoseconds since 1970."""
    return time.time_ns()


def current() -> Place | None:
    """The span that this thread or greenlet is in."""
    return _current.get()


def enter(place: Place | None) -> None:
    """From here on this thread or greenlet is in that span, or in none."""
    _current.set(place)


def read(header: str) -> Place | None:
    """What a traceparent header says; None where it says nothing."""
    found = _FORM.fullmatch(header)
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return Place(UUID(hex=found[1]), int(found[2], 16))


def new_span() -> int:
    """A span's id."""
    return int.from_bytes(os.urandom(8)) | 1


def of_event(id_: UUID) -> int:
    """The span in which an event was written."""
    return id_.int & (1 << 64) - 1


def of_handling(who: str, id_: UUID) -> int:
    """The span in which somebody handled an event: whoever asks gets the same."""
    return int.from_bytes(hashlib.sha256(f"{who}|{id_}".encode()).digest()[:8]) | 1


def traceparent_of(correlation: str, event: str) -> str:
    """The CloudEvents extension `traceparent` of a published event."""
    return Place(UUID(correlation), of_handling(RELAY, UUID(event))).traceparent


def record(span: Span) -> None:
    """Hand a span to who takes it, without what may not be said in it."""
    said = {name: value for name, value in span.attributes.items() if name in ALLOWED and _plain(value)}
    for recorder in _recorders:
        recorder.record(replace(span, attributes=said))


def _plain(value: str | int) -> bool:
    return isinstance(value, int) or _PLAIN.fullmatch(value) is not None


@contextmanager
def within(name: str, kind: Kind, attributes: Mapping[str, str | int]) -> Iterator[Place | None]:
    """A span around a block, below the current one; None where nobody takes spans."""
    if not on():
        yield None
        return
    before, begun = current(), now()
    place = Place(before.trace if before else ids.new_id(), new_span())
    enter(place)
    failed = True
    try:
        yield place
        failed = False
    finally:
        enter(before)
        record(Span(name, kind, place, before.span if before else None, begun, now(), attributes, failed))
