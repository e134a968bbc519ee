"""Tables of missing children. Not here: their mapping (alerts, alerts_pairs)."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import REAL

from services.registry.domain.alerts import AlertStage
from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.alerts_facts import Step
from services.registry.store.mapping import metadata
from shared.columns import EnumText

alert_number = Sequence("alert_number", metadata=metadata)

alert = Table(
    "alert",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id")),
    Column("area", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    Column("stage", EnumText(AlertStage), nullable=False),
    Column("close_reason", Text),
    Column("sealed", LargeBinary),
)

alert_clock = Table(
    "alert_clock",
    metadata,
    Column("alert", Uuid, ForeignKey("alert.id"), primary_key=True),
    Column("step", EnumText(Step), primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True)),
)

alert_pair = Table(
    "alert_pair",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("alert", Uuid, ForeignKey("alert.id"), nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("agrees_in", ARRAY(Text), nullable=False),
    Column("score", REAL, nullable=False),
    Column("reasons", ARRAY(Text, as_tuple=True), nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decision", EnumText(PairDecision), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
)
