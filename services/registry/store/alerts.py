"""Tables and mapping of missing children. Not here: found children beside missing ones (alerts_pairs)."""

from datetime import date, datetime
from functools import cached_property
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, relationship

from services.registry.domain import alerts as domain
from services.registry.domain.alerts_facts import Step
from services.registry.store import alerts_pairs
from services.registry.store.alerts_tables import alert, alert_clock, alert_number
from services.registry.store.children import child as children
from services.registry.store.mapping import mapper
from shared import protection
from shared.countries import Pack
from shared.repository import Repository

PARAMETERS = {
    Step.POLICE_TOLD: "missing_police_told",
    Step.AGENCY_TOLD: "missing_agency_told",
    Step.INVESTIGATION_OPEN: "missing_investigation_open",
    Step.INVESTIGATION_DONE: "missing_investigation_done",
    Step.SAFETY_ASSESSED: "missing_safety_assessed",
    Step.BROADCAST_WITHDRAWN: "missing_broadcast_withdrawn",
    Step.POLICE_RELEASE: "police_holding_release",
}
"""The pack's parameter with the hours of each step."""
SEALED = ("description", "told", "broadcasts", "holding", "finding", "assessment", "handover")

mapper.map_imperatively(domain.AlertClock, alert_clock)
mapper.map_imperatively(
    domain.Alert,
    alert,
    version_id_col=alert.c.version,
    version_id_generator=False,
    properties={"clocks": relationship(domain.AlertClock, order_by=alert_clock.c.due_at, lazy="selectin")},
)

_KINDS = {name: kind for name, kind in get_type_hints(domain.Alert).items() if name in SEALED}


def subject_of(alert_: domain.Alert) -> UUID:
    """Whose key seals an alert: the child's, or its own where nobody has registered the child."""
    return alert_.child or alert_.id


def _write(alert_: domain.Alert) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(alert_, name)) for name in SEALED}


def _read(alert_: domain.Alert, kept: dict[str, Any]) -> None:
    for name, kind in _KINDS.items():
        setattr(alert_, name, msgspec.convert(kept[name], kind))


protection.protect(domain.Alert, alert, subject=subject_of, write=_write, read=_read)


class Alerts(Repository[domain.Alert]):
    """The alerts of a deployment."""

    kind = domain.Alert

    def add(self, alert_: domain.Alert) -> None:
        """Take in a new one; an unregistered child gets a key under the alert's own id."""
        if alert_.child is None:
            protection.keyring(self._session).make(alert_.id)
        super().add(alert_)

    def open_of(self, child: UUID) -> UUID | None:
        """The open alert of a child, also of a record of it that gave way to this one."""
        records = select(children.c.id).where(or_(children.c.id == child, children.c.merged_into == child))
        query = select(alert.c.id).where(alert.c.child.in_(records), alert.c.stage.in_(domain.OPEN))
        return self._session.scalars(query).first()

    def next_number(self) -> int:
        """The next number for a short reference."""
        number: int = self._session.execute(select(alert_number.next_value())).scalar_one()
        return number

    def overdue(self, at: datetime, limit: int) -> list[domain.Alert]:
        """Alerts with a clock that has run out and was not told, locked; one that somebody works on waits."""
        late = alert_clock.c
        due = (
            select(late.alert)
            .where(late.done_at.is_(None), late.told_at.is_(None), late.due_at <= at)
            .order_by(late.due_at)
            .limit(limit)
        )
        ids = list(dict.fromkeys(self._session.scalars(due)))
        query = select(domain.Alert).where(alert.c.id.in_(ids)).order_by(alert.c.id)
        return list(self._session.scalars(query.with_for_update(skip_locked=True, of=domain.Alert)))


class PackAlertLaw:
    """What the country pack says of missing children (handlers.alerts.AlertLaw)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def hours(self, area: str, on: date) -> domain.Hours:
        """Hours for each step; None where the pack knows none."""
        found = {step: self._pack.parameter(name, on, area) for step, name in PARAMETERS.items()}
        return {step: None if each.value is None else each.whole() for step, each in found.items()}

    def compare_days(self, on: date) -> int:
        """For how many days after a child went missing found children are compared with it."""
        return self._pack.parameter("missing_compare", on).whole()

    def is_safe(self, result: str) -> bool:
        """Whether a result of the safety assessment allows handing back."""
        return self._pack.codes("safety_result")[result]["safe"] == "yes"

    def is_back(self, to: str) -> bool:
        """Whether handing over to these is handing back."""
        return self._pack.codes("handover_to")[to]["back"] == "yes"


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Any

    @cached_property
    def alerts(self) -> Alerts:
        """The alerts."""
        return Alerts(self.session)

    @cached_property
    def pairs(self) -> alerts_pairs.Pairs:
        """Found children beside missing ones."""
        return alerts_pairs.Pairs(self.session, self._codes)

    @cached_property
    def alert_law(self) -> PackAlertLaw:
        """What the country pack says of missing children."""
        return PackAlertLaw(self._codes)
