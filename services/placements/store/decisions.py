"""Tables of decisions on children in care, of appeals, notices and removals; and what the unit of work offers of them.

They are parts of whereabouts: mapping says how they hang on it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Table, Text, Uuid, and_, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.placements.domain.decision import VOLUNTARY, DecisionStatus
from services.placements.domain.decision_table import After
from services.placements.domain.decisions_notices import NoticeStatus
from services.placements.store.of_children import child_of
from services.placements.store.tables import CodesType, metadata
from shared.columns import EnumText


def _child() -> Column[UUID]:
    return Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False)


decision = Table(
    "decision",
    metadata,
    Column("id", Uuid, primary_key=True),
    _child(),
    Column("status", EnumText(DecisionStatus), nullable=False),
    Column("act", Text, nullable=False),
    Column("situation", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("area", Text, nullable=False),
    Column("care_forms", CodesType, nullable=False),
    Column("provider", Uuid),
    Column("number", Text, nullable=False),
    Column("in_force_until", Date),
    Column("appeal_until", Date),
    Column("case", Uuid),
    Column("decided_by", Text),
    Column("file", Uuid),
    Column("renews", Uuid),
    Column("made_at", DateTime(timezone=True)),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("unmet", JSONB, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("second_by", Text),
    Column("second_at", DateTime(timezone=True)),
    Column("confirm_by", DateTime(timezone=True)),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("carry_out_by", Date),
    Column("carried_out_on", Date),
    Column("ended_on", Date),
    Column("answered_at", DateTime(timezone=True)),
    Column("agreement_withdrawn_at", DateTime(timezone=True)),
)

appeal = Table(
    "decision_appeal",
    metadata,
    Column("id", Uuid, primary_key=True),
    _child(),
    Column("decision", Uuid, nullable=False),
    Column("by", Text, nullable=False),
    Column("lodged_on", Date, nullable=False),
    Column("suspends", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("decided_on", Date),
    Column("outcome", Text),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    _child(),
    Column("about", Uuid, nullable=False),
    Column("after", EnumText(After), nullable=False),
    Column("to", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("status", EnumText(NoticeStatus), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("sent_by", Text),
    Column("means", Text),
)

emergency = Table(
    "emergency",
    metadata,
    Column("id", Uuid, primary_key=True),
    _child(),
    Column("placement", Uuid),
    Column("taken_by", Text, nullable=False),
    Column("situation", Text, nullable=False),
    Column("taken_from", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("area", Text, nullable=False),
    Column("named", Boolean),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)


class DecisionsOfAll:
    """Whose decisions, appeals and notices are, and which fall due; they are changed through whereabouts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def child_of(self, id_: UUID) -> UUID:
        """The child of a decision. Raises NotFound."""
        return child_of(self._session, decision, id_, "decision")

    def child_of_appeal(self, id_: UUID) -> UUID:
        """The child of an appeal. Raises NotFound."""
        return child_of(self._session, appeal, id_, "appeal")

    def child_of_notice(self, id_: UUID) -> UUID:
        """The child of a notice. Raises NotFound."""
        return child_of(self._session, notice, id_, "notice")

    def unconfirmed(self, at: datetime, limit: int) -> Sequence[UUID]:
        """Children with an oral order that should have been confirmed by now."""
        own = decision.c
        query = select(own.child).where(own.status == DecisionStatus.ORAL, own.confirm_by <= at)
        return self._session.scalars(query.order_by(own.confirm_by, own.id).limit(limit)).all()

    def unfollowed(self, limit: int) -> Sequence[tuple[UUID, UUID, date | None, date | None]]:
        """Child, decision, and the day it lapsed or else was carried out, where its case still awaits that.

        One whose time was over before it was carried out has lapsed too; but not one that only asks for more.
        """
        own, case = decision.c, metadata.tables["gatekeeping_case"].c
        undone = and_(own.carried_out_on.is_(None), case.comes_back_on.is_(None))
        over = or_(own.status == DecisionStatus.LAPSED, and_(own.status == DecisionStatus.ENDED, undone))
        lapsed_on = sql_case((over, own.ended_on))
        query = (
            select(own.child, own.id, lapsed_on, own.carried_out_on)
            .join(metadata.tables["gatekeeping_case"], case.decision == own.id)
            .where(case.status == "decided", or_(over, own.carried_out_on.is_not(None)))
        )
        return [tuple(row) for row in self._session.execute(query.order_by(own.child, own.id).limit(limit))]

    def on_withdrawn_agreement(self, limit: int) -> Sequence[tuple[UUID, datetime, datetime | None]]:
        """Child, when the agreement was withdrawn, until when its hours run, where a decision rests on it."""
        agreement, own = metadata.tables["voluntary_agreement"], decision.c
        query = (
            select(own.child, agreement.c.withdrawn_at, agreement.c.due_at)
            .join(agreement, agreement.c.child == own.child)
            .where(
                own.situation == VOLUNTARY, own.agreement_withdrawn_at.is_(None),
                own.recorded_at < agreement.c.withdrawn_at,
                own.status.in_([DecisionStatus.IN_FORCE, DecisionStatus.ORAL, DecisionStatus.SUSPENDED]),
            )
            .distinct()
        )  # fmt: skip
        return [tuple(row) for row in self._session.execute(query.order_by(own.child).limit(limit))]

    def untold(self, at: datetime, limit: int) -> Sequence[UUID]:
        """Children with a notice that should have been given by now."""
        own = notice.c
        query = select(own.child).where(own.status == NoticeStatus.DUE, own.due <= at)
        return self._session.scalars(query.order_by(own.due, own.id).limit(limit)).all()


class Collections:
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def decisions(self) -> DecisionsOfAll:
        """Whose decisions, appeals and notices are."""
        return DecisionsOfAll(self.session)
