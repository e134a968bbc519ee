"""How far the register is looked through: what is due, what waits for a person, what is behind. Numbers, never who.

Not here: the looking (matching_runs).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.matching_runs import RunKind, RunStatus
from services.registry.domain.matching_weights import Likelihood
from services.registry.store.alarm_gauges import MATCHING_DUE, MATCHING_PAIRS, MATCHING_STALE
from services.registry.store.matching_tables import match_due, match_pair, match_run, match_term, match_version
from services.registry.store.matching_terms import Terms
from shared import row_security

PATIENCE = timedelta(days=1)
"""Who waits longer to be compared waits too long."""


def open_pairs(session: Session) -> dict[str, int]:
    """How many pairs nobody has decided for good, by likelihood. The caller sees all rows."""
    open_ = match_pair.c.decision.in_((PairDecision.PROPOSED, PairDecision.UNSURE))
    query = select(match_pair.c.likelihood, func.count()).where(open_).group_by(match_pair.c.likelihood)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {shown: found.get(shown, 0) for shown in (Likelihood.LIKELY, Likelihood.POSSIBLE)}


def is_behind(session: Session, terms: Terms) -> bool:
    """Whether there are terms that would be made otherwise now."""
    with row_security.seeing_all(session):
        return not set(session.scalars(select(match_version.c.version))) <= {terms.current.number}


def stale(session: Session, terms: Terms) -> int:
    """How many records have terms that would be made otherwise now; or, while they are made anew, are left to do."""
    running = match_run.c.status == RunStatus.RUNNING, match_run.c.kind == RunKind.INDEX
    left = session.scalar(select(match_run.c.children - match_run.c.looked).where(*running))
    if left is not None:
        return max(int(left), 0)
    if not is_behind(session, terms):
        return 0
    with row_security.seeing_all(session):
        old = match_term.c.version != terms.current.number
        return session.scalar(select(func.count(match_term.c.child.distinct())).where(old)) or 0


def running_id(session: Session, kind: RunKind) -> UUID | None:
    """The run of a kind that is not over."""
    running = match_run.c.status == RunStatus.RUNNING
    found: UUID | None = session.scalar(select(match_run.c.id).where(match_run.c.kind == kind, running))
    return found


def measure(session: Session, terms: Terms, at: datetime) -> None:
    """Tell the metrics."""
    late = func.count().filter(match_due.c.since < at - PATIENCE)
    with row_security.seeing_all(session):
        everybody, overdue = session.execute(select(func.count(), late).select_from(match_due)).one()
        pairs = open_pairs(session)
    MATCHING_DUE.labels("no").set(everybody - overdue)
    MATCHING_DUE.labels("yes").set(overdue)
    for likelihood, count in pairs.items():
        MATCHING_PAIRS.labels(likelihood).set(count)
    MATCHING_STALE.set(stale(session, terms))
