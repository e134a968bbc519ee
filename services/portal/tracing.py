"""A page as the beginning of a trace, where telemetry is on: what the click asked of the services hangs below it."""

from flask import Flask, Response, g

from services.portal import counting
from shared import ids, telemetry
from shared.telemetry import Kind, Place, Span


def register(app: Flask) -> None:
    """Tell of every page; first of all that happens in a request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    if telemetry.on():
        g.trace, g.traced_since = Place(ids.new_id(), telemetry.new_span()), telemetry.now()
        telemetry.enter(g.trace)


def _end(response: Response) -> Response:
    place: Place | None = g.get("trace")
    if place is not None:
        route, method = counting.route_name(), counting.method_name()
        said: dict[str, str | int] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": response.status_code,
            "kinward.service": "portal",
        }
        failed = response.status_code >= 500
        telemetry.record(
            Span(f"{method} {route}", Kind.SERVER, place, None, g.traced_since, telemetry.now(), said, failed)
        )
    return response


def _forget(_error: BaseException | None) -> None:
    telemetry.enter(None)
