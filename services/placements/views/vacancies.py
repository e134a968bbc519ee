"""Room for a child near home: families and homes with free places, found level by level of the tree of areas.

How many places are free is kept in the provider's row (store/rooms.py). Each level is one query that ends as soon as
enough are found. Not here: whose findings these become (views.options).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from services.placements.store.tables import provider
from shared import queries
from shared.countries.areas import AreaTree
from shared.reach import Reach


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for: room for so many children of these ages and sexes, on a day. Empty: it does not matter."""

    kinds: Collection[str]
    on: date
    children: int = 1
    ages: Sequence[int] = ()
    sexes: Collection[str] = ()
    care_forms: Collection[str] = ()
    accessible: Collection[str] = ()
    languages: Collection[str] = ()
    without: Collection[UUID] = ()


def found(
    session: Session, sought: Sought, home: str | None, areas: AreaTree, limit: int, *, fitting: bool = True
) -> list[dict[str, Any]]:
    """Up to `limit` providers, the nearest to `home` first, each with its `levels` from there (None: far, or unknown).

    Not `fitting`: those of the kinds near home whatever speaks against them, for a panel that asks why not.
    """
    rows: list[dict[str, Any]] = []
    for levels, near in rings(areas, home, sought.on):
        rows += queries.rows(session, asked(sought, levels, near, limit - len(rows), fitting=fitting))
        if len(rows) >= limit or (not fitting and levels is not None):
            break
    return rows


def names(session: Session, providers: Collection[UUID], reach: Reach) -> dict[UUID, str]:
    """What providers are called, of those within reach; a carer family's is no name of a person."""
    row = provider.c
    query = select(row.id, row.name).where(row.id.in_(sorted(providers)), reach.over(row.area, row.id))
    return {each["id"]: each["name"] for each in queries.rows(session, query)}


def rings(areas: AreaTree, home: str | None, on: date) -> Iterator[tuple[int | None, frozenset[str] | None]]:
    """The areas by their distance from home: its own and those below, then those of the area around it, and so on.

    Last all others (None).
    """
    inside: dict[str, list[str]] = defaultdict(list)
    for code in areas.codes(on):
        area = areas.get(code, on)
        if area is not None and area.parent is not None:
            inside[area.parent].append(code)
    before: set[str] = set()
    for levels, around in enumerate(areas.ancestors(home, on) if home else ()):
        ring = frozenset(_below(around, inside, before))
        yield levels, ring
        before |= ring
    yield None, frozenset(before) or None


def _below(top: str, inside: Mapping[str, list[str]], but: Collection[str]) -> Iterator[str]:
    """An area and all below it, without those that are known already and what lies below them."""
    waiting = [top]
    while waiting:
        code = waiting.pop()
        if code not in but:
            yield code
        waiting += [each for each in inside.get(code, ()) if each not in but]


def asked(
    sought: Sought, levels: int | None, near: frozenset[str] | None, limit: int, *, fitting: bool = True
) -> Select[Any]:
    """The query for one level: in these areas, or (no `levels`) in none of them."""
    row = provider.c
    query = select(provider, literal(levels).label("levels")).where(row.kind.in_(sorted(sought.kinds)))
    if near is not None:
        query = query.where(row.area.in_(sorted(near)) if levels is not None else row.area.not_in(sorted(near)))
    if sought.without:
        query = query.where(row.id.not_in(sorted(sought.without)))
    if fitting:
        query = query.where(*_fits(sought))
    return query.limit(limit)


def _fits(sought: Sought) -> Iterator[ColumnElement[bool]]:
    row = provider.c
    yield row.free >= sought.children
    yield row.free > 0  # what the indexes are made of
    yield ~row.suspended
    yield or_(row.closed_on.is_(None), row.closed_on > sought.on)
    holds = (row.approved_from <= sought.on) & or_(row.approved_to.is_(None), row.approved_to > sought.on)
    yield or_(row.approval_needed.is_(False), holds)
    if sought.ages:
        yield or_(row.age_from.is_(None), row.age_from <= min(sought.ages))
        yield or_(row.age_to.is_(None), row.age_to >= max(sought.ages))
    if sought.sexes:
        yield or_(func.cardinality(row.sexes) == 0, _holds(row.sexes, sought.sexes))
    if sought.care_forms:
        forms = literal(sorted(sought.care_forms), row.care_forms.type)
        yield or_(func.cardinality(row.care_forms) == 0, row.care_forms.bool_op("&&")(forms))
    for needs, column in ((sought.accessible, row.accessible), (sought.languages, row.languages)):
        if needs:
            yield _holds(column, needs)


def _holds(column: Column[Any], codes: Collection[str]) -> ColumnElement[bool]:
    return column.bool_op("@>")(literal(sorted(codes), column.type))
