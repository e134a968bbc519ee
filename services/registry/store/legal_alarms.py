"""Who must be seen to: children in care whom nobody represents; and how many are.

Asked of the database's function `kinward_unrepresented` (migration 0017), whose conditions are those of
LegalFile.representatives. It looks at the children for whom that may be so; who those are is kept here. Not here: due
dates, owners (views).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ARRAY, Column, Date, DateTime, Select, Table, Text, Uuid, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.store import families, merged
from services.registry.store.alarm_gauges import UNREPRESENTED
from services.registry.store.children import child
from services.registry.store.mapping import metadata

KEPT = timedelta(hours=1)
"""So long a child that turned out to be represented is still asked about: longer than any transaction."""
AGAIN = timedelta(days=3)
"""Of so many days ago the ties that ended are looked at again."""

asked = Table(
    "representation_asked",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)
_tie = families.relationship.c
_parent = _tie.bond == families.kinship.Bond.PARENT


def found(today: date, areas: Iterable[str] | None = None) -> Any:
    """id, since of each child in care in `areas` (None: any) whom nobody is known to represent in law (CARE C3)."""
    asked_of = literal(None if areas is None else sorted(areas), ARRAY(Text))
    return func.kinward_unrepresented(today, asked_of).table_valued(
        Column("id", Uuid), Column("since", Date), name="found"
    )


def unrepresented(today: date, areas: Iterable[str] | None) -> Select[Any]:
    """id, area, since of each of them whom the transaction sees."""
    each = found(today, areas)
    return select(child.c.id, child.c.area, each.c.since).join(each, each.c.id == child.c.id)


class LegalAlarms:
    """Counts what must be seen to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count_unrepresented(self, today: date, long_ago: date) -> int:
        """Count the children in care whom nobody represents, and tell the metric; overdue: since before `long_ago`.

        Those whose tie to a parent ended by its day are asked about too; those who are represented no more.
        """
        ended = select(_tie.child).where(_parent, _tie.to <= today, _tie.to > today - AGAIN).distinct().subquery()
        fresh = insert(asked).from_select(["child", "at"], select(ended.c.child, func.clock_timestamp()))
        self._session.execute(fresh.on_conflict_do_nothing())
        ends = exists().where(_tie.child == asked.c.child, _parent, _tie.to > today)
        # Of whom registry holds no record yet, one may come.
        known = select(child.c.id).where(merged.stands_for(child).not_in(select(found(today).c.id)))
        gone = delete(asked).where(asked.c.at < func.now() - KEPT, asked.c.child.in_(known), ~ends)
        self._session.execute(gone, execution_options={"synchronize_session": False})
        each = found(today)
        late = func.count().filter(each.c.since < long_ago)
        everybody, overdue = self._session.execute(select(func.count(), late).select_from(each)).one()
        UNREPRESENTED.labels("no").set(everybody - overdue)
        UNREPRESENTED.labels("yes").set(overdue)
        return int(everybody)
