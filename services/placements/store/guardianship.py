"""Tables and mapping of the supervision of guardians. Property, reports and words are sealed under the child's key."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, composite

from services.placements.domain import guardianship as domain
from services.placements.domain.leaving_care_plan import Holding
from services.placements.domain.placement import State
from services.placements.store.mapping import mapper
from services.placements.store.of_children import OfChildren
from services.placements.store.tables import metadata, placement, whereabouts
from shared import protection
from shared.columns import EnumText
from shared.repository import Repository

OPEN = (domain.GuardianshipState.ANNOUNCED, domain.GuardianshipState.IN_FORCE, domain.GuardianshipState.SUSPENDED)

guardianship = Table(
    "guardianship",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("area", Text),
    Column("visits", Uuid, nullable=False),
    Column("state", EnumText(domain.GuardianshipState), nullable=False),
    Column("kind", Text, nullable=False),
    Column("holder_kind", Text, nullable=False),
    Column("person", Uuid),
    Column("provider", Uuid),
    Column("body", Text, nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("to", Date),
    Column("since", Date),
    Column("ended_on", Date),
    Column("report_due", Date),
    Column("reported_on", Date),
    Column("report_told", Boolean, nullable=False),
    Column("visit_due", Date),
    Column("visited_on", Date),
    Column("visit_told", Boolean, nullable=False),
    Column("next_on", Date),
    Column("sealed", LargeBinary),
)

care_loss = Table(
    "care_loss",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("person", Uuid),
    Column("to", Date),
    Column("in_force", Boolean, nullable=False),
)

_kept = guardianship.c
mapper.map_imperatively(domain.CareLoss, care_loss)
mapper.map_imperatively(
    domain.Guardianship,
    guardianship,
    version_id_col=_kept.version,
    version_id_generator=False,
    properties={
        "appointed": composite(
            domain.Appointed,
            _kept.kind,
            _kept.holder_kind,
            _kept.person,
            _kept.provider,
            _kept.body,
            _kept.from_,
            _kept.to,
        )
    },
)


def _write(each: domain.Guardianship) -> dict[str, Any]:
    return {"holdings": msgspec.to_builtins(each.holdings), "reports": msgspec.to_builtins(each.reports)}


def _read(each: domain.Guardianship, kept: dict[str, Any]) -> None:
    each.holdings = msgspec.convert(kept["holdings"], tuple[Holding, ...])
    each.reports = msgspec.convert(kept["reports"], tuple[domain.GuardianReport, ...])


protection.protect(domain.Guardianship, guardianship, subject=lambda each: each.child, write=_write, read=_read)


class Guardianships(OfChildren[domain.Guardianship]):
    """The supervised guardianships."""

    kind = domain.Guardianship
    what = "guardianship"

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Those whose report or visit has become overdue and was not told, or whose child is another area's now."""
        there = select(placement.c.area).where(placement.c.child == _kept.child, placement.c.state == State.ACTIVE)
        area = func.coalesce(there.scalar_subquery(), whereabouts.c.area)
        moved = and_(_kept.state.in_(OPEN), area.is_not(None), area.is_distinct_from(_kept.area))
        query = select(_kept.id).join(whereabouts, whereabouts.c.child == _kept.child)
        query = query.where(or_(_kept.next_on <= today, moved)).order_by(_kept.child, _kept.id)
        return self._session.scalars(query.limit(limit)).all()


class CareLosses(Repository[domain.CareLoss]):
    """The measures by which children lost parental care."""

    kind = domain.CareLoss

    def of(self, child: UUID) -> Sequence[domain.CareLoss]:
        """Those of a child."""
        self._session.flush()
        return self._session.scalars(select(domain.CareLoss).where(care_loss.c.child == child)).all()


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Any

    @cached_property
    def guardianships(self) -> Guardianships:
        """The supervised guardianships."""
        return Guardianships(self.session)

    @cached_property
    def care_losses(self) -> CareLosses:
        """The measures by which children lost parental care."""
        return CareLosses(self.session)

    def measure_effect(self, kind: str) -> str:
        """What a kind of legal measure does."""
        row = self._codes.codes("measure_kind").get(kind, {})
        return str(row.get("effect", ""))
