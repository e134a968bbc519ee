"""The API's own pages: the OpenAPI document and Swagger UI, served from the wheel. Nothing comes from another host."""

import json
from collections.abc import Callable
from typing import Any

import swagger_ui_bundle
from flask import Blueprint, Response, abort, render_template_string, send_from_directory, url_for

from shared.http.access import public

ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
# Swagger UI sets styles inline and draws its icons from data: addresses
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ title }}</title>
<link rel="stylesheet" href="{{ url_for('.asset', name='swagger-ui.css') }}">
<link rel="icon" href="{{ url_for('.asset', name='favicon-32x32.png') }}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{{ url_for('.asset', name='swagger-ui-bundle.js') }}"></script>
<script src="{{ url_for('.start') }}"></script>
</body>
</html>
"""


def documentation(
    title: str, document: Callable[[], dict[str, Any]], page_document: Callable[[], dict[str, Any]], *, pages: bool
) -> Blueprint:
    """The routes openapi.json and, with `pages`, docs."""
    blueprint = Blueprint("documentation", __name__)

    @blueprint.get("/openapi.json")  # type: ignore[untyped-decorator]
    @public("the document names routes, not data")
    def openapi() -> Response:
        return _json(document())

    if not pages:
        return blueprint

    @blueprint.get("/docs")  # type: ignore[untyped-decorator]
    @public("the page shows the document")
    def page() -> Response:
        response = Response(render_template_string(PAGE, title=title), mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @blueprint.get("/docs/start.js")  # type: ignore[untyped-decorator]
    @public("part of the page")
    def start() -> Response:
        options = {
            "url": url_for(".openapi_for_page"),
            "dom_id": "#swagger-ui",
            "deepLinking": True,
            "validatorUrl": None,
            "persistAuthorization": False,
        }
        return Response(f"window.ui = SwaggerUIBundle({json.dumps(options)});", mimetype="text/javascript")

    @blueprint.get("/docs/openapi.json")  # type: ignore[untyped-decorator]
    @public("the document, in the version that the page reads")
    def openapi_for_page() -> Response:
        return _json(page_document())

    @blueprint.get("/docs/<name>")  # type: ignore[untyped-decorator]
    @public("Swagger UI's own files")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            abort(404)
        return send_from_directory(str(swagger_ui_bundle.swagger_ui_path), name)

    return blueprint


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")
