"""Children's records read by the thousand: plain objects with the domain's own methods, no sessions.

One query a table and load. Codes, days and ids are read; of what is sealed, the gatekeeping cases behind decisions are
opened for their codes, their days and their Yes or No (domain.gatekeeping_facts): no rule reads words.
Not here: what the rules say to them (domain.simulation), which children are asked about (simulation).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, fields, make_dataclass
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Table, Text, Uuid, any_, cast, inspect, literal, select
from sqlalchemy.orm import QueryableAttribute, Session

from services.placements import domain
from services.placements.domain import gatekeeping_facts
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_voluntary import Agreed, VoluntaryAgreement, agreed_despite
from services.placements.domain.situation import CaseFacts
from services.placements.store.gatekeeping_cases import SEALED, gatekeeping_case
from services.placements.store.gatekeeping_voluntary import voluntary_agreement
from services.placements.store.tables import whereabouts
from shared import protection

UNREAD_PARTS = frozenset({"breaches", "bonds", "appeals"})
"""Parts that no rule reads as such: what follows from rules, what is read with siblings, what follows a decision."""
UNREAD = frozenset({"limits", "cases", "unmet", "named_at"})
"""Columns that no rule reads."""
_OWN = frozenset({"__dict__", "__weakref__", "__init__", "_sa_class_manager"})
_CASE = [gatekeeping_case.c[name] for name in ("id", "child", "kind", "reasons", "help_tried", "assessed_by")] + [
    gatekeeping_case.c[name] for name in ("joined_into", "panel_accounts", "sealed")
]
_SAID = {name: kind for name, kind in SEALED.items() if name != "screening"}
_Said: Any = make_dataclass("_Said", list(_SAID.items()))
"""What is kept sealed of a case, but for what was only said."""


def read(session: Session, ids: str) -> dict[UUID, Any]:
    """The records of some children, each with its parts as the mapping knows them. `ids`: an array as text."""
    mapped = inspect(domain.Whereabouts)
    known = itemgetter(*(column.key for column in mapped.composites["known"].columns))
    own, kind = whereabouts.c.child, plain(domain.Whereabouts)
    columns = [column for column in whereabouts.c if column.key not in UNREAD]
    children, named = {}, {}
    query = select(*columns, cast(own, Text).label("as_text")).where(_among(own, ids))
    for row in session.execute(query).mappings():
        child = kind()
        vars(child).update(row)
        child.id, child.known = row["child"], domain.KnownChild(*known(row))
        children[child.id] = named[child.as_text] = child
    for part in mapped.relationships:
        if part.key in UNREAD_PARTS:
            continue
        parts = _parts(session, part, ids, named)
        for text, child in named.items():
            setattr(child, part.key, parts.get(text, []))
    return children


def cases(session: Session, wanted: Collection[UUID]) -> dict[UUID, CaseFacts]:
    """What these gatekeeping cases hold; one that does not open is left out."""
    if not wanted:
        return {}
    kind: Any = plain(GatekeepingCase)
    found = _cases(session, wanted, kind)
    leading = {each.joined_into for each in found.values() if each.joined_into} - found.keys()
    around = found | (_cases(session, leading, kind) if leading else {})
    made = _agreements(session, wanted)
    return {
        id_: gatekeeping_facts.facts(
            each, around.get(each.joined_into), agreed_despite(made[id_], each.parents) if id_ in made else None
        )
        for id_, each in found.items()
        if each.joined_into is None or each.joined_into in around
    }


def _cases(session: Session, wanted: Iterable[UUID], kind: Any) -> dict[UUID, Any]:
    query = select(*_CASE).where(gatekeeping_case.c.id == any_(literal(list(wanted), ARRAY(Uuid))))
    rows = [dict(row) for row in session.execute(query).mappings()]
    found = {}
    for row in protection.opened_where_whole(session, gatekeeping_case, rows):
        each = found[row["id"]] = kind()
        each.__dict__ |= row | vars(msgspec.convert({name: row[name] for name in _SAID}, _Said))
    return found


def _agreements(session: Session, wanted: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The agreements of parents that were made for cases; one that does not open is left out."""
    own, kind = voluntary_agreement.c, plain(VoluntaryAgreement)
    query = select(voluntary_agreement).where(own.case == any_(literal(list(wanted), ARRAY(Uuid))))
    rows = [dict(row) for row in session.execute(query).mappings()]
    found: dict[UUID, list[Any]] = {row["case"]: [] for row in rows}
    for row in protection.opened_where_whole(session, voluntary_agreement, rows):
        made = kind()
        made.__dict__ |= row | {"agreed_by": msgspec.convert(row["agreed_by"], tuple[Agreed, ...])}
        found[row["case"]].append(made)
    return found


def _among(own: ColumnElement[Any], ids: str) -> ColumnElement[bool]:
    """Whether an id is one of those that an array names as text, which is much less work than a thousand ids."""
    return own == any_(cast(literal(ids, Text), ARRAY(Uuid)))


def _parts(session: Session, part: Any, ids: str, named: Mapping[str, Any]) -> Mapping[str, list[Any]]:
    """Parts of one kind by their child's id as text."""
    table: Table = part.mapper.local_table
    (_, own), *_ = part.local_remote_pairs
    names = {column.key: each.key for each in part.mapper.column_attrs for column in each.columns}
    columns = [column for column in table.c if column.key not in UNREAD and column is not own]
    keys = [names[column.key] for column in columns]
    kind: Any = plain(part.mapper.class_)
    query = select(cast(own, Text), *columns).where(_among(own, ids))
    if part.order_by:
        query = query.order_by(*part.order_by)
    found: dict[str, list[Any]] = defaultdict(list)
    for child, *values in session.execute(query):
        each = kind()
        state = vars(each)
        state.update(zip(keys, values, strict=True))
        state[names[own.key]] = named[child].id
        found[child].append(each)
    return found


@cache
def plain(kind: type) -> type:
    """The same class without the mapping: its methods and properties, and attributes that are plain ones."""
    own = {
        name: value
        for name, value in vars(kind).items()
        if name not in _OWN and not isinstance(value, QueryableAttribute) and not hasattr(value, "prop")
    }
    given = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    return type(kind.__name__, (), {**given, **own, "__init__": _given})


def _given(self: Any, **values: Any) -> None:
    vars(self).update(values)
