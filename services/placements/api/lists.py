"""Lists that routes show: pages of rows about children, whose reading is noted.

Not here: which rows (views), what of a row is shown (schemas).
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared import http

Rows = Callable[[Session, Any, int], Sequence[dict[str, Any]]]
"""(session, what the page begins after or None, how many at most) -> rows."""
Sorted = Callable[[Any], tuple[Any, ...]]
"""A row -> what the list is sorted by."""
BY_DAY = (date, UUID)


def areas(query: dict[str, Any]) -> Any:
    """The area that a list is asked for and those in it; None: any."""
    return http.service().areas.below(query["area"]) if query["area"] else None


def of_children(query: dict[str, Any], rows: Rows, *, by: Sorted, types: tuple[type, ...] = BY_DAY) -> dict[str, Any]:
    """A page of rows each of which names a child. They begin after a value where they are sorted by one alone.

    `by` what they are sorted, and the `types` of that.
    """
    cursor = http.decode_cursor(query["cursor"], *types)
    after = cursor[0] if cursor is not None and len(types) == 1 else cursor
    with http.reading() as session:
        found = http.page(rows(session, after, query["limit"] + 1), query["limit"], key=by)
        http.audit_read(*(row["child"] for row in found["items"]))
        return found


def within_reach(
    query: dict[str, Any], view: Any, *asked: Any, by: Sorted, types: tuple[type, ...] = BY_DAY
) -> dict[str, Any]:
    """A page of what a view shows of a reach and, in it, of the area that the list is asked for."""
    return of_children(
        query,
        lambda session, after, limit: view(session, http.reach(), areas(query), *asked, after, limit),
        by=by,
        types=types,
    )
