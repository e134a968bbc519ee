"""Whether the process lives and can work, and whom to tell of a hole in it: without a token, without data."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort

from services.portal.house import house
from services.portal.signing import anybody
from shared import clock

blueprint = Blueprint("health", __name__)
GOOD_FOR = timedelta(days=180)
"""How long a reader may keep the contact; the portal says it anew at each asking."""


@blueprint.get("/livez")
@anybody("tells nothing but that the process lives")
def live() -> dict[str, Any]:
    """The process lives."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@anybody("tells nothing but that the process works")
def ready() -> tuple[dict[str, Any], int]:
    """The process can serve pages; a service that is down costs its card, not the page."""
    if house().draining:
        return {"status": "not ready"}, 503
    return {"status": "ready"}, 200


@blueprint.get("/.well-known/security.txt")
@anybody("says whom to tell of a hole")
def security_contact() -> Response:
    """Whom to tell (RFC 9116); absent where the ministry has set nobody."""
    portal = house().settings.portal
    if portal.security_contact is None:
        abort(404)
    lines = (
        f"Contact: {portal.security_contact}",
        f"Expires: {(clock.now() + GOOD_FOR).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Preferred-Languages: {', '.join(dict.fromkeys([*house().pack.languages, 'en']))}",
        f"Canonical: {portal.url}/.well-known/security.txt",
    )
    return Response("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
