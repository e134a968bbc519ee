"""How often which reasons are given: by the worker of a case, and in its district (CARE C4: reason gaming).

Counts below a small number are not shown: who reads a profile learns of habits, not of one child.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.placements.store.gatekeeping_cases import gatekeeping_case


def of_case(session: Session, case: dict[str, Any], since: date, smallest: int) -> dict[str, Any]:
    """The profiles of whoever assessed (or asked for) a case, and of its area, of the cases requested since a day."""
    own = gatekeeping_case.c
    worker = case["assessed_by"] or case["requested_by"]
    by = or_(own.assessed_by == worker, own.assessed_by.is_(None) & (own.requested_by == worker))
    return {
        "since": since,
        "smallest": smallest,
        "worker": _profile(session, by, since, smallest),
        "district": _profile(session, own.area == case["area"], since, smallest),
    }


def _profile(session: Session, whose: ColumnElement[bool], since: date, smallest: int) -> dict[str, Any]:
    own = gatekeeping_case.c
    mine = (own.requested_on >= since, whose)
    total = session.execute(select(func.count()).where(*mine)).scalar_one()
    given = func.unnest(own.reasons).label("reason")
    each = select(given).where(*mine).subquery()
    query = select(each.c.reason, func.count()).group_by(each.c.reason).order_by(func.count().desc(), each.c.reason)
    if total < smallest:
        return {"cases": None, "shares": []}
    shares = [_share(reason, count, total, smallest) for reason, count in session.execute(query)]
    return {"cases": total, "shares": shares}


def _share(reason: str, count: int, total: int, smallest: int) -> dict[str, Any]:
    shown = count >= smallest
    return {
        "reason": reason,
        "count": count if shown else None,
        "percent": round(100 * count / total) if shown else None,
    }
