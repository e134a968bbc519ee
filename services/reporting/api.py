"""reporting over HTTP: route, permission, schema, one handler call. The hub's routes are in hub_api."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from flask import Response

from services.reporting import commands, handlers, hub_api, release, schemas, trust, views
from services.reporting.domain import FrozenFigure, rule_words
from services.reporting.indicators.facts import Finding
from services.reporting.pages import routes as pages
from shared import http
from shared.config import Settings
from shared.ids import new_id

blueprint = http.Blueprint("figures", __name__, description="What the figures say")


@blueprint.get("/figures")
@http.requires("reporting.figures.read")
@blueprint.arguments(schemas.FiguresQuery, location="query")
@blueprint.response(200, schemas.Figures)
def read_figures(query: dict[str, Any]) -> dict[str, Any]:
    """The figures of a period: the signed ones, or those known now."""
    pack = http.pack()
    with http.reading() as session:
        found = views.figures(session, pack, query["period"], now=query["now"])
        conditions = found.plan.conditions
        return {
            "period": query["period"],
            "state": "signed" if found.return_ else "current",
            "revision": found.return_.revision if found.return_ else None,
            "reference_day": conditions.reference_day,
            "coverage_time": conditions.coverage_time,
            "as_of": found.as_of,
            "complete": not found.because,
            "because": found.because,
            "coverage": found.coverage,
            "findings": _kinds(found.findings),
            "items": [_shown(figure) for figure in found.chosen(query["indicator"], query["area"])],
        }


@blueprint.post("/returns/<period>/closing")
@http.requires("reporting.period.close")
@blueprint.arguments(schemas.ClosePeriod)
@blueprint.response(201, schemas.Closing)
def close_period(given: dict[str, Any], period: str) -> dict[str, Any]:
    """Compute, check and sign a period's figures, and build their bundle.

    Refused where the deployment has no key to sign with (signing-key).
    """
    settings = cast(Settings, http.service().settings)
    command = commands.ClosePeriod(
        id=new_id(),
        period=period,
        issuer=settings.deployment,
        audience=settings.parent or settings.deployment,
        key=trust.key_at_hand(settings.signing_key_file),
        code_version=release.code_version(),
        note=given["note"],
        **http.acting(),
    )
    with http.transaction() as uow:
        closed = uow.execute(handlers.close_period, command)
        return {**{name: getattr(closed, name) for name in _CLOSING}, "changed": closed.id == command.id}


_CLOSING = ("id", "version", "period", "revision", "status")


@blueprint.get("/returns")
@http.requires("reporting.figures.read")
@blueprint.response(200, schemas.ReturnList)
def list_returns() -> dict[str, Any]:
    """The signed returns, the newest period and revision first."""
    with http.reading() as session:
        return {"items": views.returns(session)}


@blueprint.get("/bundles")
@http.requires("reporting.bundle.read")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.BundlePage)
def list_bundles(query: dict[str, Any]) -> dict[str, Any]:
    """The deployment's own bundles, in their sequence."""
    after = http.decode_cursor(query["cursor"], int)
    with http.reading() as session:
        rows = views.bundles(session, after[0] if after else 0, query["limit"] + 1)
        return http.page(rows, query["limit"], key=lambda row: (row.seq,))


@blueprint.get("/bundles/<int:seq>")
@http.requires("reporting.bundle.read")
@blueprint.response(200, content_type="application/zip", schema={"type": "string", "format": "binary"})
def read_bundle(seq: int) -> Response:
    """One bundle, as it was signed."""
    with http.reading() as session:
        return Response(views.bundle_bytes(session, seq), mimetype="application/zip")


def _kinds(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings by kind and number: which child one is about is for who keeps the records, not for who reads figures."""
    counted = Counter((one.rule, one.weight, one.text) for one in findings)
    return [
        {"rule": rule, "weight": weight, "text": text, "count": number}
        for (rule, weight, text), number in counted.items()
    ]


def _shown(figure: FrozenFigure) -> dict[str, Any]:
    return {**asdict(figure.cell), "children": figure.children}


BLUEPRINTS = (
    blueprint,
    hub_api.blueprint,
    pages.blueprint,
    http.rule_blueprint("services.reporting", rule_words.WORDS),
    http.audit_blueprint("reporting"),
    http.stream_blueprint("reporting"),
)
