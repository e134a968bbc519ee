"""ETag and If-Match: nobody overwrites what they have not seen (RFC 9110, 13.1.1).

The ETag is the aggregate's version, strong. Absent If-Match is 428, unreadable 400, another version 412; two that pass
here and meet in the database are 409 (database_errors).
"""

import re

from flask import request

from shared.aggregate import Versioned, require_seen
from shared.errors import PreconditionMissing, Stale
from shared.http import state
from shared.http.problems import Malformed

HEADER = "If-Match"
_STRONG = re.compile(r'"([1-9][0-9]{0,8})"')


def etag(version: int) -> str:
    """Put the version on the answer as its ETag; returns the tag."""
    tag = f'"{version}"'
    state.current().etag = tag
    return tag


def if_match() -> int:
    """The version that the caller has seen. Raises PreconditionMissing, Malformed, or Stale on a weak tag."""
    given = request.headers.get(HEADER)
    if given is None:
        raise PreconditionMissing(
            f"This change needs the header {HEADER}.",
            field=HEADER,
            rule="if-match-missing",
            remedy="Read the record first and send its ETag.",
        )
    found = _STRONG.fullmatch(given.strip())
    if found:
        return int(found[1])
    if given.strip().startswith("W/"):
        raise Stale("A weak tag never matches.", field=HEADER, rule="if-match-weak")
    raise Malformed(f'{HEADER} takes one tag, like "7".', field=HEADER, rule="if-match-form")


def require_version(aggregate: Versioned) -> None:
    """Raise Stale where the aggregate is not at the version of If-Match any more."""
    require_seen(aggregate, if_match(), field=HEADER)
