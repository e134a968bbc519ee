"""The hub over HTTP: bundles come in, receipts go out; the figures of all reporters. Not here: own figures (api)."""

from dataclasses import asdict
from typing import Any, cast

from flask import Response, request
from joserfc.jwk import OKPKey

from services.reporting import commands, handlers, hub_views, schemas, trust
from services.reporting.domain import NoSigningKey
from services.reporting.exchange import sdmx_csv
from services.reporting.federation.archive import SIZE_LIMIT
from shared import http
from shared.config import Settings
from shared.errors import Unavailable
from shared.ids import new_id

RECEIPT = "application/jose+json"

blueprint = http.Blueprint("hub", __name__, url_prefix="/hub", description="Figures of other deployments")


@blueprint.post("/bundles")
@http.requires("reporting.bundle.ingest", idempotent=False, accepts=("application/zip",), max_body=SIZE_LIMIT)
@blueprint.response(201, content_type=RECEIPT, schema={"type": "object"})
def ingest_bundle() -> Response:
    """Take a bundle in; the answer is its signed receipt, whatever the verdict; the same bundle, the same receipt."""
    settings = cast(Settings, http.service().settings)
    command = commands.IngestBundle(
        id=new_id(),
        raw=request.get_data(cache=False),
        hub=settings.deployment,
        demo=settings.demo,
        trusted=trust.read(settings.trusted_keys),
        key=_receipts_key(settings),
        **http.acting(),
    )
    with http.transaction() as uow:
        delivery = uow.execute(handlers.ingest_bundle, command)
        return Response(delivery.receipt, status=201, mimetype=RECEIPT)


def _receipts_key(settings: Settings) -> OKPKey:
    """Without it the sender is told to try later: its bundle is not at fault."""
    try:
        return trust.key_at_hand(settings.signing_key_file)
    except NoSigningKey as error:
        raise Unavailable(error.message, rule=error.rule, remedy=error.remedy) from error


@blueprint.get("/issuers/<issuer>/cursor")
@http.requires("reporting.bundle.ingest")
@blueprint.response(200, schemas.Cursor)
def read_cursor(issuer: str) -> dict[str, Any]:
    """What an issuer that was away should send next."""
    with http.reading() as session:
        return hub_views.cursor(session, issuer)


@blueprint.get("/figures")
@http.requires("reporting.hub.read")
@blueprint.arguments(schemas.HubFiguresQuery, location="query")
@blueprint.response(200, schemas.HubFigures)
def read_figures(query: dict[str, Any]) -> hub_views.SideBySide:
    """Countries side by side, one column for each period that a country has reported."""
    with http.reading() as session:
        return hub_views.side_by_side(session, http.pack(), **query)


@blueprint.get("/figures.csv")
@http.requires("reporting.hub.read")
@blueprint.response(200, content_type="text/csv", schema={"type": "string"})
def export_figures() -> Response:
    """UNICEF's table: SDMX-CSV 1.0, whole countries, UNICEF's codes only."""
    with http.reading() as session:
        cells = [cell for _, cell in hub_views.effective_cells(session)]
        return Response(sdmx_csv.write(cells), content_type=sdmx_csv.MEDIA_TYPE)


@blueprint.get("/completeness")
@http.requires("reporting.hub.read")
@blueprint.response(200, schemas.Completeness)
def read_completeness() -> dict[str, Any]:
    """Who has reported what, what came late, and what has not come."""
    today = http.acting()["today"]
    with http.reading() as session:
        found = hub_views.completeness(session, http.pack(), today)
        return {"items": [asdict(one) for one in found]}


@blueprint.get("/issuers/<issuer>/deliveries")
@http.requires("reporting.hub.read")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.DeliveryPage)
def list_deliveries(query: dict[str, Any], issuer: str) -> dict[str, Any]:
    """What came in an issuer's name and how it was judged, the newest first."""
    before = http.decode_cursor(query["cursor"], int)
    with http.reading() as session:
        rows = hub_views.deliveries(session, issuer, before[0] if before else None, query["limit"] + 1)
        return http.page(rows, query["limit"], key=lambda row: (row["hub_seq"],))


@blueprint.get("/deliveries/<int:hub_seq>/receipt")
@http.requires("reporting.hub.read")
@blueprint.response(200, content_type=RECEIPT, schema={"type": "object"})
def read_receipt(hub_seq: int) -> Response:
    """The receipt that the hub signed for one of its judgements."""
    with http.reading() as session:
        return Response(hub_views.receipt(session, hub_seq), mimetype=RECEIPT)
