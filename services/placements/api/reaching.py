"""Whether the person who asks may act on what hangs on a child, and acting on it as the caller has seen it.

The child is locked before what hangs on it. Not here: what the roles grant (the pack's roles.toml); gatekeeping cases
seen by a panel (gatekeeping_reaching).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.domain import possible
from services.placements.views import placements as whereabouts
from shared import http


def receipt(id_: UUID, child: domain.Whereabouts) -> dict[str, Any]:
    """What a command answers that acts on a part of a child's whereabouts: the version is that of the whereabouts."""
    return {"id": id_, "version": child.version}


def require_child(uow: Any, child_id: UUID) -> None:
    """A child whose area is known must be within reach. Raises OutOfScope."""
    area = uow.whereabouts.of(child_id).known.area
    if area is not None:
        http.require_scope(http.by_area(area))


def require_any(area: str | None, stays: Iterable[tuple[str, UUID | None]]) -> None:
    """A stay (area and provider), or else the child's own area, must be within reach. Raises OutOfScope."""
    if not any(http.in_scope(http.by_area(*each)) for each in stays):
        http.require_scope(http.by_area(area))


def child(session: Any, child_id: UUID) -> dict[str, Any]:
    """The whereabouts of a child of whom at least one stay, or who itself, is within reach. Raises OutOfScope."""
    found = whereabouts.whereabouts(session, child_id)
    require_any(found["area"], ((each["area"], each["provider"]) for each in found["placements"]))
    return found


def on_stay(uow: Any, of: domain.Whereabouts, placement_id: UUID, handler: Any, command: Any) -> dict[str, Any]:
    """Act on what hangs on a stay within reach, as the caller has seen the child's whereabouts."""
    stay = of.placement(placement_id)
    http.require_scope(http.by_area(stay.area, stay.provider))
    http.audit_read(of.id)
    http.require_version(of)
    return receipt(command.id, uow.execute(handler, command))


def on_record(records: str, id_: UUID, handler: Any, command: Any, given: dict[str, Any]) -> Any:
    """One command on a record of its own about a child, one of `records` of the unit of work.

    It is within reach, as the caller has seen it, and the child's whereabouts take entries.
    """
    with http.transaction() as uow:
        kept = getattr(uow, records)
        of = uow.whereabouts.of(kept.child_of(id_))
        found = kept.get(id_)
        http.require_scope(http.by_area(found.area))
        possible.require_entry(of.known)
        http.require_version(found)
        return uow.execute(handler, command(id=id_, **given, **http.acting()))


def on_placed(place_of: Any, records: str, id_: UUID, handler: Any, command: Any, given: dict[str, Any]) -> Any:
    """As on_record, of what is within reach by what a view says of it: `place_of` a session and an id: child, area."""
    with http.transaction() as uow:
        of, area = place_of(uow.session, id_)
        http.require_scope(http.by_area(area))
        uow.whereabouts.of(of)
        http.require_version(getattr(uow, records).get(id_))
        return uow.execute(handler, command(id=id_, **given, **http.acting()))
