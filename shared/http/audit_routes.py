"""GET /<service>/audit: the service's audit log, for whoever holds <service>.audit.read. Reading it is audited."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from shared import audit
from shared.http.access import audit_read, requires
from shared.http.blueprint import Blueprint
from shared.http.paging import PageQuery, decode_cursor, page, page_schema
from shared.http.work import reading


class AuditQuery(PageQuery):
    """What to look for: rows about a subject, by an actor, of an outcome."""

    subject = fields.UUID(load_default=None)
    actor = fields.String(load_default=None, validate=validate.Length(max=200))
    outcome = fields.String(load_default=None, validate=validate.OneOf([audit.DONE, audit.DENIED, audit.REFUSED]))


class AuditEntry(Schema):
    """One row of the audit log."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    actor = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    action = fields.String(required=True)
    subject = fields.UUID(required=True, allow_none=True)
    outcome = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    correlation_id = fields.UUID(required=True)
    detail = fields.Dict(required=True)


def audit_blueprint(service: str) -> Blueprint:
    """The audit route of a service, to stand among its blueprints."""
    blueprint = Blueprint("audit", __name__, description="Who did, read or was denied what.")

    @blueprint.get("/audit")  # type: ignore[untyped-decorator]
    @requires(f"{service}.audit.read")
    @blueprint.arguments(AuditQuery, location="query")  # type: ignore[untyped-decorator]
    @blueprint.response(200, page_schema(AuditEntry))  # type: ignore[untyped-decorator]
    def read_audit(query: dict[str, Any]) -> dict[str, Any]:
        """Rows of the audit log, newest first."""
        after = decode_cursor(query["cursor"], UUID)
        with reading() as session:
            rows = audit.read(
                session,
                query["limit"] + 1,
                before=after[0] if after else None,
                subject=query["subject"],
                actor=query["actor"],
                outcome=query["outcome"],
            )
        audit_read(query["subject"])
        return page(rows, query["limit"], key=lambda row: (row.id,))

    return blueprint
