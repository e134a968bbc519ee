"""What an event looks like on the wire: CloudEvents 1.0 in JSON, one or a batch.

Belongs here: the attributes every event has, and their text form. Not here: what `data` may hold (event_schema),
where events are kept (event_log) and how they travel (broker, stream).
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from shared.errors import Invalid

BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Undecodable(Invalid):
    """A body that is no CloudEvents batch of ours, or that contradicts itself."""

    code = "undecodable-event"
    title = "Event cannot be decoded"


class Event(msgspec.Struct, frozen=True):
    """A fact that happened, with its place (source, epoch, sequence) in the stream. `data` is None when erased."""

    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    data: Mapping[str, Any] | None
    epoch: UUID
    sequence: int
    subject_version: int
    correlation_id: UUID
    causation_id: UUID | None


def source_urn(deployment: str, service: str) -> str:
    """Name the stream of one service of one deployment; raises Invalid for a name that could not stand in a URN."""
    for field, name in (("deployment", deployment), ("service", service)):
        if not _NAME.fullmatch(name):
            raise Invalid(f"{field} is not a plain lower-case name", field=field, rule="plain-name")
    return f"urn:kinward:{deployment}:{service}"


def data_text(data: Mapping[str, Any] | None) -> str | None:
    """The JSON text of an event's data, without spaces; None stays None."""
    return None if data is None else json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def time_text(time: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as PostgreSQL keeps them."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def assemble(
    source: str,
    epoch: str,
    sequence: int,
    id: str,
    type: str,
    subject: str,
    subject_version: int,
    time: str,
    correlation_id: str,
    causation_id: str | None,
    data: str | None,
    traceparent: str | None = None,
) -> str:
    """Put one CloudEvent together from parts that are text already.

    By string assembly: the relay passes on what PostgreSQL wrote without parsing it, several times faster than through
    a dict. Safe because no part but `data` (JSON already) can hold a quote: they are UUIDs, numbers, our URN, and
    types, which the table's CHECK keeps to plain characters.
    """
    cause = "" if causation_id is None else f'"causationid":"{causation_id}",'
    trace = "" if traceparent is None else f'"traceparent":"{traceparent}",'
    body = "" if data is None else f',"datacontenttype":"application/json","data":{data}'
    return (
        f'{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{type}","subject":"{subject}","time":"{time}",'
        f'"epoch":"{epoch}","sequence":"{sequence:020d}","subjectversion":{subject_version},{cause}{trace}'
        f'"correlationid":"{correlation_id}"{body}}}'
    )


def join_batch(events: Iterable[str]) -> bytes:
    """CloudEvents that are text already, as one batch body."""
    return f"[{','.join(events)}]".encode()


def encode_batch(events: Iterable[Event]) -> bytes:
    """Events in CloudEvents' JSON Batch Format."""
    return join_batch(
        assemble(
            event.source,
            str(event.epoch),
            event.sequence,
            str(event.id),
            event.type,
            str(event.subject),
            event.subject_version,
            time_text(event.time),
            str(event.correlation_id),
            None if event.causation_id is None else str(event.causation_id),
            data_text(event.data),
        )
        for event in events
    )


def to_cloudevent(event: Event) -> dict[str, Any]:
    """One event as a CloudEvents JSON object; an erased one has no `data`."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": event.source,
        "type": event.type,
        "subject": str(event.subject),
        "time": time_text(event.time),
        "epoch": str(event.epoch),
        "sequence": f"{event.sequence:020d}",
        "subjectversion": event.subject_version,
        "correlationid": str(event.correlation_id),
    }
    if event.causation_id is not None:
        attributes["causationid"] = str(event.causation_id)
    if event.data is not None:
        attributes |= {"datacontenttype": "application/json", "data": dict(event.data)}
    return attributes


class _Attributes(msgspec.Struct):
    """The attributes of a CloudEvent as JSON holds them, checked while they are read; others are passed over."""

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: UUID
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    epoch: UUID
    sequence: str
    subjectversion: int
    correlationid: UUID
    causationid: UUID | None = None
    data: dict[str, Any] | None = None

    def event(self) -> Event:
        """By position: a batch is read event by event, and names cost a third of it."""
        return Event(
            self.id,
            self.source,
            self.type,
            self.subject,
            self.time,
            self.data,
            self.epoch,
            int(self.sequence),
            self.subjectversion,
            self.correlationid,
            self.causationid,
        )


_BATCH = msgspec.json.Decoder(list[_Attributes])
_RULES = {"specversion": "cloudevents-1.0", "time": "rfc-3339", "data": "json-object"}
_AT_FAULT = re.compile(rf"at `\$(?:\[\d+])?\.({'|'.join(_Attributes.__struct_fields__)})`$")


def from_cloudevent(attributes: Mapping[str, Any]) -> Event:
    """Read one CloudEvents JSON object; raises Undecodable without quoting what it held."""
    try:
        return msgspec.convert(dict(attributes), _Attributes).event()
    except (msgspec.ValidationError, ValueError) as error:
        refusal = _refused(error)
    raise refusal


def decode_batch(body: bytes) -> list[Event]:
    """Read a CloudEvents batch; raises Undecodable without quoting what it held."""
    try:
        return [attributes.event() for attributes in _BATCH.decode(body)]
    except (msgspec.DecodeError, ValueError) as error:
        refusal = _refused(error)
    raise refusal


def _refused(error: Exception) -> Undecodable:
    """What to say instead of `error`, whose text may quote a value: the attribute at fault, where it is one of ours."""
    found = _AT_FAULT.search(str(error)) if isinstance(error, msgspec.ValidationError) else None
    if found is not None:
        return Undecodable(f"{found[1]} is malformed", field=found[1], rule=_RULES.get(found[1], "cloudevents-1.0"))
    if isinstance(error, msgspec.ValidationError):
        return Undecodable("the body is not a batch of CloudEvents, or an attribute is missing", rule="cloudevents-1.0")
    if isinstance(error, msgspec.DecodeError):
        return Undecodable("the body is not JSON", rule="json")
    return Undecodable("sequence is malformed", field="sequence", rule="cloudevents-1.0")
