"""Tables of matching: blind terms, what is due to be compared, pairs, runs, weights. Not here: mapping (matching)."""

from sqlalchemy import ARRAY, Column, DateTime, ForeignKey, Integer, LargeBinary, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, REAL

from services.registry.domain import matching as domain
from services.registry.domain import matching_runs as runs
from services.registry.store.mapping import metadata
from shared.columns import EnumText

__all__ = [
    "match_asked",
    "match_carriers",
    "match_due",
    "match_pair",
    "match_run",
    "match_term",
    "match_version",
    "match_weights",
    "seal_term",
]

match_term = Table(
    "match_term",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("term", Integer, primary_key=True),
    Column("version", SmallInteger, nullable=False),
)

match_version = Table("match_version", metadata, Column("version", SmallInteger, primary_key=True))

match_carriers = Table(
    "match_carriers",
    metadata,
    Column("term", Integer, primary_key=True),
    Column("carriers", Integer, nullable=False),
)

match_due = Table(
    "match_due",
    metadata,
    Column("child", Uuid, ForeignKey("child.id"), primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
)

match_pair = Table(
    "match_pair",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("other", Uuid, ForeignKey("child.id"), nullable=False),
    Column("score", REAL, nullable=False),
    Column("likelihood", Text, nullable=False),
    Column("reasons", ARRAY(Text, as_tuple=True), nullable=False),
    Column("weights", Integer, nullable=False),
    Column("origin", EnumText(domain.Origin), nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("decision", EnumText(domain.PairDecision), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)

match_run = Table(
    "match_run",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", EnumText(runs.RunKind), nullable=False),
    Column("status", EnumText(runs.RunStatus), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("children", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("after", Uuid),
    Column("ended_at", DateTime(timezone=True)),
)

match_weights = Table(
    "match_weights",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
)

match_asked = Table(
    "match_asked",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("child", Uuid),
    Column("terms", ARRAY(Integer), nullable=False),
)

seal_term = Table(
    "seal_term",
    metadata,
    Column("seal", Uuid, ForeignKey("seal.id"), primary_key=True),
    Column("term", Integer, primary_key=True),
    Column("version", SmallInteger, nullable=False),
)
