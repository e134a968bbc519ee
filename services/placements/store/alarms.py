"""Tables and mapping of alarms, and of the rota that says whose they are; facts are followed here at commit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, Uuid, and_, func, or_, select
from sqlalchemy.orm import Session

from services.placements.domain import alarms as domain
from services.placements.domain import rota as rotas
from services.placements.store import pack
from services.placements.store.alarm_gauges import ALARMS
from services.placements.store.mapping import mapper
from services.placements.store.tables import metadata
from shared.columns import EnumText
from shared.countries import Pack
from shared.errors import Invalid
from shared.ids import new_id
from shared.repository import Repository

alarm = Table(
    "alarm",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Uuid, nullable=False),
    Column("child", Uuid),
    Column("area", Text),
    Column("role", Text, nullable=False),
    Column("owner", Text),
    Column("level", Integer, nullable=False),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    Column("escalate_at", DateTime(timezone=True)),
    Column("status", EnumText(domain.AlarmStatus), nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Column("rule", Text),
)

rota_duty = Table(
    "rota_duty",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("area", Text),
    Column("level", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("to", Date),
)

mapper.map_imperatively(domain.Alarm, alarm, version_id_col=alarm.c.version, version_id_generator=False)
mapper.map_imperatively(rotas.Duty, rota_duty, version_id_col=rota_duty.c.version, version_id_generator=False)
_OPEN = alarm.c.settled_at.is_(None)


class PackKinds:
    """The country pack's kinds of alarms (domain.Kinds)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def patience(self, kind: str, on: date, area: str | None) -> domain.Patience:
        """How long an alarm of a kind waits for its owner. Raises Invalid for an unknown code."""
        if not self._pack.has("alarm_kind", kind):
            raise Invalid("Not a code of the list alarm_kind.", field="kind", rule="code:alarm_kind")
        late = timedelta(hours=self._hours("alarm_escalation", on, area))
        if self._pack.codes("alarm_kind")[kind]["urgency"] == "urgent":
            return domain.Patience(timedelta(hours=self._hours("alarm_unseen_urgent", on, area)), late)
        return domain.Patience(None, late)

    def _hours(self, name: str, on: date, area: str | None) -> int:
        return self._pack.parameter(name, on, area).whole()


class Rota(Repository[rotas.Duty]):
    """The rota, read as a whole once a transaction: some hundred lines."""

    kind = rotas.Duty

    def __init__(self, session: Session, pack: Pack) -> None:
        super().__init__(session)
        self._pack = pack

    @cached_property
    def _duties(self) -> Sequence[rotas.Duty]:
        return self._session.scalars(select(rotas.Duty)).all()

    def owner(self, role: str, area: str | None, level: int, on: date) -> tuple[str, int] | None:
        """Who sees to an alarm of a role in an area from a level upwards, and at which level."""
        above = self._pack.areas.ancestors(area, on) if area else ()
        return rotas.owner(self._duties, role, above, level, on)

    def on_duty(self, on: date) -> dict[str, frozenset[str]]:
        """The accounts on the rota on a day, by role."""
        found: dict[str, set[str]] = {}
        for each in self._duties:
            if each.holds(on):
                found.setdefault(each.role, set()).add(each.account)
        return {role: frozenset(accounts) for role, accounts in found.items()}


class Alarms(Repository[domain.Alarm]):
    """The alarms."""

    kind = domain.Alarm

    def escalating(self, at: datetime, limit: int) -> Sequence[domain.Alarm]:
        """Alarms that nobody saw to in time, locked; those that another process has at hand are left to it."""
        query = select(domain.Alarm).where(_OPEN, alarm.c.escalate_at <= at).order_by(alarm.c.escalate_at)
        return self._session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()

    def astray(self, on_duty: Mapping[str, frozenset[str]], limit: int) -> Sequence[domain.Alarm]:
        """Open alarms without an owner for whom there is one, or whose owner is on no rota any more, locked."""
        roles = [
            and_(alarm.c.role == role, or_(alarm.c.owner.is_(None), alarm.c.owner.not_in(sorted(accounts))))
            for role, accounts in on_duty.items()
        ]
        left = and_(alarm.c.owner.is_not(None), alarm.c.role.not_in(sorted(on_duty)))
        query = select(domain.Alarm).where(_OPEN, or_(left, *roles)).order_by(alarm.c.due, alarm.c.id)
        return self._session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()

    def count(self, at: datetime) -> None:
        """Count the open alarms, and tell the metric."""
        overdue = func.count().filter(alarm.c.due < at)
        unowned = func.count().filter(alarm.c.owner.is_(None))
        counts = self._session.execute(select(func.count(), overdue, unowned).where(_OPEN)).one()
        for which, number in zip(("all", "overdue", "unowned"), counts, strict=True):
            ALARMS.labels(which).set(number)

    def standing(self, about: Iterable[Any]) -> Sequence[domain.Alarm]:
        """The open alarms about these things, locked."""
        query = select(domain.Alarm).where(_OPEN, alarm.c.about.in_(sorted(about))).order_by(alarm.c.id)
        return self._session.scalars(query.with_for_update()).all()


class Collections(pack.Collections):
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def alarms(self) -> Alarms:
        """The alarms."""
        return Alarms(self.session)

    @cached_property
    def rota(self) -> Rota:
        """The rota."""
        return Rota(self.session, self._codes)

    @cached_property
    def alarm_kinds(self) -> PackKinds:
        """What the country pack says of kinds of alarms."""
        return PackKinds(self._codes)

    def follow(self, facts: Iterable[object]) -> None:
        """Raise the alarms that facts begin, settle those that they end; one that stands already is left as it is."""
        due, settled = domain.told(facts)
        if not due and not settled:
            return
        standing = self.alarms.standing(settled | {each.about for each in due})
        for each in standing:
            if each.about in settled:
                each.settle(self.context.at)
        known = {(each.about, each.kind) for each in standing if each.status is not domain.AlarmStatus.SETTLED}
        self.session.flush()  # what is settled makes room for what is raised anew about the same thing
        for each_due in due:
            if (each_due.about, each_due.kind) not in known:
                self._raise(each_due)

    def _raise(self, due: domain.Due) -> None:
        found = self.rota.owner(due.role, due.area, 0, self.today)
        moment = due.due if isinstance(due.due, datetime) else self.law.calendar.end_of(due.due)
        patience = self.alarm_kinds.patience(due.kind, self.today, due.area)
        self.alarms.add(domain.Alarm.of(new_id(), due, moment, found[0] if found else None, patience, self.context.at))
