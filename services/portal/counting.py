"""What Prometheus hears of the portal: each request by its route's template, and who may ask for it.

The pages' own address answers anybody, so that /metrics has another one, inside the network, and none unless it is set.
Not here: the metrics themselves (shared.metrics), questions that a service left unanswered (clients.api).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from prometheus_client import start_http_server

from shared import metrics
from shared.config import Settings
from shared.errors import ConfigurationError


def register(app: Flask) -> None:
    """Count every request; first of all that happens in one."""
    app.before_request(_begin)
    app.after_request(_end)


def method_name() -> str:
    """The request's method where it is a known one, else "OTHER": a caller cannot make up labels."""
    return request.method if request.method in {"GET", "HEAD", "POST"} else "OTHER"


def route_name() -> str:
    """The route's template; a path that matches none is not repeated, it may hold anything."""
    return request.url_rule.rule if request.url_rule else "-"


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """Answer /metrics meanwhile where the settings name an address. Raises ConfigurationError where it is taken."""
    where = settings.portal.metrics_address
    if where is None:
        yield
        return
    host, port = where
    try:
        server, thread = start_http_server(port, host, metrics.REGISTRY)
    except OSError as error:
        raise ConfigurationError(
            f"nothing can listen on {host}:{port}: {error.strerror}",
            field="KINWARD_PORTAL_METRICS",
            remedy="name a port that no other process holds",
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _begin() -> None:
    g.begun = time.monotonic()


def _end(response: Response) -> Response:
    seconds = time.monotonic() - g.begun
    metrics.REQUESTS.labels("portal", route_name(), method_name(), str(response.status_code)).observe(seconds)
    return response
