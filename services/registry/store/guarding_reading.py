"""Tables and mapping of alarms about unusual reading, and the counting of what accounts read in the audit log."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid, and_, func, or_, select, text
from sqlalchemy.orm import Session

from services.registry.domain import guarding_glass
from services.registry.domain import guarding_reading as domain
from services.registry.store.alarm_gauges import GLASS_OVERDUE, READING_ALARMS
from services.registry.store.guarding_glass import glass
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.repository import SubjectRepository

AT_ONCE = 500
HOUR = timedelta(hours=1)

reading_alarm = Table(
    "reading_alarm",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("measure", EnumText(domain.Measure), nullable=False),
    Column("count", Integer, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("usual", Integer),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("owner", Text),
    Column("escalated_at", DateTime(timezone=True)),
    Column("status", EnumText(domain.AlarmStatus), nullable=False),
    Column("answered_by", Text),
    Column("answered_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)
reading_day = Table(
    "reading_day",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("records", Integer, nullable=False),
)

mapper.map_imperatively(
    domain.ReadingAlarm, reading_alarm, version_id_col=reading_alarm.c.version, version_id_generator=False
)


def _read(alarm: domain.ReadingAlarm, kept: dict[str, Any]) -> None:
    alarm.words = kept["words"]


protection.protect(
    domain.ReadingAlarm,
    reading_alarm,
    subject=lambda each: each.id,
    write=lambda each: {"words": each.words},
    read=_read,
)

# Readings are noted under the name of their permission, commands under their own: an index holds the first alone
# (migration 0013), and its condition stands here word for word. Reading the audit log itself is no reading of a record.
_COUNTED = "action like 'registry.%' and action <> 'registry.audit.read'"
_DENIED = "outcome = 'denied' and detail ->> 'code' = 'not-found'"
_NOW = text(
    f"""
    with since as materialized (
        select actor, roles, at >= :hour as late, outcome = 'done' as done, at >= :midnight as today,
               coalesce(subject, id) as record
        from audit
        where at >= least(:midnight, :hour) and at <= :at and {_COUNTED}
          and (outcome = 'done' and subject is not null or {_DENIED})
    ), counted as (
        select actor,
               count(distinct record) filter (where done and late) as hour,
               count(distinct record) filter (where done and today) as day,
               count(distinct record) filter (where not done and late) as denied_hour,
               count(distinct record) filter (where not done and today) as denied_day
        from since group by actor
    ), held as (
        select actor, array_agg(distinct role) as roles
        from (select distinct actor, roles from since) had cross join unnest(had.roles) as role group by actor
    ), usual as (
        select account, percentile_cont(0.5) within group (order by records) as usual
        from reading_day where day >= :first and day < :today group by account having count(*) >= :days
    )
    select counted.*, coalesce(held.roles, '{{}}') as roles, usual.usual
    from counted left join held on held.actor = counted.actor left join usual on usual.account = counted.actor
    """  # noqa: S608 (constants)
)
_SUM_UP = text(
    f"""
    insert into reading_day (account, day, records)
    select actor, cast(:day as date), count(distinct subject)
    from audit
    where at >= :from and at < :to and {_COUNTED} and outcome = 'done' and subject is not null
    group by actor
    on conflict do nothing
    """  # noqa: S608 (constants)
)


class ReadingAlarms(SubjectRepository[domain.ReadingAlarm]):
    """The alarms about unusual reading."""

    kind = domain.ReadingAlarm

    def of_day(self, day: date) -> Mapping[str, domain.ReadingAlarm]:
        """The alarms of a day by account, locked."""
        query = select(domain.ReadingAlarm).where(reading_alarm.c.day == day).with_for_update()
        return {each.account: each for each in self._session.scalars(query)}

    def late(self, at: datetime) -> Sequence[domain.ReadingAlarm]:
        """Up to 500 that nobody answered in time and that were not escalated, or that nobody owns; locked."""
        own = reading_alarm.c
        unescalated = and_(own.due <= at, own.escalated_at.is_(None))
        query = select(domain.ReadingAlarm).where(
            own.status == domain.AlarmStatus.RAISED, or_(unescalated, own.owner.is_(None))
        )
        return self._session.scalars(query.order_by(own.id).limit(AT_ONCE).with_for_update()).all()

    def show(self, at: datetime) -> None:
        """Tell the monitoring how many wait for an answer, and how many emergency accesses for a late review."""
        own = reading_alarm.c
        raised = select(func.count()).where(own.status == domain.AlarmStatus.RAISED)
        waiting = [guarding_glass.GlassStatus.EXPIRED, guarding_glass.GlassStatus.OVERDUE]
        overdue = select(func.count()).where(glass.c.status.in_(waiting), glass.c.review_due <= at)
        self._session.flush()
        READING_ALARMS.set(self._session.scalar(raised) or 0)
        GLASS_OVERDUE.set(self._session.scalar(overdue) or 0)


class Readings:
    """What accounts read, as the audit log has it. `window` days back an account's usual is looked for."""

    def __init__(self, session: Session, zone: ZoneInfo, window: int, days: int) -> None:
        self._session = session
        self._zone = zone
        self._window = window
        self._days = days

    def sum_up(self, today: date) -> None:
        """Keep the counts of the days that are over; all of them at the first time, then yesterday's."""
        last = self._session.scalar(select(func.max(reading_day.c.day)))
        first = max(today - timedelta(days=self._window), last + timedelta(days=1) if last else date.min)
        for number in range((today - first).days):  # a day a statement: none runs into the statement timeout
            day = first + timedelta(days=number)
            span = {"day": day, "from": self._midnight(day), "to": self._midnight(day + timedelta(days=1))}
            self._session.execute(_SUM_UP, span)
        gone = reading_day.c.day < today - timedelta(days=self._window)
        self._session.execute(reading_day.delete().where(gone))

    def now(self, at: datetime, today: date) -> Sequence[domain.Reading]:
        """What each account read and was denied within the last hour and today."""
        asked = {
            "at": at,
            "hour": at - HOUR,
            "midnight": self._midnight(today),
            "today": today,
            "first": today - timedelta(days=self._window),
            "days": self._days,
        }
        return [
            domain.Reading(
                account=row.actor,
                roles=frozenset(row.roles),
                hour=row.hour,
                day=row.day,
                denied_hour=row.denied_hour,
                denied_day=row.denied_day,
                usual=row.usual,
            )
            for row in self._session.execute(_NOW, asked)
        ]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)
