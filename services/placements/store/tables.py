"""placements' tables and their column types. Not here: what they keep (mapping), how they are made (migrations)."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from services.placements import domain
from shared.columns import EnumText

metadata = MetaData()


class CodesType(TypeDecorator[tuple[str, ...]]):
    """Some codes in an array."""

    impl = ARRAY(Text)
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Any) -> Any:
        return list(value or ())

    def process_result_value(self, value: Any, dialect: Any) -> tuple[str, ...]:
        return tuple(value)


class SaidType(TypeDecorator[domain.Said]):
    """domain.Said in a JSON column."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: domain.Said | None, dialect: Any) -> Any:
        return None if value is None else vars(value) | {"to": value.to.isoformat() if value.to else None}

    def process_result_value(self, value: Any, dialect: Any) -> domain.Said | None:
        to = date.fromisoformat(value["to"]) if value and value["to"] else None
        return None if value is None else domain.Said(**value | {"to": to})


provider = Table(
    "provider",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("places", Integer),
    Column("register", Text),
    Column("register_key", Text),
    UniqueConstraint("register", "register_key"),
)

whereabouts = Table(
    "whereabouts",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("born_from", Date),
    Column("born_to", Date),
    Column("area", Text),
    Column("confirmed", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("merged_into", Uuid),
    Column("sealed", Boolean, nullable=False),
    Column("named_at", DateTime(timezone=True), nullable=False),
)

placement = Table(
    "placement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("state", EnumText(domain.State), nullable=False),
    Column("authorised", Boolean, nullable=False),
    Column("ground", EnumText(domain.Ground)),
    Column("care_form", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("to", Date),
    Column("planned_to", Date),
    Column("provider", Uuid, ForeignKey("provider.id")),
    Column("carer_relation", Text),
    Column("kind", Text, nullable=False),
    Column("entry_reason", Text, nullable=False),
    Column("other_reasons", CodesType, nullable=False),
    Column("end_reason", Text),
    Column("destination", Text),
    Column("recorded_on", Date, nullable=False),
)

breach = Table(
    "breach",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("healed_on", Date),
)

placement_key = Table(
    "placement_key",
    metadata,
    Column("register", Text, primary_key=True),
    Column("child_key", Text, primary_key=True),
    Column("care_form", Text, primary_key=True),
    Column("provider_key", Text, primary_key=True),
    Column("from", Date, key="from_", primary_key=True),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("said", SaidType),
    Column("answered", SaidType),
)
