"""Read-only queries about relationships and the siblings that follow from them. Sealed and erased records never appear.

Not here: persons and households (families_people), who of those found may be seen (api/reaching).
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.registry.domain import Status, families_kinship
from services.registry.store import children as children_store
from services.registry.store import families as store
from services.registry.views.children import REFERENCE
from shared import queries
from shared.ids import short_reference

HIDDEN = (Status.SEALED, Status.ERASED)
DECLARED = families_kinship.Sibling(families_kinship.SiblingKind.DECLARED, by_descent=False, declared=True)


def siblings(session: Session, child_id: UUID, on: date) -> list[dict[str, Any]]:
    """The siblings of a child on a day: id, reference, kind, declared or not, status, area; no names."""
    child = children_store.child.c
    kept = select(child.siblings).where(store.is_one_of(child.id, [child_id]))
    ids = frozenset().union(*session.scalars(kept))
    stands = select(store.standing_for(child.id)).where(child.id.in_(ids))
    noted = set(session.scalars(stands)) - {child_id}
    found = dict.fromkeys(noted, DECLARED) | families_kinship.siblings(child_id, store.ties(session, child_id), on)
    return [
        row | {"kind": str(found[row["id"]].kind), "declared": found[row["id"]].declared}
        for row in children(session, found)
    ]


def children(session: Session, ids: Any) -> list[dict[str, Any]]:
    """id, reference, status and area of those of the children who are not hidden, in the order of ids."""
    child = children_store.child.c
    query = select(child.id, child.number, child.status, child.area)
    query = query.where(child.id.in_(set(ids)), child.status.not_in(HIDDEN)).order_by(child.id)
    return [row | {"reference": short_reference(REFERENCE, row["number"])} for row in queries.rows(session, query)]


def relationships(session: Session, child_id: UUID) -> list[dict[str, Any]]:
    """What is recorded of a child with others, from either side, also what ended or was withdrawn."""
    kept = store.relationship.c
    mine = or_(store.is_one_of(kept.child, [child_id]), store.is_one_of(kept.other, [child_id]))
    return queries.rows(session, _told().where(mine).order_by(kept.id))


def relationship(session: Session, id_: UUID) -> dict[str, Any]:
    """One relationship. Raises NotFound."""
    return queries.one(session, _told().where(store.relationship.c.id == id_), "relationship")


def _told() -> Select[Any]:
    """Relationships; what was recorded of a record that was merged is told of the one that stands for it."""
    table, kept = store.relationship, store.relationship.c
    plain = [column for column in table.columns if column.name not in ("child", "other")]
    return select(*plain, store.standing_for(kept.child).label("child"), store.standing_for(kept.other).label("other"))
