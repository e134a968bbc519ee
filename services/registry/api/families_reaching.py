"""Whether who asks may see a person or a household: by its own area, or through a child of it within reach.

Own kin are kept out here as from the children themselves (CARE C11): whoever is blocked from one child of it, and the
person whose own account it is. Absent and out of reach are one answer. Not here: children (reaching).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.api import reaching
from services.registry.domain.families import Party
from services.registry.views import families_people as views
from services.registry.views import guarding
from shared import http
from shared.auth import Records
from shared.errors import NotFound

NO_SUCH_PERSON, NO_SUCH_HOUSEHOLD = "No person with this id.", "No household with this id."


def person(session: Session, person_id: UUID) -> dict[str, Any]:
    """{id, version, area, account, children} of a person within reach. Raises OutOfScope."""
    found = people(session, [person_id])
    if person_id not in found:
        raise http.OutOfScope(NO_SUCH_PERSON, field="person")
    return found[person_id]


def people(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Those of the persons who are within reach."""
    found = views.standing(session, ids)
    return {id_: row for id_, row in found.items() if _within(session, row, row["account"])}


def household(session: Session, household_id: UUID) -> dict[str, Any]:
    """{id, version, area, children} of a household within reach. Raises OutOfScope."""
    try:
        row = views.household_standing(session, household_id)
    except NotFound:
        raise http.OutOfScope(NO_SUCH_HOUSEHOLD, field="household") from None
    if not _within(session, row):
        raise http.OutOfScope(NO_SUCH_HOUSEHOLD, field="household")
    return row


def visible(aggregate: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a person or household without the fields that no role of who asks may see of a record.

    Where it is reached through a child alone, the fields are those that the roles see of any child.
    """
    thing = http.by_area(row["area"])
    seen = http.fields_of(thing if http.in_scope(thing) else None, Records.SCOPE) or frozenset()
    return reaching.seen_of(aggregate, row, seen)


def party(session: Session, id_: UUID, kind: Party) -> None:
    """The other one of a relationship, or a member, is within reach. Raises OutOfScope."""
    if kind is Party.CHILD:
        reaching.child(session, id_)
    else:
        person(session, id_)


def parties(
    session: Session, rows: Iterable[Mapping[str, Any]], key: str = "other", kind: str = "other_kind"
) -> list[Any]:
    """Those rows whose other one (the id under `key`, of the `kind`) is within reach: lists leave out what is not."""
    asked = list(rows)
    of_children = [{"id": row[key]} for row in asked if row[kind] == Party.CHILD]
    seen = {row["id"] for row in reaching.within(of_children)}
    seen |= people(session, {row[key] for row in asked if row[kind] == Party.PERSON}).keys()
    return [row for row in asked if row[key] in seen]


def _within(session: Session, row: Mapping[str, Any], account: str | None = None) -> bool:
    own = http.principal().subject
    if account == own or row["kin"] or guarding.blocked(session, own, row["children"]):
        return False
    return http.in_scope(http.by_area(row["area"])) or bool(reaching.within({"id": each} for each in row["children"]))
