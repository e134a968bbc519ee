"""Read-only queries about looking a whole register through for records of one child: numbers, never who."""

from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from services.registry.domain.matching_runs import RunKind
from services.registry.store import matching_progress as store
from services.registry.store.children import child
from services.registry.store.matching_tables import match_due, match_run, match_term
from services.registry.store.matching_terms import Terms
from shared import queries, row_security
from shared.countries import Pack

LATEST = 20
_SHOWN = [column for column in match_run.columns if column.name != "after"]


def run(session: Session, id_: UUID) -> dict[str, Any]:
    """One run. Raises NotFound."""
    return queries.one(session, select(*_SHOWN).where(match_run.c.id == id_), "run")


def runs(session: Session) -> list[dict[str, Any]]:
    """The latest runs, the newest first; those that are not over are always among them."""
    over = case((match_run.c.ended_at.is_(None), 0), else_=1)
    return queries.rows(session, select(*_SHOWN).order_by(over, match_run.c.id.desc()).limit(LATEST))


def due(session: Session) -> int:
    """How many records wait to be looked at."""
    with row_security.seeing_all(session):
        return session.scalar(select(func.count()).select_from(match_due)) or 0


def running_id(session: Session, kind: RunKind) -> UUID | None:
    """The run of a kind that is not over."""
    return store.running_id(session, kind)


def is_behind(session: Session, pack: Pack) -> bool:
    """Whether there are terms that would be made otherwise now."""
    return store.is_behind(session, Terms(session, pack))


def status(session: Session, pack: Pack) -> dict[str, Any]:
    """How far the register is looked through, in numbers."""
    with row_security.seeing_all(session):
        found = exists().where(match_term.c.child == child.c.id)
        children = session.scalar(select(func.count()).select_from(child).where(found)) or 0
        waiting = session.execute(select(func.count(), func.min(match_due.c.since)).select_from(match_due)).one()
        pairs = store.open_pairs(session)
    return {
        "children": children,
        "stale": store.stale(session, Terms(session, pack)),
        "due": waiting[0],
        "due_since": waiting[1],
        "pairs": pairs,
        "runs": runs(session),
    }
