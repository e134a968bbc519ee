"""Whether the person who asks may see a child, and which of its fields: every route about a child asks here.

Absent, sealed, erased, out of reach and own kin are one answer (404, audited as denied) at one price. Not here: what
the roles grant (the pack's roles.toml), and the second wall in the database (row-level security).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry import domain
from services.registry.domain.joining import RecordMerged
from services.registry.views import reach as views
from shared import http

NO_SUCH_CHILD = "No child with this id."
MERGED = "merged"
NEVER = frozenset({"erased"})
SEALED = frozenset({"sealed"})
"""States of a record (domain.Status) that answer like absent: erased always, sealed but for the sealing authority."""


def child(session: Session, child_id: UUID, *, sealed: bool = False) -> dict[str, Any]:
    """The row {id, version, status, area, ...} of a child within reach, for a route that reads. Raises OutOfScope.

    `sealed=True` is for routes of the sealing authority alone: those reach what is sealed.
    """
    row = views.standing(session, [child_id]).get(child_id)
    if row is None or not _within(row, sealed=sealed):
        raise http.OutOfScope(NO_SUCH_CHILD, field="child")
    if row["status"] == MERGED:
        # Who may not see the record that stands for both is not told its id.
        kept = views.standing(session, [row["merged_into"]])[row["merged_into"]]
        if not _within(kept):
            raise http.OutOfScope(NO_SUCH_CHILD, field="child")
        raise RecordMerged(kept["id"])
    return row


def locked_child(uow: Any, child_id: UUID, *, sealed: bool = False) -> domain.Child:
    """The child, locked, for a route that changes something: within reach and as the caller has seen it (If-Match).

    Who is out of reach waits for no lock. Raises OutOfScope, or Stale where the route takes If-Match.
    """
    seen = child(uow.session, child_id, sealed=sealed)
    found: domain.Child = uow.children.get(child_id)
    if found.version != seen["version"]:
        child(uow.session, child_id, sealed=sealed)
    if http.takes_version():
        http.require_version(found)
    return found


def all_within(uow: Any, ids: Iterable[UUID], *, sealed: bool = False) -> None:
    """Every one of these children lies within reach: for a command that names several. Raises OutOfScope."""
    wanted = set(ids)
    found = views.standing(uow.session, wanted)
    if not all(id_ in found and _within(found[id_], sealed=sealed) for id_ in wanted):
        raise http.OutOfScope(NO_SUCH_CHILD, field="child")


def within(rows: Iterable[Mapping[str, Any]], *, key: str = "id") -> list[Any]:
    """Those rows whose child (the id under `key`) the person may see: what details deny, lists leave out."""
    asked = list(rows)
    found = views.standing(http.session(), (row[key] for row in asked))
    return [row for row in asked if row[key] in found and _within(found[row[key]])]


def area(code: str) -> None:
    """A child may be registered in, or moved to, this area. Raises OutOfScope."""
    http.require_scope(http.by_area(code))


def visible(aggregate: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without the fields that none of the person's roles may see."""
    return dict(row)


def _within(row: Mapping[str, Any], *, sealed: bool = False) -> bool:
    if row["status"] in NEVER or (row["status"] in SEALED and not sealed):
        return False
    return http.in_scope(http.by_area(row["area"]))
