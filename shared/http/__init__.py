"""The HTTP frame of every service: Flask and flask-smorest, with what every route needs settled once.

A service's api.py looks like this, the decorators in this order:

    from shared import http

    blueprint = http.Blueprint("parcels", __name__)

    @blueprint.post("/parcels")
    @http.requires("toys.parcel.register")
    @blueprint.arguments(schemas.RegisterParcel)
    @blueprint.response(201, http.Receipt)
    def register_parcel(command):
        with http.transaction() as uow:
            return uow.execute(handlers.register_parcel, command)

    @blueprint.get("/parcels/<uuid:parcel_id>")
    @http.requires("toys.parcel.read", audits="parcel_id")
    @blueprint.response(200, schemas.Parcel)
    def read_parcel(parcel_id):
        with http.reading() as session:
            parcel = views.parcel(session, parcel_id)
            http.require_scope(http.BelongsTo(area=parcel.area))
            http.etag(parcel.version)
            return parcel

    @blueprint.patch("/parcels/<uuid:parcel_id>")
    @http.requires("toys.parcel.amend", audits="parcel_id")
    @blueprint.arguments(schemas.AmendParcel)
    @blueprint.response(200, http.Receipt)
    def amend_parcel(change, parcel_id):
        with http.transaction() as uow:
            http.require_version(uow.parcels.get(parcel_id))
            return uow.execute(handlers.amend_parcel, commands.AmendParcel(parcel_id, **change))

    @blueprint.post("/parcels/search")
    @http.requires("toys.parcel.search", safe=True)
    @blueprint.arguments(schemas.SearchParcels)
    @blueprint.response(200, http.page_schema(schemas.Parcel))
    def search_parcels(query):
        with http.reading() as session:
            after = http.decode_cursor(query["cursor"], UUID)
            rows = views.search(session, http.reach(), after, query["limit"] + 1)
            found = http.page(rows, query["limit"], key=lambda row: (row.id,))
            http.audit_read(*(row.id for row in found["items"]))
            return found

What the frame does by itself: everything lives under /<service>; a route that names no permission does not start; 401,
403, 413, 415, 428 come before the body is read; every POST that changes something needs an Idempotency-Key, every PUT,
PATCH and DELETE an If-Match; one commit, after the answer was made; errors as problem+json; denials, domain refusals
and reads of what `audits` names go into the audit log (commands by uow.execute).

Not here: nameko and eventlet, and any business noun.
"""

from shared.auth import BelongsTo, OutOfScope
from shared.http.access import (
    after_reading,
    audit_mark,
    audit_read,
    by_area,
    fields_of,
    in_scope,
    owners_by_area,
    public,
    reach,
    reads,
    require_scope,
    requires,
    takes_version,
)
from shared.http.app import create_app, openapi_json
from shared.http.audit_routes import audit_blueprint
from shared.http.blueprint import Blueprint
from shared.http.fields import AreaField, CodeField, MadeAt, Receipt, Several, acting, refusal
from shared.http.openapi import Problem
from shared.http.paging import PageQuery, decode_cursor, encode_cursor, page, page_schema
from shared.http.preconditions import etag, if_match, require_version
from shared.http.problems import MEDIA_TYPE as PROBLEM
from shared.http.problems import Malformed
from shared.http.root import RootApp, root_app
from shared.http.routing import RouteInfo, routes
from shared.http.rule_routes import rule_blueprint
from shared.http.service import ServiceHttp, pack, service
from shared.http.state import context, principal
from shared.http.stream_routes import stream_blueprint
from shared.http.streaming import audit_now, reading_while_streaming, streamed
from shared.http.work import reading, session, transaction

__all__ = [
    "PROBLEM",
    "AreaField",
    "BelongsTo",
    "Blueprint",
    "CodeField",
    "MadeAt",
    "Malformed",
    "OutOfScope",
    "PageQuery",
    "Problem",
    "Receipt",
    "RootApp",
    "RouteInfo",
    "ServiceHttp",
    "Several",
    "acting",
    "after_reading",
    "audit_blueprint",
    "audit_mark",
    "audit_now",
    "audit_read",
    "by_area",
    "context",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "fields_of",
    "if_match",
    "in_scope",
    "openapi_json",
    "owners_by_area",
    "pack",
    "page",
    "page_schema",
    "principal",
    "public",
    "reach",
    "reading",
    "reading_while_streaming",
    "reads",
    "refusal",
    "require_scope",
    "require_version",
    "requires",
    "root_app",
    "routes",
    "rule_blueprint",
    "service",
    "session",
    "stream_blueprint",
    "streamed",
    "takes_version",
    "transaction",
]
