"""What every answer carries, and which requests are taken at all (portal.md 4): CSP without inline, no caching, origin.

Not here: CSRF tokens (Flask-WTF, in app) and who may do what (pages).
"""

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden

from services.portal.house import house

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
YEAR = 365 * 24 * 3600
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(app: Flask) -> None:
    """Check where a request comes from, and put the headers on every answer."""
    app.before_request(_same_origin)
    app.after_request(_headers)


def _same_origin() -> None:
    """A form is taken from our own pages alone, also where a token of theirs was stolen. Raises Forbidden."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        # With Referrer-Policy no-referrer a browser sends "Origin: null" with our own forms; this header is its word.
        ours = site in {"same-origin", "none"}
    else:
        # As text: an origin that is no address, such as "http://[", is another one and no error.
        ours = origin is None or origin.partition("://")[2] == request.host
    if not ours:
        raise Forbidden


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if house().settings.portal.url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Cookie, Accept-Language, HX-Request"
    return response
