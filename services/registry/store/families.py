"""Tables and mapping of relationships, and the collections of the people around a child.

Not here: persons (families_people), households (families_households), what a kind of relationship means (the pack).
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, composite

from services.registry.domain import families as domain
from services.registry.domain import families_kinship as kinship
from services.registry.store.children import child as child_table
from services.registry.store.families_households import Households
from services.registry.store.families_law import FamilyLaw
from services.registry.store.families_people import People
from services.registry.store.mapping import mapper, metadata
from shared.columns import EnumText
from shared.countries import Pack
from shared.db import lock_number
from shared.repository import Repository

LOCK = lock_number("registry.relationships")

relationship = Table(
    "relationship",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False),
    Column("other", Uuid, nullable=False),
    Column("other_kind", EnumText(domain.Party), nullable=False),
    Column("kind", Text, nullable=False),
    Column("bond", EnumText(kinship.Bond), nullable=False),
    Column("kin", Boolean, nullable=False),
    Column("single", Boolean, nullable=False),
    Column("symmetric", Boolean, nullable=False),
    Column("sibling", EnumText(kinship.SiblingKind)),
    Column("from", Date),
    Column("to", Date),
    Column("status", EnumText(domain.RelationshipStatus), nullable=False),
    Column("withdrawn_because", Text),
)
_kept = relationship.c
mapper.map_imperatively(
    domain.Relationship,
    relationship,
    version_id_col=_kept.version,
    version_id_generator=False,
    properties={
        "kind_code": _kept.kind,
        "from_": _kept["from"],
        "kind": composite(domain.Kind, _kept.kind, _kept.bond, _kept.kin, _kept.single, _kept.symmetric, _kept.sibling),
    },
)
STANDING = _kept.status != domain.RelationshipStatus.WITHDRAWN
_PARENTAL = _kept.bond.in_(sorted(kinship.PARENTAL))


def is_one_of(column: ColumnElement[Any], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether the column names one of these, or a record that was merged into one of these children."""
    merged = select(child_table.c.id).where(child_table.c.merged_into.in_(ids))
    return or_(column.in_(ids), column.in_(merged))


def standing_for(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The record that stands for what the column names: itself, or the one that it was merged into."""
    record = child_table.alias()
    into = select(record.c.merged_into).where(record.c.id == column).scalar_subquery()
    return func.coalesce(into, column, type_=Uuid())


def ties(session: Session, child: UUID, also: UUID | None = None) -> list[kinship.Tie]:
    """What decides who is sibling to a child: its own parents and siblings, and who has one of these parents too.

    `also` is taken as one more parent. Records that were merged speak for the one that stays.
    """
    sibling_of = (_kept.bond == kinship.Bond.SIBLING) & is_one_of(_kept.other, [child])
    own = _ties(session, or_(is_one_of(_kept.child, [child]), sibling_of))
    parents = {tie.other for tie in own if tie.bond in kinship.PARENTAL} | ({also} if also else set())
    beside = _ties(session, _PARENTAL & is_one_of(_kept.other, parents)) if parents else []
    return list({tie.relationship: tie for tie in (*own, *beside)}.values())


def _ties(session: Session, which: ColumnElement[bool]) -> list[kinship.Tie]:
    query = select(
        _kept.id,
        standing_for(_kept.child),
        standing_for(_kept.other),
        _kept.bond,
        _kept.sibling,
        _kept["from"],
        _kept["to"],
    ).where(STANDING, or_(_kept.bond != kinship.Bond.SIBLING, _kept.other_kind == domain.Party.CHILD), which)
    return [kinship.Tie(*row) for row in session.execute(query)]


def _ancestors(of: UUID) -> Select[tuple[UUID]]:
    up = select(literal(of, Uuid).label("id")).cte("ancestors", recursive=True)
    parents = select(standing_for(_kept.other)).where(
        standing_for(_kept.child) == up.c.id, _kept.other_kind == domain.Party.CHILD, _PARENTAL, STANDING
    )
    return select(up.union(parents).c.id)


class Relationships(Repository[domain.Relationship]):
    """The relationships of the deployment."""

    kind = domain.Relationship

    def alone(self) -> None:
        """Wait until nobody else changes relationships, and keep others waiting until commit.

        Siblings and circles follow from relationships of children that a change does not name; one lock for all is
        simpler than locking everybody who might come to belong to the family. It is taken before any child is locked.
        Who asks has been let in by then: from here on no row is hidden, since a sibling may live anywhere.
        """
        self._session.execute(select(func.pg_advisory_xact_lock(LOCK), func.set_config("app.system", "on", True)))

    def of_child(self, child: UUID) -> list[domain.Relationship]:
        """Those of a child, from either side, that are not withdrawn; those of records merged into it too."""
        mine = or_(is_one_of(_kept.child, [child]), is_one_of(_kept.other, [child]))
        query = select(domain.Relationship).where(mine, STANDING)
        return list(self._session.scalars(query.order_by(_kept.id)))

    def records(self, child: UUID) -> frozenset[UUID]:
        """The child's record and those that were merged into it."""
        return frozenset(self._session.scalars(select(child_table.c.id).where(is_one_of(child_table.c.id, [child]))))

    def ties(self, child: UUID, also: UUID | None = None) -> list[kinship.Tie]:
        """What decides who is sibling to `child`, with `also` as one more parent."""
        return ties(self._session, child, also)

    def ancestors(self, of: UUID) -> frozenset[UUID]:
        """The child itself, its parents and step-parents who are children with a record, theirs, and so on."""
        return frozenset(self._session.scalars(_ancestors(of)))


class Collections:
    """What the unit of work offers of the people around a child."""

    session: Session
    _codes: Pack

    @cached_property
    def relationships(self) -> Relationships:
        """The relationships."""
        return Relationships(self.session)

    @cached_property
    def people(self) -> People:
        """Adults around children."""
        return People(self.session)

    @cached_property
    def households(self) -> Households:
        """The households."""
        return Households(self.session)

    @cached_property
    def family_law(self) -> FamilyLaw:
        """What the country pack says of families."""
        return FamilyLaw(self._codes)
