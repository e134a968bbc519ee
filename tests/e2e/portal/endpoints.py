"""Which pages the portal has: its endpoints, and which of them an address is."""

from functools import cache

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from services.portal.pages import BLUEPRINTS

NO_PAGE = frozenset({"health.live", "health.ready", "health.security_contact", "health.metrics"})


@cache
def _routes() -> tuple[Flask, MapAdapter]:
    app = Flask("pages", static_folder=None)
    for each in BLUEPRINTS:
        app.register_blueprint(each)
    return app, app.url_map.bind("portal")


def pages() -> list[str]:
    """The endpoints that answer GET with a page."""
    app, _ = _routes()
    found = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return sorted(found - NO_PAGE)


def endpoint(path: str) -> str | None:
    """The endpoint of an address."""
    try:
        found, _ = _routes()[1].match(path.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return str(found)
