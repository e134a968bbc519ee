"""Canonical JSON: a document is exactly the bytes we would write for it, so equal content has one hash.

Not here: what the documents say (manifest, signature, receipt).
"""

import hashlib
import json
from typing import Any, NoReturn

from shared.errors import Invalid


def canonical(document: object) -> bytes:
    """The one spelling of a JSON document: UTF-8, keys sorted, no spaces. Raises ValueError for NaN."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def parse(raw: bytes, name: str) -> Any:
    """Read a canonical JSON document; doubled keys, floats, other spellings and bad text raise Invalid."""
    try:
        document = json.loads(raw.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        spelling = canonical(document)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name} is not a JSON document of whole numbers and text", field=name) from error
    # One comparison refuses doubled keys, byte order marks, escapes and spaces alike.
    if spelling != raw:
        raise Invalid(f"{name} is not in canonical form", field=name, remedy="sorted keys, no spaces, UTF-8")
    return document


def sha256(raw: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(raw).hexdigest()


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)
