"""Tables and mapping of what registry hears of care and cases elsewhere: ids, days and codes, nothing to be sealed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Table, Text, Uuid, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from services.registry.domain import care as domain
from services.registry.law import PackCareForms
from services.registry.store import merged
from services.registry.store.alarm_gauges import UNKNOWN
from services.registry.store.children import child as children
from services.registry.store.mapping import mapper, metadata
from shared import row_security
from shared.columns import IdSet
from shared.countries import Pack
from shared.repository import NamedRepository


class StaysType(TypeDecorator[Mapping[UUID, domain.Stay]]):
    """Stays by placement in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Mapping[UUID, domain.Stay] | None, dialect: Any) -> Any:
        """The stays as JSON."""
        return {str(id_): _write(stay) for id_, stay in (value or {}).items()}

    def process_result_value(self, value: Any, dialect: Any) -> Mapping[UUID, domain.Stay]:
        """The stays."""
        return {UUID(id_): _read(kept) for id_, kept in (value or {}).items()}


def _write(stay: domain.Stay) -> list[Any]:
    days = [day.isoformat() if day else None for day in (stay.from_, stay.to)]
    return [str(stay.provider) if stay.provider else None, stay.care_form, *days, stay.care, stay.withdrawn]


def _read(kept: list[Any]) -> domain.Stay:
    provider, care_form, *days, care, withdrawn = kept
    from_, to = (date.fromisoformat(day) if day else None for day in days)
    return domain.Stay(UUID(provider) if provider else None, care_form, from_, to, care, withdrawn)


care_status = Table(
    "care_status",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("stays", StaysType, nullable=False),
    Column("cases", IdSet, nullable=False),
    Column("in_care", Boolean, nullable=False),
    Column("provider", Uuid),
    Column("placement", Uuid),
    Column("care_form", Text),
    Column("since", Date),
    Column("in_care_since", Date),
    Column("named_at", DateTime(timezone=True), nullable=False),
)

mapper.map_imperatively(domain.CareStatus, care_status, exclude_properties={"named_at"})


def care_of(session: Session, children: Iterable[UUID]) -> dict[UUID, domain.Care]:
    """How these children are cared for now, not locked; of one never named nothing is known."""
    records, kept = merged.records_of(session, children), care_status.c
    columns = (kept.in_care, kept.provider, kept.placement, kept.care_form, kept.since, kept.in_care_since, kept.cases)
    query = select(kept.child, *columns).where(kept.child.in_(records))
    with row_security.seeing_all(session):
        rows = session.execute(query).all()
    found = dict.fromkeys(records.values(), domain.Care())
    for row in rows:
        child = records[row[0]]
        found[child] = found[child].joined(domain.Care(*row[1:], named=True))
    return found


class CareOfAll(NamedRepository[domain.CareStatus]):
    """What was heard of all children's care."""

    kind = domain.CareStatus

    def of(self, child: UUID) -> domain.Care:
        """How the child is cared for now; not locked."""
        return care_of(self._session, [child])[child]

    def count_unknown(self, named_before: datetime) -> int:
        """Count the children named before an instant whom registry does not hold, and tell the metric."""
        known = exists().where(children.c.id == care_status.c.child)
        query = select(func.count()).where(care_status.c.named_at < named_before, ~known)
        found = self._session.scalar(query) or 0
        UNKNOWN.set(found)
        return found


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Pack

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load what was heard of the children that events are about."""
        self.care.expect(subjects)

    @cached_property
    def care(self) -> CareOfAll:
        """What was heard of children's care."""
        return CareOfAll(self.session)

    @cached_property
    def care_forms(self) -> PackCareForms:
        """What the country pack says of forms of care."""
        return PackCareForms(self._codes)
