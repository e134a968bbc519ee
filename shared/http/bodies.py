"""What comes in: size, media type, and JSON that a database can hold.

webargs reads a body of another type as empty, and a chunked one the same (eventlet does not mark its end for
werkzeug): both are refused here, before the route. Not here: what the fields mean (schemas).
"""

import json
from io import BytesIO
from typing import Any, NoReturn

from flask import Request, request
from webargs import core
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import LengthRequired

from shared.errors import TooLarge, UnsupportedMedia
from shared.http.access import Access
from shared.http.service import service

MAX_DEPTH = 32


def check_body(access: Access) -> None:
    """Refuse a body that is too large (413), of no known length (411) or of another type (415)."""
    limit = access.max_body or service().max_body
    request.max_content_length = limit
    if "Transfer-Encoding" in request.headers and not request.environ.get("wsgi.input_terminated"):
        raise LengthRequired
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.", rule="body-limit")
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and request.mimetype not in access.accepts:
        raise UnsupportedMedia(
            f"This address takes {', '.join(access.accepts)}.", field="Content-Type", rule="media-type"
        )


class InMemoryRequest(Request):
    """A request whose files stay in memory: werkzeug would put larger ones on the disk, in the clear."""

    def _get_file_stream(self, *_: Any, **__: Any) -> BytesIO:
        return BytesIO()


class StrictParser(FlaskParser):
    """webargs' parser, refusing what is JSON to Python but to nobody else, and text that PostgreSQL cannot store."""

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            abort(400, exc=error, messages={"json": ["This is not JSON in UTF-8."]})

    def pre_load(self, location_data: Any, *, schema: Any, req: Request, location: str) -> Any:
        """Refuse text with a NUL or half a surrogate pair, wherever it came in, and nesting without end."""
        data = location_data.to_dict(flat=False) if hasattr(location_data, "to_dict") else location_data
        if not _storable(data):
            abort(400, messages={location: ["The text holds characters that cannot be stored, or nests too deep."]})
        return location_data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any, depth: int = 0) -> bool:
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_storable(key, depth + 1) and _storable(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return all(_storable(inner, depth + 1) for inner in value)
    return True
