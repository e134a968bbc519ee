"""Tables of exemptions from rules, and what the unit of work offers of them; the reason in words is sealed.

Not here: their mapping, as parts of whereabouts (mapping), lists for people (views).
"""

from functools import cached_property
from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.placements.domain import exemptions as domain
from services.placements.store import sealing
from services.placements.store.of_children import child_of
from services.placements.store.tables import metadata
from shared.columns import EnumText

exemption = Table(
    "exemption",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", EnumText(domain.ExemptionState), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id")),
    Column("care_form", Text, nullable=False),
    Column("provider", Uuid, ForeignKey("provider.id")),
    Column("area", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("conflicts_with", Text),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("until", Date),
    Column("signed_by", Text),
    Column("signed_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Text),
)

exemption_reasoning = Table(
    "exemption_reasoning",
    metadata,
    Column("id", Uuid, ForeignKey("exemption.id"), primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("sealed", LargeBinary),
)


class Exempted:
    """Exemptions by id, and their reasons in words."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def child_of(self, id_: UUID) -> UUID:
        """The child that an exemption is about. Raises NotFound."""
        return child_of(self._session, exemption, id_, "exemption")

    def add(self, reasoning: domain.Reasoning) -> None:
        """Keep the words of a reason, sealed under the child's key; the child's whereabouts are locked."""
        sealing.provide(self._session, reasoning.child)
        self._session.flush()
        self._session.add(reasoning)


class Collections:
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def exempted(self) -> Exempted:
        """Exemptions by id."""
        return Exempted(self.session)
