"""Tables and mapping of legal measures, consents and coming of age: what they say is sealed under the child's key.

Not here: what is written into the sealed documents (legal_documents), collections (legal).
"""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Table, Text, Uuid

from services.registry.domain import legal as domain
from services.registry.domain import legal_consents as consents
from services.registry.domain.legal_majority import Majority
from services.registry.store import legal_documents as documents
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText

legal_measure = Table(
    "legal_measure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("status", EnumText(domain.MeasureStatus), nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("changed_on", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effect", EnumText(domain.Effect), nullable=False),
    Column("person", Uuid),
    Column("holder_kind", Text),
    Column("holder_person", Uuid),
    Column("holder_provider", Uuid),
    Column("of_person", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("due", Date),
    Column("report_due", Date),
    Column("sealed", LargeBinary, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("status", EnumText(consents.ConsentStatus), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

majority = Table(
    "majority",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("came_of_age", Boolean, nullable=False),
)

_kept = legal_measure.c
_PLAIN = ("kind", "effect", "person", "holder_kind", "holder_person", "holder_provider", "of_person")
mapper.map_imperatively(
    domain.LegalMeasure,
    legal_measure,
    version_id_col=_kept.version,
    version_id_generator=False,
    properties={f"kept_{name}": _kept[name] for name in (*_PLAIN, "suspended", "due")},
)
mapper.map_imperatively(
    consents.Consent,
    consent,
    version_id_col=consent.c.version,
    version_id_generator=False,
    properties={"kept_purpose": consent.c.purpose, "kept_ground": consent.c.ground},
)
mapper.map_imperatively(Majority, majority, version_id_col=majority.c.version, version_id_generator=False)


def _plain(measure: domain.LegalMeasure) -> dict[str, Any]:
    """What clocks and lists need readable of a measure."""
    holder = measure.terms.holder
    values = (
        measure.terms.kind,
        measure.terms.effect,
        measure.terms.person,
        holder.kind if holder else None,
        holder.person if holder else None,
        holder.provider if holder else None,
        holder is not None and holder.of_person,
    )
    plain = {f"kept_{name}": value for name, value in zip(_PLAIN, values, strict=True)}
    return plain | {"kept_suspended": measure.suspended, "kept_due": measure.due}


protection.protect(
    domain.LegalMeasure,
    legal_measure,
    subject=lambda each: each.child,
    write=documents.write_measure,
    read=documents.read_measure,
    derive=_plain,
)
protection.protect(
    consents.Consent,
    consent,
    subject=lambda each: each.child,
    write=documents.write_consent,
    read=documents.read_consent,
    derive=lambda each: {"kept_purpose": each.said.purpose, "kept_ground": each.said.ground},
)
