"""Style sheets, fonts, icons, scripts: kept by browsers for a year under an address that changes with the content.

Served compressed where the browser takes it, because the portal may run without a proxy in front.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for
from werkzeug.security import safe_join

from services.portal import packing

HERE = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600
PACKED = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def serve(app: Flask) -> None:
    """Answer /static, and give templates `static_url`."""
    app.add_url_rule("/static/<path:name>", "static", send)
    app.jinja_env.globals["static_url"] = static_url


def static_url(name: str) -> str:
    """The address of a file, with a mark of its content."""
    return url_for("static", name=name, v=_mark(name))


def send(name: str) -> Response:
    """One file."""
    path = safe_join(str(HERE), name)
    if path is None or not Path(path).is_file():
        abort(404)
    suffix = Path(path).suffix
    if suffix in PACKED and packing.taken():
        answer = Response(_packed(path), content_type=PACKED[suffix], headers={"Content-Encoding": "gzip"})
    else:
        answer = send_from_directory(HERE, name)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


@cache
def _mark(name: str) -> str:
    path = HERE / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "absent"


@cache
def _packed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)
