"""Lists page by cursor: the cursor is where the last page ended, so that what is added meanwhile moves nothing.

A cursor is the last row's sort key, base64url, neither signed nor secret: whoever changes it only asks for another
place of a list whose every page is filtered by what they may see. A key is made of ids, numbers, dates and instants
alone: cursors stand in addresses, and text might be a name.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import Schema, fields, validate

from shared.http.problems import Malformed

Row = TypeVar("Row")
Key = UUID | int | date | datetime
MAX_LIMIT = 200
DEFAULT_LIMIT = 50


class PageQuery(Schema):
    """What a list takes: `@blueprint.arguments(http.PageQuery, location="query")`; inherit to add filters."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=400))
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAX_LIMIT))


def page_schema(item: type[Schema]) -> type[Schema]:
    """The answer of a list of `item`: {items, next}; `next` is null on the last page."""
    name = f"{item.__name__}Page"
    members: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(required=True, allow_none=True),
    }
    return Schema.from_dict(members, name=name)


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[Key, ...]]) -> dict[str, Any]:
    """The answer made of up to `limit` + 1 rows: ask the database for one more than the page holds."""
    shown = rows[:limit]
    return {"items": list(shown), "next": encode_cursor(key(shown[-1])) if len(rows) > limit else None}


def encode_cursor(key: tuple[Key, ...]) -> str:
    """The cursor that stands for a sort key."""
    return urlsafe_b64encode(json.dumps([_pack(part) for part in key], separators=(",", ":")).encode()).decode()


def decode_cursor(cursor: str | None, *kinds: type[Key]) -> tuple[Any, ...] | None:
    """The sort key of a cursor, its parts of `kinds`; None for the first page. Raises Malformed."""
    if cursor is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(cursor)
        return tuple(_unpack(kind, part) for kind, part in zip(kinds, parts, strict=True))
    except (binascii.Error, ValueError, OverflowError, RecursionError):
        raise Malformed("This cursor was not given out here.", field="cursor", rule="cursor") from None


def _pack(part: Key) -> str | int:
    if isinstance(part, datetime):
        return part.astimezone(UTC).isoformat()
    if isinstance(part, date):
        return part.isoformat()
    if isinstance(part, UUID):
        return str(part)
    if isinstance(part, int) and not isinstance(part, bool):
        return part
    raise TypeError("a cursor's key is made of ids, numbers, dates and instants")


def _unpack(kind: type[Key], part: object) -> Key:
    if kind is int:
        if isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**63:
            return part
        raise ValueError(part)
    if not isinstance(part, str):
        raise ValueError(part)
    if kind is UUID:
        return UUID(part)
    if kind is datetime:
        instant = datetime.fromisoformat(part)
        if instant.tzinfo is None:
            raise ValueError(part)
        return instant
    return date.fromisoformat(part)
