"""How far the day's turn is: whose day has come, what comes in the next days, which law was seen."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.placements.store.tables import whereabouts
from services.placements.store.turn import law_seen, turn_child, turn_provider

AHEAD = timedelta(days=30)


def status(session: Session, today: date) -> dict[str, Any]:
    """Children due, since when; how many come within thirty days; what waits in the queues; the law seen last."""
    day = whereabouts.c.next_on
    due, since = session.execute(select(func.count(), func.min(day)).where(day <= today)).one()
    soon = session.scalar(select(func.count()).where(day > today, day <= today + AHEAD))
    law = session.execute(select(law_seen.c.seen_on, law_seen.c.spread_on)).one_or_none()
    return {
        "due": due,
        "due_since": since,
        "within_thirty_days": soon,
        "children_concerned": session.scalar(select(func.count()).select_from(turn_child)),
        "providers_concerned": session.scalar(select(func.count()).select_from(turn_provider)),
        "law_seen_on": law.seen_on if law else None,
        "law_spreads_since": law.spread_on if law else None,
    }
