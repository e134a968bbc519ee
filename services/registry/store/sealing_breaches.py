"""Table and mapping of breaches of personal data."""

from typing import Any

from sqlalchemy import Column, DateTime, Integer, LargeBinary, Table, Text, Uuid

from services.registry.domain import sealing_breaches as domain
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.repository import SubjectRepository

breach_notice = Table(
    "breach_notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("children", Integer, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    Column("status", EnumText(domain.BreachState), nullable=False),
    Column("noted_by", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary, nullable=False),
)

mapper.map_imperatively(
    domain.BreachNotice, breach_notice, version_id_col=breach_notice.c.version, version_id_generator=False
)


def _read(each: domain.BreachNotice, kept: dict[str, Any]) -> None:
    each.text, each.decision = kept["text"], kept["decision"]


protection.protect(
    domain.BreachNotice,
    breach_notice,
    subject=lambda each: each.id,
    write=lambda each: {"text": each.text, "decision": each.decision},
    read=_read,
)


class Breaches(SubjectRepository[domain.BreachNotice]):
    """The register of breaches."""

    kind = domain.BreachNotice
