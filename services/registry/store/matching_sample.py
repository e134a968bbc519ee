"""Samples of the register: records drawn at random, and the newest. Not here: what is asked of them.

Children are numbered as they are registered: numbers drawn between the first and the last are a sample that costs as
many look-ups as it has records, however large the register is. The same numbers are drawn each time.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from random import Random
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.domain import Identity, Status
from services.registry.store.children import child, read_identity
from shared import protection, queries, row_security

Id = TypeVar("Id", UUID, int)

FOUND = (Status.ACTIVE, Status.DECEASED)
SPARE = 1.3
"""So many times as many numbers are drawn: some are nobody's."""


def size(session: Session) -> int:
    """How many children there are."""
    with row_security.seeing_all(session):
        return int(session.scalar(select(func.count()).where(child.c.status.in_(FOUND))) or 0)


def newest(session: Session, most: int) -> list[UUID]:
    """The records registered last."""
    query = select(child.c.id).where(child.c.status.in_(FOUND)).order_by(child.c.number.desc()).limit(most)
    with row_security.seeing_all(session):
        return list(session.scalars(query))


def at_random(session: Session, most: int) -> list[UUID]:
    """Up to so many records drawn at random; all of them where there are no more."""
    query = select(child.c.id).where(child.c.status.in_(FOUND)).order_by(child.c.number)
    with row_security.seeing_all(session):
        last = int(session.scalar(select(func.max(child.c.number))) or 0)
        wanted = int(most * SPARE)
        if last > wanted:
            drawn = Random(0).sample(range(1, last + 1), wanted)  # noqa: S311 a sample, not a secret
            query = query.where(child.c.number.in_(drawn))
        ids = list(session.scalars(query))
    return sorted(Random(0).sample(ids, most)) if len(ids) > most else ids  # noqa: S311 a sample, not a secret


def identities(session: Session, ids: Iterable[UUID], states: Collection[Status] = FOUND) -> dict[UUID, Identity]:
    """The identities of these records, as far as they are in these states."""
    query = select(child).where(child.c.id.in_(list(ids)), child.c.status.in_(list(states)))
    with row_security.seeing_all(session):
        rows = protection.opened(session, child, queries.rows(session, query), subject="id")
    return {row["id"]: read_identity(row["identity"]) for row in rows}


def pairs(ids: Sequence[Id], most: int) -> list[tuple[Id, Id]]:
    """Pairs of these drawn at random, each once; all of them where there are no more."""
    if len(ids) * (len(ids) - 1) // 2 <= most:
        return list(combinations(ids, 2))
    chance = Random(0)  # noqa: S311 a sample, not a secret
    found: dict[tuple[int, int], None] = {}
    while len(found) < most:
        one, other = sorted(chance.sample(range(len(ids)), 2))
        found[one, other] = None
    return [(ids[one], ids[other]) for one, other in found]
