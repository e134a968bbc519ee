"""The tables of the issuer's database as the code reads and writes them; migrations make them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import Uuid as Id
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
INSTANT = DateTime(timezone=True)

account = Table(
    "account", metadata,
    Column("id", Id, primary_key=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("granted", JSONB, nullable=False),
    Column("password", Text),
    Column("second_factor", Text),
    Column("last_step", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Column("last_signed_in_at", INSTANT),
)  # fmt: skip

recovery_code = Table(
    "recovery_code", metadata,
    Column("account", Id, ForeignKey("account.id"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("used_at", INSTANT),
)  # fmt: skip

invitation = Table(
    "invitation", metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("account", Id, ForeignKey("account.id"), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
)  # fmt: skip

proposal = Table(
    "proposal", metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("granted", JSONB(none_as_null=True)),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", INSTANT, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", INSTANT),
    Column("approved", Boolean),
)  # fmt: skip

signin = Table(
    "signin", metadata,
    Column("id", Id, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("account", Id, ForeignKey("account.id")),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("granted", JSONB, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("end_reason", Text),
)  # fmt: skip

delay = Table(
    "delay", metadata,
    Column("of", Text, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", INSTANT, nullable=False),
)  # fmt: skip

operator = Table(
    "operator", metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("passphrase", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False),
)  # fmt: skip

wording_report = Table(
    "wording_report", metadata,
    Column("id", Id, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("subject", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("better", Text, nullable=False),
)  # fmt: skip
