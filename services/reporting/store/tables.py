"""reporting's tables, as migrations/0001_figures.py makes them. Not here: how rows become things of the domain."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.reporting.domain import RebuildReason, RebuildState, Status
from services.reporting.federation.judge import Outcome
from shared.columns import EnumText

metadata = MetaData()
read_metadata = MetaData()
"""The read tables: they carry no schema, because the transaction's search path says which of the two is live."""

child = Table(
    "child",
    read_metadata,
    Column("id", Uuid, primary_key=True),
    Column("sex", Text),
    Column("born_from", Date),
    Column("born_to", Date),
    Column("birth_basis", Text),
    Column("disability", Boolean),
    Column("area", Text),
    Column("withdrawn", Boolean, nullable=False),
    Column("merged_into", Uuid),
    Column("erased", Boolean, nullable=False),
)

episode = Table(
    "episode",
    read_metadata,
    Column("placement", Uuid, primary_key=True),
    Column("child", Uuid, nullable=False, index=True),
    Column("provider", Uuid),
    Column("care_form", Text),
    Column("carer_relation", Text),
    Column("area", Text),
    Column("start_day", Date),
    Column("end_day", Date),
    Column("entry_reason", Text),
    Column("destination", Text),
    Column("kind", Text),
    Column("whereabouts", Boolean),
    Column("started", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)

provider = Table(
    "provider", read_metadata, Column("id", Uuid, primary_key=True), Column("kind", Text), Column("area", Text)
)
centre = Table("centre", read_metadata, Column("id", Uuid, primary_key=True), Column("area", Text))
worker = Table("worker", read_metadata, Column("id", Uuid, primary_key=True), Column("centre", Uuid))

case_file = Table(
    "case_file",
    read_metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid),
    Column("kind", Text),
    Column("centre", Uuid),
    Column("worker", Uuid),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("close_reason", Text),
)

breach = Table(
    "breach",
    read_metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid),
    Column("placement", Uuid),
    Column("rule", Text),
    Column("owner", Text),
    Column("due", Date),
    Column("healed", Boolean, nullable=False),
)

live_figures = Table(
    "live_figures",
    metadata,
    Column("one", SmallInteger, primary_key=True),
    Column("schema_name", Text, nullable=False),
    Column("built_with", Text),
)

rebuild = Table(
    "rebuild",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("reason", EnumText(RebuildReason), nullable=False),
    Column("state", EnumText(RebuildState), nullable=False),
    Column("schema_name", Text),
    Column("events", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column("error", Text),
)


def cell_columns() -> tuple[Column[Any], ...]:
    """The columns of one figure, in the order of federation's Cell; the dimensions are part of the key."""
    dimensions = (
        "ref_area", "subnational_area", "indicator", "sex", "age", "residence", "wealth_quintile", "time_period",
    )  # fmt: skip
    return (
        *(Column(name, Text, primary_key=True) for name in dimensions),
        Column("value", Numeric(22, 4)),
        Column("unit_measure", Text, nullable=False),
        Column("unit_multiplier", SmallInteger, nullable=False),
        Column("obs_status", Text, nullable=False),
        Column("freq", Text, nullable=False),
        Column("coverage_time", Text, nullable=False),
        Column("data_source", Text, nullable=False),
        Column("obs_footnote", Text, nullable=False),
    )


period_note = Table(
    "period_note",
    metadata,
    Column("period", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

period_return = Table(
    "period_return",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("period", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", EnumText(Status), nullable=False),
    Column("audience", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("coverage", JSONB, nullable=False),
    Column("note", Text),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    Column("signed_by", Text, nullable=False),
)

return_cell = Table(
    "return_cell",
    metadata,
    Column("return_id", Uuid, ForeignKey("period_return.id"), primary_key=True),
    *cell_columns(),
    Column("children", Integer),
)

chain = Table(
    "chain",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("manifest_sha256", Text),
)

bundle = Table(
    "bundle",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("return_id", Uuid, ForeignKey("period_return.id"), nullable=False, unique=True),
    Column("audience", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("manifest_sha256", Text, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("verdict", EnumText(Outcome)),
    Column("receipt", LargeBinary),
    Column("received_at", DateTime(timezone=True)),
)

hub = Table(
    "hub",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hub_seq", Integer, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("verdict", EnumText(Outcome), nullable=False),
    Column("failed_check", SmallInteger),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("issuer", Text),
    Column("seq", BigInteger),
    Column("manifest_sha256", Text),
    Column("prev", Text),
    Column("dataset", Text),
    Column("period", Text),
    Column("revision", BigInteger),
    Column("content_sha256", Text),
    Column("created_at", DateTime(timezone=True)),
    Column("coverage", JSONB),
    Column("raw", LargeBinary, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
)

effective_cell = Table(
    "effective_cell",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("delivery", Uuid, ForeignKey("delivery.id"), nullable=False),
    *cell_columns(),
)
