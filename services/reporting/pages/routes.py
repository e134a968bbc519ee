"""The addresses of the figures pages. With a token everywhere; without one only in demo mode on this very machine."""

import ipaddress
from typing import Any, cast

from flask import Response, render_template, request
from marshmallow import Schema, fields, validate

from services.reporting import hub_views, views
from services.reporting.exchange import sdmx_csv
from services.reporting.pages import country, hub
from shared import http
from shared.config import Settings
from shared.countries import Pack
from shared.errors import Unauthenticated

blueprint = http.Blueprint("pages", __name__, template_folder=".", description="Figures for people")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
DEMO = "demo mode on loopback only: invented children, aggregates, checked in the route"
CODE = validate.Regexp(r"^[A-Z0-9_-]{0,120}$")


class CountryQuery(Schema):
    """Which figures the page shows; what is left out is chosen for the reader."""

    period = fields.String(load_default=None, validate=validate.Regexp(r"^[12][0-9]{3}$"))
    indicator = fields.String(load_default=None, validate=CODE)
    area = fields.String(load_default="_T", validate=CODE)


class HubQuery(Schema):
    """Which part of the population the page compares."""

    sex = fields.String(load_default="_T", validate=validate.OneOf(["_T", "F", "M"]))
    age = fields.String(load_default="", validate=validate.OneOf(["", *hub.AGE_BANDS]))


@blueprint.get("/page")
@http.public(DEMO)
@blueprint.response(200, content_type="text/html", schema={"type": "string"})
def show_page() -> Response:
    """The figures page of the demo: a hub's, or a country's."""
    _demo_only()
    if _pack().kind == "hub":
        return _hub(_query(HubQuery), download="page/figures.csv")
    return _country(_query(CountryQuery))


@blueprint.get("/page/figures.csv")
@http.public(DEMO)
@blueprint.response(200, content_type="text/csv", schema={"type": "string"})
def download_figures() -> Response:
    """UNICEF's table, from the demo's page."""
    _demo_only()
    with http.reading() as session:
        cells = [cell for _, cell in hub_views.effective_cells(session)]
        return Response(sdmx_csv.write(cells), content_type=sdmx_csv.MEDIA_TYPE, headers=_as_file("figures.csv"))


@blueprint.get("/pages/figures")
@http.requires("reporting.figures.read")
@blueprint.response(200, content_type="text/html", schema={"type": "string"})
def show_figures() -> Response:
    """A country's figures page."""
    return _country(_query(CountryQuery))


@blueprint.get("/pages/hub")
@http.requires("reporting.hub.read")
@blueprint.response(200, content_type="text/html", schema={"type": "string"})
def show_hub() -> Response:
    """A hub's figures page."""
    return _hub(_query(HubQuery), download="../hub/figures.csv")


@blueprint.get("/pages/figures.css")
@http.public("a style sheet; it says nothing")
@blueprint.response(200, content_type="text/css", schema={"type": "string"})
def show_style() -> Response:
    """How the pages look."""
    with blueprint.open_resource("figures.css") as file:
        return Response(file.read(), mimetype="text/css")


def _country(query: dict[str, Any]) -> Response:
    pack = _pack()
    with http.reading() as session:
        periods = views.periods(session, pack)
        period = query["period"] or (periods[0] if periods else str(http.acting()["today"].year - 1))
        published = views.figures(session, pack, period)
        shown = country.page(published, pack, periods, query["indicator"], query["area"])
    return _html("country.html", shown | {"period": period})


def _hub(query: dict[str, Any], download: str) -> Response:
    pack = _pack()
    with http.reading() as session:
        found = hub_views.side_by_side(session, pack)
        reporters = hub_views.completeness(session, pack, http.acting()["today"])
    return _html("hub.html", hub.page(pack, found, reporters, query) | {"download": download})


def _html(template: str, shown: dict[str, Any]) -> Response:
    style = f"/{http.service().name}/pages/figures.css"
    page = render_template(template, style=style, demo=_settings().demo, **shown)
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": POLICY})


def _query(schema: type[Schema]) -> dict[str, Any]:
    """The address's parameters; one that cannot be is left out, for people edit addresses."""
    given = request.args.to_dict()
    wrong = schema(unknown="exclude").validate(given)
    loaded = schema(unknown="exclude").load({name: value for name, value in given.items() if name not in wrong})
    return cast(dict[str, Any], loaded)


def _demo_only() -> None:
    """Let in who asks from this machine, of a deployment in demo mode; refuse everybody else."""
    settings = _settings()
    if not (settings.demo and _loopback(settings.address[0]) and _loopback(request.remote_addr or "")):
        raise Unauthenticated("Send a bearer token.", remedy="GET /reporting/pages/figures or /reporting/pages/hub")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _settings() -> Settings:
    return cast(Settings, http.service().settings)


def _pack() -> Pack:
    return http.pack()


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
