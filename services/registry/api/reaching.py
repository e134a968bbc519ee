"""Whether the person who asks may see a child, and which of its fields: every route about a child asks here.

Absent, sealed, erased, out of reach and own kin are one answer (404, audited as denied) at one price. Not here: what
the roles grant (the pack's roles.toml), and the second wall in the database (row-level security).
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from services.registry import domain
from services.registry.api.field_groups import GROUPS
from services.registry.domain.joining import RecordMerged
from services.registry.views import reach as views
from shared import http
from shared.auth import Records

NO_SUCH_CHILD = "No child with this id."
ERASED, MERGED, SEALED = "erased", "merged", "sealed"
"""States of a record (domain.Status) that answer like absent: erased always, sealed but for the sealing authority."""


def child(session: Session, child_id: UUID, *, sealed: bool = False) -> dict[str, Any]:
    """The row {id, version, status, area, provider} of a child within reach, for a route that reads.

    `sealed=True` is for routes of the sealing authority alone: those reach what is sealed. Raises OutOfScope, or
    RecordMerged where another record stands for the child.
    """
    found = _standing(session, [child_id])
    row = _reached(found.get(child_id), sealed=sealed)
    if row["status"] == MERGED:
        # Who may not see the record that stands for both is not told its id.
        raise RecordMerged(_reached(found.get(row["merged_into"]), sealed=False)["id"])
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
    found = _standing(uow.session, wanted)
    for id_ in wanted:
        _reached(found.get(id_), sealed=sealed)


def within(rows: Iterable[Mapping[str, Any]], *, key: str = "id") -> list[Any]:
    """Those rows whose child (the id under `key`) the person may see: what details deny, lists leave out."""
    asked = list(rows)
    found = _standing(http.session(), (row[key] for row in asked))
    return [row for row in asked if row[key] in found and _seen(found[row[key]]) is not None]


def area(code: str) -> None:
    """A child may be registered in, or moved to, this area. Raises OutOfScope."""
    http.require_scope(http.by_area(code))


def visible(aggregate: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without the fields that no role of the person which reaches its child may see.

    `aggregate` is a name in field_groups. The child is the row's `child`, or the row itself; it was reached before.
    """
    return seen_of(aggregate, row, _memory()[row["child"] if "child" in row else row["id"]])


def groups(child_id: UUID) -> frozenset[str]:
    """The groups of a child's fields that the person sees; it was reached before."""
    return _memory()[child_id]


def seen_of(aggregate: str, row: Mapping[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    """The row without the fields of other groups than those `seen`."""
    shown: dict[str, Any] = _without({path for path, group in GROUPS[aggregate].items() if group not in seen}, row)
    return shown


def _standing(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    return views.standing(session, http.principal().subject, ids, http.context().at)


def _reached(row: dict[str, Any] | None, *, sealed: bool) -> dict[str, Any]:
    if row is None or _seen(row, sealed=sealed) is None:
        raise http.OutOfScope(NO_SUCH_CHILD, field="child")
    return row


def _seen(row: Mapping[str, Any], *, sealed: bool = False) -> frozenset[str] | None:
    """The groups of the child's fields that the person sees, remembered for `visible`; None: out of reach."""
    if row["blocked"] or row["status"] == ERASED or (row["status"] == SEALED and not sealed):
        return None
    kinds = {Records.SEALED} if row["status"] == SEALED else {Records.SCOPE} | ({Records.SEALED} if sealed else set())
    thing = http.by_area(row["area"], row["provider"])
    found = [groups for kind in kinds if (groups := http.fields_of(thing, kind)) is not None]
    if not found and row["glass"] is not None and http.reads():
        # The glass opens a child beyond the scope, to be read, with the fields that the roles see of any other.
        found = [groups for groups in [http.fields_of(None, Records.SCOPE)] if groups is not None]
        http.audit_mark(row["id"], glass=str(row["glass"]))
    if not found:
        return None
    _memory()[row["id"]] = frozenset().union(*found)
    return _memory()[row["id"]]


def _memory() -> dict[UUID, frozenset[str]]:
    """What this request found to be visible, by child."""
    found: dict[UUID, frozenset[str]] = g.setdefault("fields_seen", {})
    return found


def _without(hidden: set[str], shown: Any, path: str = "") -> Any:
    if isinstance(shown, list | tuple):
        return [_without(hidden, each, path) for each in shown]
    if not any(each.startswith(f"{path}." if path else "") for each in hidden):
        return shown
    if is_dataclass(shown) and not isinstance(shown, type):
        shown = {each.name: getattr(shown, each.name) for each in fields(shown)}
    if not isinstance(shown, Mapping):
        return shown
    inner = {name: f"{path}.{name}" if path else name for name in shown}
    return {name: _without(hidden, value, inner[name]) for name, value in shown.items() if inner[name] not in hidden}
