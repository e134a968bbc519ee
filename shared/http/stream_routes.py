"""GET /<service>/stream and GET /<service>/parked: how the service's events go out and come in, for who runs it.

For whoever holds <service>.stream.read. Reading only: what to do about it is a command of the command line, where the
other side's database is at hand. A parked event names a child by its id, so reading the list is audited.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from shared.event_log import overview as log_overview
from shared.http.access import audit_read, requires
from shared.http.blueprint import Blueprint
from shared.http.paging import PageQuery, decode_cursor, page, page_schema
from shared.http.work import reading
from shared.stream import overview


class LogState(Schema):
    """The service's log: its epoch, how far it is written and how far published."""

    epoch = fields.UUID(required=True)
    ordinal = fields.Integer(required=True)
    reason = fields.String(required=True)
    begun_at = fields.AwareDateTime(required=True, format="iso")
    parent_epoch = fields.UUID(required=True, allow_none=True)
    parent_sequence = fields.Integer(required=True, allow_none=True)
    sequence = fields.Integer(required=True)
    published = fields.Integer(required=True)
    backlog = fields.Integer(required=True)


class SourceState(Schema):
    """Where the service stands with one source: the last event applied, what it knows of, what is put aside."""

    consumer = fields.String(required=True)
    source = fields.String(required=True)
    epoch = fields.UUID(required=True, allow_none=True)
    sequence = fields.Integer(required=True)
    head = fields.Integer(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    requested_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    consumer_reason = fields.String(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    blocked = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    undecodable = fields.Integer(required=True)
    blocked_ids = fields.Integer(required=True)


class StreamState(Schema):
    """Events out and events in."""

    log = fields.Nested(LogState, required=True)
    sources = fields.List(fields.Nested(SourceState), required=True)


class ParkedQuery(PageQuery):
    """What to look for: what one consumer has put aside."""

    consumer = fields.String(load_default=None, validate=validate.Length(max=100))


class ParkedEvent(Schema):
    """An event put aside: where it stands, what kind it is and why; never what it says."""

    consumer = fields.String(required=True)
    source = fields.String(required=True)
    epoch = fields.UUID(required=True)
    sequence = fields.Integer(required=True)
    last = fields.Integer(required=True)
    kind = fields.String(required=True)
    reason = fields.String(required=True)
    event_id = fields.UUID(required=True, allow_none=True)
    type = fields.String(required=True, allow_none=True)
    subject = fields.UUID(required=True, allow_none=True)
    waits_for = fields.UUID(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    parked_at = fields.AwareDateTime(required=True, format="iso")


def stream_blueprint(service: str) -> Blueprint:
    """The routes of a service, to stand among its blueprints."""
    blueprint = Blueprint("stream", __name__, description="How events go out and come in.")

    @blueprint.get("/stream")  # type: ignore[untyped-decorator]
    @requires(f"{service}.stream.read")
    @blueprint.response(200, StreamState)  # type: ignore[untyped-decorator]
    def read_stream() -> dict[str, Any]:
        """How far the log is published, and how far each source is applied."""
        with reading() as session:
            connection = session.connection()
            return {"log": log_overview.state(connection), "sources": overview.sources(connection)}

    @blueprint.get("/parked")  # type: ignore[untyped-decorator]
    @requires(f"{service}.stream.read")
    @blueprint.arguments(ParkedQuery, location="query")  # type: ignore[untyped-decorator]
    @blueprint.response(200, page_schema(ParkedEvent))  # type: ignore[untyped-decorator]
    def read_parked(query: dict[str, Any]) -> dict[str, Any]:
        """Events put aside, in the order of arrival."""
        after = decode_cursor(query["cursor"], int)
        with reading() as session:
            rows = overview.parked(
                session.connection(), query["limit"] + 1, after=after[0] if after else 0, consumer=query["consumer"]
            )
        shown = page(rows, query["limit"], key=lambda row: (row.place,))
        audit_read(*{row.subject for row in shown["items"] if row.subject is not None})
        return shown

    return blueprint
