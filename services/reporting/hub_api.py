"""The hub over HTTP: bundles come in, receipts go out; the figures of all reporters. Not here: own figures (api)."""

from dataclasses import asdict
from typing import Any, cast

from flask import Response, request

from services.reporting import commands, handlers, hub_views, schemas, trust
from services.reporting.exchange import sdmx_csv
from services.reporting.federation.archive import SIZE_LIMIT
from shared import http
from shared.config import Settings
from shared.countries import Pack
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
        key=trust.signing_key(settings.signing_key_file),
        **http.acting(),
    )
    with http.transaction() as uow:
        delivery = uow.execute(handlers.ingest_bundle, command)
        return Response(delivery.receipt, status=201, mimetype=RECEIPT)


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
        return hub_views.side_by_side(session, cast(Pack, http.service().codes), **query)


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
    """Who has reported what, and who has not."""
    with http.reading() as session:
        return {"items": [asdict(one) for one in hub_views.completeness(session, cast(Pack, http.service().codes))]}
