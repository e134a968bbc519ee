"""One process, one port: hands each request to the service its address begins with, and answers for the process itself.

/livez, /readyz, /metrics and the index need no token, touch no service's app and hold no data. The address reaches the
service whole: werkzeug's DispatcherMiddleware would cut the prefix off, and the document would name other addresses
than the ones it is served under.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from shared import metrics
from shared.errors import NotFound
from shared.health import Health
from shared.http.app import HEADERS
from shared.http.problems import FOREIGN, of_ours, problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><ul>{services}</ul></body></html>
"""


class RootApp:
    """The WSGI application of a process; services are mounted as they start."""

    def __init__(self, health: Health, title: str = "Kinward") -> None:
        self._apps: dict[str, WSGIApplication] = {}
        self._health = health
        self._title = title
        self._own: Mapping[str, Callable[[], Response]] = {
            "/": self._index,
            "/livez": lambda: _json({"status": "alive"}),
            "/readyz": self._ready,
            "/metrics": lambda: Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST),
        }

    def mount(self, name: str, app: "WSGIApplication") -> None:
        """Answer /<name> and all below it by `app`. Raises ValueError where the name is taken."""
        if name in self._apps or f"/{name}" in self._own:
            raise ValueError(f"/{name} is taken")
        self._apps[name] = app

    def unmount(self, name: str) -> None:
        """Answer /<name> with 404 from now on."""
        self._apps.pop(name, None)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        path = environ.get("PATH_INFO") or "/"
        app = self._apps.get(path.split("/", 2)[1]) if path.startswith("/") else None
        if app is not None:
            return app(environ, start_response)
        return self._answer(path, environ["REQUEST_METHOD"])(environ, start_response)

    def _answer(self, path: str, method: str) -> Response:
        own = self._own.get(path)
        if own is None:
            response = of_ours(NotFound())
        elif method not in {"GET", "HEAD"}:
            response = problem(405, *FOREIGN[405], headers={"Allow": "GET, HEAD"})
        else:
            response = own()
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _ready(self) -> Response:
        report = self._health.report()
        body = {"status": "ready" if report.ready else "not ready", "parts": dict(report.parts)}
        return _json(body, 200 if report.ready else 503)

    def _index(self) -> Response:
        lines = (f'<li><a href="/{escape(name)}/docs">{escape(name)}</a></li>' for name in sorted(self._apps))
        return Response(INDEX.format(title=escape(self._title), services="".join(lines)), mimetype="text/html")


def root_app(apps: Mapping[str, Any], health: Health, title: str = "Kinward") -> RootApp:
    """The root application with `apps` mounted by service name."""
    root = RootApp(health, title)
    for name, app in apps.items():
        root.mount(name, app)
    return root


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")
