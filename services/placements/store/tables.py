"""placements' tables and their column types. Not here: what they keep (mapping), how they are made (migrations)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
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
from services.placements.domain import turn
from services.placements.domain.care_cases import KnownCase
from shared import protection
from shared.columns import EnumText, IdSet

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


class LimitsType(TypeDecorator[tuple[turn.Limit, ...]]):
    """Some turn.Limit in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[turn.Limit, ...] | None, dialect: Any) -> Any:
        return [[str(each.id), str(each.placement), each.rule, each.on.isoformat()] for each in value or ()]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[turn.Limit, ...]:
        return tuple(
            turn.Limit(UUID(id_), UUID(placement), rule, date.fromisoformat(on)) for id_, placement, rule, on in value
        )


class CasesType(TypeDecorator[tuple[KnownCase, ...]]):
    """Some care_cases.KnownCase in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[KnownCase, ...] | None, dialect: Any) -> Any:
        return [[str(each.id), each.named] for each in value or ()]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[KnownCase, ...]:
        return tuple(KnownCase(UUID(id_), named) for id_, named in value)


subject_key = protection.subject_keys(metadata)

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
    Column("care_forms", CodesType, nullable=False),
    Column("age_from", Integer),
    Column("age_to", Integer),
    Column("sexes", CodesType, nullable=False),
    Column("accessible", CodesType, nullable=False),
    Column("languages", CodesType, nullable=False),
    Column("approval_needed", Boolean, nullable=False),
    Column("approval_number", Text),
    Column("approved_from", Date),
    Column("approved_to", Date),
    Column("suspended", Boolean, nullable=False),
    Column("closed_on", Date),
    Column("living", Integer, nullable=False, server_default="0"),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("free", Integer, Computed("places - living - expected")),
    UniqueConstraint("register", "register_key"),
)

provider_unit = Table(
    "provider_unit",
    metadata,
    Column("provider", Uuid, ForeignKey("provider.id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("places", Integer, nullable=False),
    Column("age_from", Integer),
    Column("age_to", Integer),
    Column("sexes", CodesType, nullable=False),
    Column("accessible", CodesType, nullable=False),
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
    Column("siblings", IdSet, nullable=False),
    Column("merged", IdSet, nullable=False),
    Column("died_on", Date),
    Column("sex", Text),
    Column("next_on", Date),
    Column("of_age_on", Date),
    Column("unrepresented_since", Date),
    Column("limits", LimitsType, nullable=False),
    Column("cases", CasesType, nullable=False),
    Column("lacking_since", Date),
    Column("lacking_due", Date),
    Column("lacking_told", Boolean),
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
    Column("review_due", Date),
    Column("end_reason", Text),
    Column("destination", Text),
    Column("recorded_on", Date, nullable=False),
    Column("decision", Uuid),
    Column("began_at", DateTime(timezone=True)),
    Column("place_kept", Boolean, nullable=False),
    Column("unit", Text),
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
    Column("due_at", DateTime(timezone=True)),
    Column("alarmed_on", Date),
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
