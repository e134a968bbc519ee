"""Tables of absences, reviews and bonds of brothers and sisters. Not here: who maps and finds them (mapping, stays)."""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from services.placements.domain.absences import AbsenceState
from services.placements.domain.bonds import Bond, BondStatus
from services.placements.domain.legacy import Step
from services.placements.domain.reviews import ReviewStatus
from services.placements.store.tables import CodesType, metadata
from shared.columns import EnumText

absence = Table(
    "absence",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("state", EnumText(AbsenceState), nullable=False),
    Column("kind", Text, nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("expected_back", Date),
    Column("to", Date),
    Column("kept_until", Date),
    Column("recorded_on", Date, nullable=False),
)

review = Table(
    "review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("status", EnumText(ReviewStatus), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("by", CodesType, nullable=False),
    Column("not_heard_reason", Text),
    Column("goals", Text, nullable=False),
    Column("necessary", Text, nullable=False),
    Column("suitable", Text, nullable=False),
    Column("way_home", Text, nullable=False),
    Column("again_by", Date),
    Column("recorded_on", Date, nullable=False),
)

review_words = Table(
    "review_words",
    metadata,
    Column("review", Uuid, ForeignKey("review.id"), primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("sealed", LargeBinary),
)

sibling_bond = Table(
    "sibling_bond",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("sibling", Uuid, nullable=False),
    Column("bond", EnumText(Bond), nullable=False),
    Column("harmed", Boolean, nullable=False),
    Column("status", EnumText(BondStatus), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("second_by", Text),
    Column("contact_every", Integer),
    Column("contact_due", Date),
    Column("contact_last", Date),
    Column("overdue_told", Date),
)


class StepsType(TypeDecorator[tuple[Step, ...]]):
    """Some legacy.Step in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[Step, ...] | None, dialect: Any) -> Any:
        return [[each.until.isoformat(), each.share] for each in value or ()]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Step, ...]:
        return tuple(Step(date.fromisoformat(until), share) for until, share in value)


legacy_plan = Table(
    "legacy_plan",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("area", Text, nullable=False, unique=True),
    Column("steps", StepsType, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_on", Date, nullable=False),
)
