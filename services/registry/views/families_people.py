"""Read-only queries about persons and households. Who wished not to be named is named in `confidential` alone.

Not here: relationships (families), who of those found may be seen (api/families_reaching).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, cast, func, select
from sqlalchemy.orm import Session

from services.registry.domain import Identifier
from services.registry.store import families as relationship_store
from services.registry.store import families_households as household_store
from services.registry.store import families_people as store
from shared import protection, queries
from shared.errors import NotFound
from shared.ids import short_reference
from shared.reach import Reach

REFERENCE = "PE"


def standing(session: Session, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """id, version, area and account of those persons that there are, and of all their children.

    `children` are all they belong to, whoever may see those; `kin`: one of these is kin of who asks.
    """
    person = store.person.c
    children = func.person_children(person.id, type_=ARRAY(Uuid))
    query = select(
        person.id, person.version, person.area, person.account, children.label("children"), _kin(children)
    ).where(person.id.in_(set(ids)))
    return {row["id"]: row for row in queries.rows(session, query)}


def _kin(children: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether one of the children is among those that the transaction's opening found to be kin (row security)."""
    kin = cast(func.nullif(func.current_setting("app.kin", True), ""), ARRAY(Uuid))
    return func.coalesce(children.bool_op("&&")(kin), False).label("kin")


def shown(session: Session, ids: Iterable[UUID], *, confidential: bool = False) -> list[dict[str, Any]]:
    """The persons as the API shows them; `confidential` names also who wished not to be named."""
    query = select(store.person).where(store.person.c.id.in_(set(ids))).order_by(store.person.c.id)
    rows = queries.rows(session, query)
    withheld = [row for row in rows if row["confidential"] and not confidential]
    named = protection.opened(
        session, store.person, [row for row in rows if confidential or not row["confidential"]], subject="id"
    )
    found = [_shown(row, None) for row in withheld] + [_shown(row, store.read_particulars(row)) for row in named]
    return sorted(found, key=lambda row: row["id"])


def person(session: Session, id_: UUID, *, confidential: bool = False) -> dict[str, Any]:
    """One person, as `shown`. Raises NotFound."""
    found = shown(session, [id_], confidential=confidential)
    if not found:
        raise NotFound("No person with this id.", field="person")
    return found[0]


def holding(session: Session, kind: str, value: str, issuer: str | None) -> list[UUID]:
    """The persons found under exactly this identifier (from any issuer where none is named)."""
    ring, held = protection.keyring(session), store.person_identifier.c
    if issuer is None:
        here = held.any_issuer == store.from_any_issuer(ring, kind, value)
    else:
        here = held.digest == store.digest_of(ring, Identifier(kind, issuer, value))
    return list(session.scalars(select(held.person).where(here).order_by(held.person)))


def households_of(session: Session, member: UUID) -> list[dict[str, Any]]:
    """The households that a child lives or lived in, or a record merged into it; with their members, nothing sealed."""
    own = household_store.household.c
    lives = household_store.household_member.c
    theirs = select(lives.household).where(relationship_store.is_one_of(lives.member, [member]))
    query = select(own.id, own.area, own.vulnerabilities).where(own.id.in_(theirs)).order_by(own.id)
    rows = queries.rows(session, query)
    members = _members(session, [row["id"] for row in rows])
    return [row | {"members": members[row["id"]]} for row in rows]


def household(session: Session, id_: UUID) -> dict[str, Any]:
    """Everything held on one household. Raises NotFound."""
    query = select(household_store.household).where(household_store.household.c.id == id_)
    row = protection.opened(
        session, household_store.household, [queries.one(session, query, "household")], subject="id"
    )[0]
    kept = {"enrolments": household_store.read_enrolments(row), "facts": _facts(session, id_)}
    return row | kept | {"members": _members(session, [id_])[id_]}


def _facts(session: Session, household_id: UUID) -> list[dict[str, Any]]:
    table = household_store.household_fact
    query = select(table).where(table.c.household == household_id).order_by(table.c.id)
    rows = [row | {"subject": row["child"] or household_id} for row in queries.rows(session, query)]
    return protection.opened(session, table, rows, subject="subject")


def household_standing(session: Session, id_: UUID) -> dict[str, Any]:
    """id, version, area of a household, the children who ever lived in it, `kin` as in `standing`. Raises NotFound."""
    own = household_store.household.c
    children = func.coalesce(func.household_children(own.id), cast([], ARRAY(Uuid)), type_=ARRAY(Uuid))
    query = select(own.id, own.version, own.area, children.label("children"), _kin(children)).where(own.id == id_)
    return queries.one(session, query, "household")


def memberships(session: Session, household_id: UUID, member: UUID) -> list[dict[str, Any]]:
    """When someone lived in a household."""
    return [row for row in _members(session, [household_id])[household_id] if row["member"] == member]


def due(session: Session, by: date, within: Reach, limit: int) -> list[dict[str, Any]]:
    """The households of an area of which a fact is to be looked at again by a day, the longest overdue first."""
    own, fact = household_store.household.c, household_store.household_fact.c
    first = func.min(fact.review_on)
    query = (
        select(own.id, own.area, first.label("review_on"))
        .join(household_store.household_fact, fact.household == own.id)
        .where(fact.review_on <= by, within.over(own.area))
        .group_by(own.id)
        .order_by(first, own.id)
    )
    return queries.rows(session, query.limit(limit))


def _members(session: Session, households: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    table = household_store.household_member
    query = select(table).where(table.c.household.in_(households)).order_by(table.c.id)
    found: dict[UUID, list[dict[str, Any]]] = {each: [] for each in households}
    for row in queries.rows(session, query):
        found[row["household"]].append(row)
    return found


def _shown(row: dict[str, Any], particulars: Any) -> dict[str, Any]:
    plain = {name: row[name] for name in ("id", "version", "area", "deceased")}
    reference = short_reference(REFERENCE, row["number"])
    return plain | {"reference": reference, "withheld": particulars is None, "particulars": particulars}
