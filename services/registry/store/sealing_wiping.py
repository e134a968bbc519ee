"""Which rows an erasure takes: all that stand under a child's id, in every table of registry, whoever added it.

Found in the tables' own description, so that a table added later is emptied too: by columns that name a child, and by
references to such tables. A table that does neither is named here with its reason; a test fails on one that is not.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Uuid, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.registry.store.mapping import metadata, subject_key
from shared.stream import forgetting

NAMES = ("child", "kept", "merged", "other", "member", "subject")
"""Columns that hold the id of a child, or of something else: ids of different kinds never meet."""
BY_ITS_ID = ("majority",)
"""Tables whose own id is that of the child."""
KEEPS: Mapping[str, str] = {
    "child": "goes last, when nothing refers to it any more",
    "erasure": "the tombstone: ids, codes and who decided; its words are blanked",
    "subject_key": "keys go with what they seal",
}
"""Tables that hold the id of a child and are not emptied with the others."""
ABOUT_NO_CHILD: Mapping[str, str] = {
    "import_mark": "files that were taken",
    "import_refusal": "numbers of lines of a file",
    "person": "goes where nobody is left with whom it is on record",
    "person_identifier": "goes with its person",
    "person_revision": "goes with its person",
    "identity_mark": "a place in the order of ids: up to there children were looked through",
    "seal_task": "an opaque id, under a key of its own",
    "breach_notice": "a count, never a child",
    "match_version": "how terms were made",
    "match_carriers": "how many records share a term",
    "match_run": "how far a look through the register has come",
    "match_weights": "numbers, estimated over all decisions",
    "household": "goes where no child is left in it",
    "reading_alarm": "an account and numbers; its words are about who read",
    "reading_day": "an account and a number a day",
}
"""Tables that name no child."""
CONSUMER = "registry"


def wipe(session: Session, ids: Sequence[UUID]) -> None:
    """Take these children out: rows, keys, what their events say, what waits parked. What is pending is flushed."""
    people = set(_ids(session, "relationship", "other", "child", ids, other_kind="person"))
    households = set(_ids(session, "household_member", "household", "member", ids))
    forgetting.blank(session.connection(), ids)
    forgetting.forget(session.connection(), CONSUMER, ids)
    _take(session, ids)
    people |= _take_households(session, households)
    _take_people(session, people)
    _blank_request(session, ids)
    _take_child(session, ids)


def naming(table: Table) -> list[Column[Any]]:
    """The columns of a table that name a child."""
    names = (*NAMES, "id") if table.name in BY_ITS_ID else NAMES
    return [each for each in table.columns if each.name in names and isinstance(each.type, Uuid)]


def leading(table: Table) -> list[tuple[Column[Any], Table]]:
    """The columns of a table that refer to a row which names a child, and the tables of those rows."""
    keys = [(key.parent, key.column.table) for key in table.foreign_keys]
    return [(column, other) for column, other in keys if other.name not in KEEPS and (naming(other) or leading(other))]


def _take(session: Session, ids: Sequence[UUID]) -> None:
    for table in reversed(metadata.sorted_tables):
        of = _of(table, ids)
        if of is None or table.name in KEEPS:
            continue
        if "id" in table.c and "sealed" in table.c:  # what is sealed under a key of its own
            own = select(table.c.id).where(of)
            session.execute(delete(subject_key).where(subject_key.c.subject.in_(own)))
        session.execute(delete(table).where(of))


def _of(table: Table, ids: Collection[UUID]) -> ColumnElement[bool] | None:
    """Which rows of a table are about the children; None where it has none such."""
    found = [column.in_(ids) for column in naming(table)]
    for column, other in leading(table):
        about = _of(other, ids)
        if about is not None:
            found.append(column.in_(select(other.c.id).where(about)))
    return or_(*found) if found else None


def _take_households(session: Session, candidates: Collection[UUID]) -> set[UUID]:
    """Households without a child any more go; returns the people who were in them."""
    if not candidates:
        return set()
    member = metadata.tables["household_member"]
    kept = select(member.c.household).where(member.c.household.in_(candidates), member.c.member_kind == "child")
    gone = set(candidates) - set(session.scalars(kept))
    people = set(_ids(session, "household_member", "member", "household", gone))
    session.execute(delete(member).where(member.c.household.in_(gone)))
    _take_rows(session, "household", gone)
    return people


def _take_people(session: Session, candidates: Collection[UUID]) -> None:
    """People go with whom no child, measure, consent or household is on record any more."""
    gone = set(candidates)
    for table in metadata.tables.values():
        for column in table.columns:
            mine = table.name.startswith("person") or table.name == "subject_key" or column.primary_key
            if gone and isinstance(column.type, Uuid) and not mine:
                gone -= set(session.scalars(select(column).where(column.in_(gone))))
    for name in ("person_identifier", "person_revision"):
        if gone:
            table = metadata.tables[name]
            session.execute(delete(table).where(table.c.person.in_(gone)))
    _take_rows(session, "person", gone)


def _take_rows(session: Session, name: str, ids: Collection[UUID]) -> None:
    if ids:
        table = metadata.tables[name]
        session.execute(delete(table).where(table.c.id.in_(ids)))
        session.execute(delete(subject_key).where(subject_key.c.subject.in_(ids)))


def _blank_request(session: Session, ids: Sequence[UUID]) -> None:
    erasure = metadata.tables["erasure"]
    session.execute(update(erasure).where(erasure.c.child.in_(ids)).values(sealed=None))


def _take_child(session: Session, ids: Sequence[UUID]) -> None:
    child = metadata.tables["child"]
    linked = cast(child.c.siblings, ARRAY(Uuid))
    for id_ in ids:
        without = func.array_remove(linked, id_)
        session.execute(update(child).where(linked.contains([id_])).values(siblings=without))
    # One that gave way to another goes before the one it refers to.
    session.execute(delete(child).where(child.c.id.in_(ids), child.c.merged_into.is_not(None)))
    session.execute(delete(child).where(child.c.id.in_(ids)))
    session.execute(delete(subject_key).where(subject_key.c.subject.in_(ids)))


def _ids(session: Session, table: str, wanted: str, named: str, ids: Iterable[UUID], **others: Any) -> Iterable[UUID]:
    """A column of those rows of a table whose other column is one of `ids`."""
    if table not in metadata.tables or not ids:
        return ()
    columns = metadata.tables[table].c
    query = select(columns[wanted]).where(columns[named].in_(ids))
    return session.scalars(query.where(*(columns[name] == value for name, value in others.items())))
