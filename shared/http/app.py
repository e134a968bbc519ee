"""The Flask application of one service: everything it answers lives under /<service>."""

import json
import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, current_app, request

from shared import logs, metrics, telemetry
from shared.errors import ConfigurationError
from shared.http import access, bodies, idempotency, openapi, preconditions, problems, state
from shared.http.blueprint import Blueprint
from shared.http.documentation import documentation
from shared.http.routing import routes
from shared.http.service import EXTENSION, ServiceHttp, service
from shared.telemetry import Kind, Span

LOG = logging.getLogger("kinward.access")
SECURITY = {401: "token-refused", 403: "permission-refused"}
"""The tag `security` of an access line, for who watches the logs from outside; the audit log says more."""
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(api: ServiceHttp) -> Flask:
    """The WSGI application of a service's API. Raises ConfigurationError where a route says not who may use it."""
    app = Flask(f"kinward.{api.name}", static_folder=None)
    app.request_class = bodies.InMemoryRequest
    app.config.update(PROPAGATE_EXCEPTIONS=False, MAX_CONTENT_LENGTH=api.max_body, TRAP_HTTP_EXCEPTIONS=False)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = api
    problems.register(app)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)
    _mount(app, api)
    for route in routes(app):
        if route.permission is None and route.public_reason is None:
            raise ConfigurationError(f"route {route.rule} names no permission", field=route.rule)
        if route.audits and f":{route.audits}>" not in route.rule:
            raise ConfigurationError(f"route {route.rule} has no <uuid:{route.audits}> to audit", field=route.rule)
    return app


def _mount(app: Flask, api: ServiceHttp) -> None:
    title = api.title or f"Kinward {api.name.replace('_', ' ')}"
    document = openapi.build(app, title, api.version)
    for blueprint in api.blueprints:
        document.register_blueprint(blueprint, url_prefix=_prefix(api, blueprint))

    @cache
    def page_document() -> dict[str, Any]:
        return openapi.for_swagger_ui(app, title, api.version, api.blueprints)

    program_document: Callable[[], dict[str, Any]] = cache(document.spec.to_dict)
    pages = documentation(title, program_document, page_document, pages=api.pages)
    app.register_blueprint(pages, url_prefix=f"/{api.name}")


def _prefix(api: ServiceHttp, blueprint: FlaskBlueprint) -> str:
    if not isinstance(blueprint, Blueprint):
        raise ConfigurationError(f"blueprint {blueprint.name} is not an http.Blueprint", field=blueprint.name)
    return f"/{api.name}{blueprint.url_prefix or ''}"


def _begin() -> None:
    """Ids first, so that every refusal can be traced; then who, then what, then the body."""
    known = state.open_state()
    logs.bind(request=known.request_id, correlation=str(known.correlation_id))
    access.gate()
    declared = None if request.routing_exception else access.of_view(_view())
    if declared is None:
        return
    bodies.check_body(declared)
    if declared.needs_key(request.method):
        idempotency.require_key()
    if declared.needs_version(request.method):
        preconditions.if_match()


def _view() -> object:
    return current_app.view_functions[str(request.endpoint)]


def _end(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    known = state.find()
    if known is None:
        return response
    response.headers["X-Request-Id"] = known.request_id
    response.headers["X-Correlation-Id"] = str(known.correlation_id)
    if known.etag is not None and response.status_code < 300:
        response.headers["ETag"] = known.etag
    seconds = time.monotonic() - known.started
    line: dict[str, Any] = {
        "service": service().name,
        "method": state.method_name(),
        "route": state.route_name(),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "actor": known.principal.subject if known.principal else state.ANONYMOUS,
    }
    if response.status_code in SECURITY:
        line["security"] = SECURITY[response.status_code]
    metrics.REQUESTS.labels(line["service"], line["route"], line["method"], str(line["status"])).observe(seconds)
    LOG.info("request", extra=line)
    if known.trace is not None:
        _record(known, line)
    return response


def _record(known: state.RequestState, line: dict[str, Any]) -> None:
    """The request as a span: its route's template, never its path."""
    assert known.trace is not None
    said = {
        "http.request.method": line["method"],
        "http.route": line["route"],
        "http.response.status_code": line["status"],
        "kinward.service": line["service"],
    }
    name, failed = f"{line['method']} {line['route']}", line["status"] >= 500
    telemetry.record(Span(name, Kind.SERVER, known.trace, known.parent, known.begun, telemetry.now(), said, failed))


def _forget(_error: BaseException | None) -> None:
    logs.unbind()
    telemetry.enter(None)


def openapi_json(app: Flask) -> str:
    """The OpenAPI 3.1 document of an app as text, for the documentation's build."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return json.dumps(api.spec.to_dict(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
