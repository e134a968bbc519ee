"""Tables and mapping of children, and the index of their identifiers."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Sequence,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, relationship
from sqlalchemy.types import TypeDecorator

from services.registry import domain
from services.registry.store.mapping import mapper, metadata
from shared.columns import EnumText, IdSet
from shared.repository import Repository


def write_identity(identity: domain.Identity) -> dict[str, Any]:
    """The identity as it is kept in a JSON column."""
    birth = identity.birth
    return {
        "names": [[n.script, n.kind, n.family, n.given, n.patronymic] for n in identity.names],
        "sex": identity.sex,
        "born_from": birth.born_from.isoformat() if birth.born_from else None,
        "born_to": birth.born_to.isoformat() if birth.born_to else None,
        "precision": birth.precision,
        "basis": birth.basis,
        "area": identity.area,
        "disability": identity.disability,
    }


def read_identity(kept: dict[str, Any]) -> domain.Identity:
    """The identity that `write_identity` kept."""

    def day(key: str) -> date | None:
        return date.fromisoformat(kept[key]) if kept[key] else None

    return domain.Identity(
        names=tuple(domain.Name(*parts) for parts in kept["names"]),
        sex=kept["sex"],
        birth=domain.Birth(day("born_from"), day("born_to"), kept["precision"], kept["basis"]),
        area=kept["area"],
        disability=kept["disability"],
    )


class IdentityType(TypeDecorator[domain.Identity]):
    """domain.Identity in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: domain.Identity | None, dialect: Any) -> Any:
        return None if value is None else write_identity(value)

    def process_result_value(self, value: Any, dialect: Any) -> domain.Identity | None:
        return None if value is None else read_identity(value)


class IdentifiersType(TypeDecorator[tuple[domain.Identifier, ...]]):
    """The identifiers of a child in a JSON column."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Iterable[domain.Identifier] | None, dialect: Any) -> Any:
        return [[i.kind, i.issuer, i.value] for i in value or ()]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[domain.Identifier, ...]:
        return tuple(domain.Identifier(*parts) for parts in value)


child_number = Sequence("child_number", metadata=metadata)

child = Table(
    "child",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", EnumText(domain.Status), nullable=False),
    Column("withdrawn_because", Text),
    Column("identity", IdentityType, nullable=False),
    Column("area", Text, Computed("identity ->> 'area'", persisted=True)),
    Column("identifiers", IdentifiersType, nullable=False),
    Column("siblings", IdSet, nullable=False),
)

identifier = Table(
    "identifier",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("issuer", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("child", Uuid, ForeignKey("child.id"), nullable=False, index=True),
)

child_revision = Table(
    "child_revision",
    metadata,
    Column("child", Uuid, ForeignKey("child.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("on", Date),
    Column("before", IdentityType, nullable=False),
)

mapper.map_imperatively(domain.Revision, child_revision)
mapper.map_imperatively(
    domain.Child,
    child,
    version_id_col=child.c.version,
    version_id_generator=False,
    properties={"revisions": relationship(domain.Revision, order_by=child_revision.c.version, lazy="select")},
    exclude_properties={"area"},
)


class Children(Repository[domain.Child]):
    """The children of the deployment, and the index of their identifiers."""

    kind = domain.Child

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._held: dict[domain.Identifier, UUID | None] = {}
        self._numbers: list[int] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, child: domain.Child) -> None:
        """Take in a new child and index its identifiers."""
        super().add(child)
        for own in child.identifiers:
            self._held[own] = child.id
            self._rows.append({"kind": own.kind, "issuer": own.issuer, "value": own.value, "child": child.id})

    def holding(self, identifier_: domain.Identifier) -> UUID | None:
        """The child that carries the identifier."""
        if identifier_ not in self._held:
            self.expect_identifiers([identifier_])
        return self._held[identifier_]

    def expect_identifiers(self, identifiers: Iterable[domain.Identifier]) -> None:
        """Look many identifiers up at once: one query for a batch."""
        wanted = set(identifiers)
        found = self._session.execute(
            select(identifier).where(identifier.c.value.in_({each.value for each in wanted}))
        ).all()
        self._held |= dict.fromkeys(wanted, None)
        self._held |= {domain.Identifier(row.kind, row.issuer, row.value): row.child for row in found}

    def release_identifiers(self, child: domain.Child) -> None:
        """Take a withdrawn entry's identifiers out of the index."""
        self._held = {}
        self._session.execute(delete(identifier).where(identifier.c.child == child.id))

    def expect_new(self, count: int) -> None:
        """Draw `count` numbers at once."""
        drawn = select(child_number.next_value()).select_from(text(f"generate_series(1, {int(count)})"))
        self._numbers = list(self._session.scalars(drawn))[::-1]

    def next_number(self) -> int:
        """The next number for a short reference."""
        if not self._numbers:
            self.expect_new(1)
        return self._numbers.pop()

    def write_index(self) -> None:
        """Write the index rows of the children added (their own rows are written first)."""
        if self._rows:
            self._session.execute(insert(identifier), self._rows)
            self._rows = []


class Collections:
    """What the unit of work offers of children."""

    session: Session

    @cached_property
    def children(self) -> Children:
        """The children of the deployment."""
        return Children(self.session)
