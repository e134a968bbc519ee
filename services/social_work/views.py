"""Read-only queries of social_work. Never used to decide a write."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from services.social_work import domain, store
from shared import queries
from shared.held import Holdings
from shared.reach import Reach


def centre(session: Session, id_: UUID) -> dict[str, Any]:
    """One centre. Raises NotFound."""
    return queries.one(session, select(store.centre).where(store.centre.c.id == id_), "centre")


def worker(session: Session, id_: UUID) -> dict[str, Any]:
    """One worker, with the area of the centre. Raises NotFound."""
    joined = store.worker.join(store.centre, store.worker.c.centre == store.centre.c.id)
    query = select(store.worker, store.centre.c.area).select_from(joined)
    return queries.one(session, query.where(store.worker.c.id == id_), "worker")


def _cases() -> Select[Any]:
    joined = store.case.join(store.centre, store.case.c.centre == store.centre.c.id).outerjoin(
        store.worker, store.case.c.worker == store.worker.c.id
    )
    hidden = exists().where(store.child.c.id == store.case.c.child, store.child.c.sealed)
    return select(store.case, store.centre.c.area, store.worker.c.account).select_from(joined).where(~hidden)


def case(session: Session, id_: UUID) -> dict[str, Any]:
    """One case, with the area of its centre and the account of its worker. Raises NotFound."""
    return queries.one(session, _cases().where(store.case.c.id == id_), "case")


def cases_of_child(session: Session, child: UUID) -> list[dict[str, Any]]:
    """All cases of a child, the oldest first, those of records merged into its own among them."""
    ids = [child, *session.scalars(select(store.child.c.id).where(store.child.c.merged_into == child))]
    return queries.rows(session, _cases().where(store.case.c.child.in_(ids)).order_by(store.case.c.id))


def in_care_without_case(session: Session, reach: Reach, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Children in care, within reach, that have no open case with a named worker (an alarm, CARE C17): ids, areas."""
    known, files = store.child.c, store.case.c
    helped = exists().where(files.child == known.id, files.status == domain.CaseStatus.IN_PROGRESS)
    query = select(known.id, known.area).where(
        known.placements != [], known.withdrawn.is_(False), known.sealed.is_(False), ~helped
    )
    query = query.where(reach.over(known.area))
    if after is not None:
        query = query.where(known.id > after)
    return queries.rows(session, query.order_by(known.id).limit(limit))


HOLDINGS = Holdings(
    store.metadata,
    by={"child": ("id",)},
    without={"centre": "an office", "worker": "a colleague"},
)
"""How the tables of social_work name a child."""


def held(session: Session, child: UUID) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held on a child, by table."""
    return HOLDINGS.about(session, [child])
