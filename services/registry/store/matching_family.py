"""The families of many records at once, as evidence for the search for the same child.

Names of persons are opened for it, and forgotten. Who wished not to be named (CARE C8) is no evidence, by name or id.
Not here: what a family says beside another (domain.matching_comparing), who may be told of it (api).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from services.registry.domain import Name, Status, matching_names
from services.registry.domain.families import Party, RelationshipStatus
from services.registry.domain.families_kinship import Bond
from services.registry.domain.matching_family import FATHER, MOTHER, Family
from services.registry.domain.matching_names import Reading
from services.registry.store.children import child, read_identity
from services.registry.store.families import relationship
from services.registry.store.families_people import person
from shared import protection, queries, row_security

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_tie, _parent = relationship.alias(), child.alias()
_RECORDS = (
    select(child.c.id, child.c.merged_into, child.c.siblings, _tie.c.other, _tie.c.other_kind, _tie.c.kind)
    .add_columns(func.coalesce(_parent.c.merged_into, _tie.c.other).label("stands"))
    .outerjoin(
        _tie,
        (_tie.c.child == child.c.id) & (_tie.c.bond == Bond.PARENT) & (_tie.c.status != RelationshipStatus.WITHDRAWN),
    )
    .outerjoin(_parent, _parent.c.id == _tie.c.other)
    .where((child.c.id == func.any(_IDS)) | (child.c.merged_into == func.any(_IDS)))
    .order_by(child.c.id, _tie.c.id)
)
"""The records of children, each with those who are on record as its parents."""
TOLD = (Status.ACTIVE, Status.DECEASED, Status.MERGED)
"""Only children in these states are named to anyone, as young mothers and fathers too."""


def families(session: Session, ids: Collection[UUID], languages: Sequence[str]) -> dict[UUID, Family]:
    """The family of each of these children, those without any too; wherever in the deployment it lives.

    What is on record under records that gave way to a child counts for it. `languages` (ISO 639-1): the deployment's.
    """
    with row_security.seeing_all(session):
        rows = queries.rows(session, _RECORDS.params(ids=list(ids)))
        names = _names(session, {row["other"]: row["other_kind"] for row in rows if row["other"]})
        stands = _standing(session, {each for row in rows for each in row["siblings"]})
    of = {row["id"]: row["merged_into"] if row["merged_into"] in ids else row["id"] for row in rows}
    found: dict[UUID, Family] = {}
    for id_ in ids:
        mine = [row for row in rows if of[row["id"]] == id_]
        ties = [row for row in mine if row["other"] in names]
        found[id_] = Family(
            _read(ties, MOTHER, names, languages),
            _read(ties, FATHER, names, languages),
            frozenset(row["stands"] for row in ties),
            frozenset(stands.get(each, each) for row in mine for each in row["siblings"])
            - {id_, *(row["id"] for row in mine)},
        )
    return found


def _standing(session: Session, records: Collection[UUID]) -> dict[UUID, UUID]:
    """Of those of these records that gave way, the ones that stand for them."""
    if not records:
        return {}
    moved = select(child.c.id, child.c.merged_into).where(child.c.id.in_(records), child.c.merged_into.is_not(None))
    return {row.id: row.merged_into for row in session.execute(moved)}


def _names(session: Session, parents: Mapping[UUID, Party]) -> dict[UUID, tuple[Name, ...]]:
    """The names of those parents that may be evidence."""
    people = {id_ for id_, kind in parents.items() if kind == Party.PERSON}
    children = parents.keys() - people
    found: dict[UUID, tuple[Name, ...]] = {}
    if people:
        query = select(person).where(person.c.id.in_(people), person.c.confidential.is_(False))
        rows = protection.opened(session, person, queries.rows(session, query), subject="id")
        found |= {row["id"]: tuple(Name(*parts) for parts in row.get("names", ())) for row in rows}
    if children:
        query = select(child).where(child.c.id.in_(children), child.c.status.in_(TOLD))
        rows = protection.opened(session, child, queries.rows(session, query), subject="id")
        found |= {row["id"]: read_identity(row["identity"]).names for row in rows}
    return found


def _read(
    ties: Iterable[Mapping[str, Any]], kind: str, names: Mapping[UUID, tuple[Name, ...]], languages: Sequence[str]
) -> tuple[Reading, ...]:
    said = (name for tie in ties if tie["kind"] == kind for name in names[tie["other"]])
    return matching_names.read(said, languages)
