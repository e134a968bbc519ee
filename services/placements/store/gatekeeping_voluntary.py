"""Tables and mapping of parents' agreements and of cases looked at again; what was said is sealed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)

from services.placements.domain.gatekeeping_samples import CaseSample, Drawable
from services.placements.domain.gatekeeping_voluntary import Agreed, VoluntaryAgreement, VoluntaryStatus
from services.placements.store.gatekeeping_cases import gatekeeping_case
from services.placements.store.mapping import mapper
from services.placements.store.tables import metadata, whereabouts
from shared import protection
from shared.columns import EnumText
from shared.repository import Repository

voluntary_agreement = Table(
    "voluntary_agreement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("case", Uuid, ForeignKey("gatekeeping_case.id")),
    Column("area", Text, nullable=False),
    Column("agreed_on", Date, nullable=False),
    Column("status", EnumText(VoluntaryStatus), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("due_at", DateTime(timezone=True)),
    Column("overdue_told_at", DateTime(timezone=True)),
    Column("ended_on", Date),
    Column("applied_to", Text),
    Column("end_reason", Text),
    Column("sealed", LargeBinary, nullable=False),
)
gatekeeping_sample = Table(
    "gatekeeping_sample",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("case", Uuid, ForeignKey("gatekeeping_case.id"), nullable=False, unique=True),
    Column("area", Text, nullable=False),
    Column("drawn_by", Text, nullable=False),
    Column("drawn_on", Date, nullable=False),
    Column("looked_by", Text),
    Column("looked_on", Date),
    Column("finding", Text),
    Column("sealed", LargeBinary, nullable=False),
)
WAITING = (VoluntaryStatus.AGREED, VoluntaryStatus.WITHDRAWN)

for _kind, _table in ((VoluntaryAgreement, voluntary_agreement), (CaseSample, gatekeeping_sample)):
    mapper.map_imperatively(_kind, _table, version_id_col=_table.c.version, version_id_generator=False)


def _write(agreement: VoluntaryAgreement) -> dict[str, Any]:
    return {"agreed_by": msgspec.to_builtins(agreement.agreed_by), "words": agreement.words}


def _read(agreement: VoluntaryAgreement, kept: dict[str, Any]) -> None:
    agreement.agreed_by, agreement.words = msgspec.convert(kept["agreed_by"], tuple[Agreed, ...]), kept["words"]


def _read_sample(sample: CaseSample, kept: dict[str, Any]) -> None:
    sample.words = kept["words"]


protection.protect(VoluntaryAgreement, voluntary_agreement, subject=lambda each: each.child, write=_write, read=_read)
protection.protect(
    CaseSample,
    gatekeeping_sample,
    subject=lambda each: each.child,
    write=lambda each: {"words": each.words},
    read=_read_sample,
)


class VoluntaryAgreements(Repository[VoluntaryAgreement]):
    """The agreements of parents in a deployment."""

    kind = VoluntaryAgreement

    def open_of(self, child: UUID) -> list[VoluntaryAgreement]:
        """Those of a child that are not over, locked for change."""
        own = voluntary_agreement.c
        self._session.flush()
        ids = sorted(self._session.scalars(select(own.id).where(own.child == child, own.status.in_(WAITING))))
        self.expect(ids)
        return [self.get(each) for each in ids]

    def stands_for(self, case: UUID) -> bool | None:
        """Whether an agreement stands for a case; False: it was withdrawn; None: there is none."""
        own = voluntary_agreement.c
        self._session.flush()
        found = set(self._session.scalars(select(own.status).where(own.case == case)))
        return VoluntaryStatus.AGREED in found if found else None

    def overdue(self, at: datetime, limit: int) -> list[UUID]:
        """Children of whom an agreement was withdrawn, whose hours are over, and of whom it was not told."""
        own = voluntary_agreement.c
        late = select(own.child).where(
            own.due_at <= at, own.overdue_told_at.is_(None), own.status == VoluntaryStatus.WITHDRAWN
        )
        return list(dict.fromkeys(self._session.scalars(late.order_by(own.due_at, own.id).limit(limit))))


class CaseSamples(Repository[CaseSample]):
    """The samples of a deployment."""

    kind = CaseSample

    def draw(self, areas: Sequence[str] | None, since: date, size: int, by: str) -> list[Drawable]:
        """So many cases by chance: decided, requested since a day in these areas (None: any), never drawn before.

        None in which the account `by` had a part.
        """
        own, known = gatekeeping_case.c, whereabouts.c
        drawn = exists().where(gatekeeping_sample.c.case == own.id)
        on_panel = own.panel_accounts.bool_op("@>")(literal([by], ARRAY(Text)))
        had_part = or_(own.requested_by == by, func.coalesce(own.assessed_by, "") == by, on_panel)
        query = (
            select(own.id, own.child, own.area)
            .join(whereabouts, known.child == own.child)
            .where(own.decision.is_not(None), own.requested_on >= since, ~drawn, not_(had_part), ~known.sealed)
        )
        if areas is not None:
            query = query.where(own.area.in_(areas))
        rows = self._session.execute(query.order_by(func.random()).limit(size))
        return [Drawable(*row) for row in rows]

    def involved(self, case: UUID) -> frozenset[str]:
        """The accounts that had a part in a case."""
        own = gatekeeping_case.c
        row = self._session.execute(
            select(own.requested_by, own.assessed_by, own.panel_accounts).where(own.id == case)
        ).one()
        return frozenset(each for each in (row.requested_by, row.assessed_by, *row.panel_accounts) if each)
