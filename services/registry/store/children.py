"""Tables and mapping of children, and the index of their identifiers."""

from collections.abc import Iterable
from functools import cached_property
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
    delete,
    event,
    select,
    text,
)
from sqlalchemy.orm import Session, relationship

from services.registry import domain
from services.registry.law import PackIdentity
from services.registry.store.children_documents import (
    read_death,
    read_identifiers,
    read_identity,
    write_death,
    write_identifiers,
    write_identity,
)
from services.registry.store.mapping import mapper, metadata
from shared import copying, protection
from shared.columns import EnumText, IdSet
from shared.countries import Pack
from shared.repository import SubjectRepository, write_by_copy

__all__ = [
    "Children",
    "Collections",
    "child",
    "child_revision",
    "identifier",
    "read_death",
    "read_identifiers",
    "read_identity",
    "write_identity",
]

PURPOSE = "identifier"
child_number = Sequence("child_number", metadata=metadata)

child = Table(
    "child",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", EnumText(domain.Status), nullable=False),
    Column("withdrawn_because", Text),
    Column("merged_into", Uuid),
    Column("area", Text, nullable=False),
    Column("born_month", Date),
    Column("siblings", IdSet, nullable=False),
    Column("sealed", LargeBinary),
)

identifier = Table(
    "identifier",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("any_issuer", LargeBinary, nullable=False, index=True),
    Column("index_version", Integer, nullable=False),
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
    Column("sealed", LargeBinary),
)

mapper.map_imperatively(domain.Revision, child_revision)
mapper.map_imperatively(
    domain.Child,
    child,
    version_id_col=child.c.version,
    version_id_generator=False,
    properties={
        "revisions": relationship(domain.Revision, order_by=child_revision.c.version, lazy="select"),
        "kept_area": child.c.area,
        "born_month": child.c.born_month,
    },
)


@event.listens_for(domain.Child.revisions, "append")
def _whose(child_: domain.Child, revision: domain.Revision, _initiator: Any) -> None:
    """A revision knows whose it is before it is written: its document is sealed for the child."""
    revision.child = child_.id  # type: ignore[attr-defined]


def _write_child(each: domain.Child) -> dict[str, Any]:
    own = write_identifiers(each.identifiers)
    kept = {"identity": write_identity(each.identity), "identifiers": own}
    return kept if each.death is None else kept | {"death": write_death(each.death)}


def _read_child(each: domain.Child, kept: dict[str, Any]) -> None:
    each.identity = read_identity(kept["identity"])
    each.identifiers = read_identifiers(kept["identifiers"])
    each.death = read_death(kept.get("death"))


def _readable(each: domain.Child) -> dict[str, Any]:
    """What queries need of a child: the area, and the month of the latest possible birth (for coming of age)."""
    last = each.identity.birth.born_to
    return {"kept_area": each.identity.area, "born_month": last.replace(day=1) if last else None}


def _write_revision(each: domain.Revision) -> dict[str, Any]:
    kept: dict[str, Any] = {"before": write_identity(each.before)}
    if each.identifiers is not None:
        kept["identifiers"] = write_identifiers(each.identifiers)
    return kept if each.death is None else kept | {"death": write_death(each.death)}


def _read_revision(each: domain.Revision, kept: dict[str, Any]) -> None:
    each.before = read_identity(kept["before"])
    each.identifiers = read_identifiers(kept["identifiers"]) if "identifiers" in kept else None
    each.death = read_death(kept.get("death"))


protection.protect(
    domain.Child,
    child,
    subject=lambda each: each.id,
    write=_write_child,
    read=_read_child,
    derive=_readable,
)
protection.protect(
    domain.Revision,
    child_revision,
    subject=lambda each: each.child,  # type: ignore[attr-defined]
    write=_write_revision,
    read=_read_revision,
)


def digest_of(ring: protection.Keyring, own: domain.Identifier) -> bytes:
    """How an identifier is found: by a keyed digest of all of it."""
    return ring.blind(PURPOSE, "|".join((own.kind, own.issuer, own.value)))


def from_any_issuer(ring: protection.Keyring, kind: str, value: str) -> bytes:
    """How an identifier is found where nobody says who issued it."""
    return ring.blind(f"{PURPOSE}-any", f"{kind}|{value}")


class Children(SubjectRepository[domain.Child]):
    """The children of the deployment, and the index of their identifiers."""

    kind = domain.Child

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._held: dict[domain.Identifier, UUID | None] = {}
        self._digests: dict[domain.Identifier, bytes] = {}
        self._numbers: list[int] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, child: domain.Child) -> None:
        """Take in a new child, and index its identifiers."""
        super().add(child)
        self._take(child)

    def holding(self, identifier_: domain.Identifier) -> UUID | None:
        """The child that carries the identifier."""
        if identifier_ not in self._held:
            self.expect_identifiers([identifier_])
        return self._held[identifier_]

    def expect_identifiers(self, identifiers: Iterable[domain.Identifier]) -> None:
        """Look many identifiers up at once: one query for a batch."""
        wanted = {self._digest(each): each for each in set(identifiers)}
        query = select(identifier.c.digest, identifier.c.child).where(identifier.c.digest.in_(wanted))
        found = {bytes(row.digest): row.child for row in self._session.execute(query)}
        self._held |= {each: found.get(digest) for digest, each in wanted.items()}

    def release_identifiers(self, child: domain.Child) -> None:
        """Take a withdrawn entry's identifiers out of the index."""
        self._held = {}
        self._session.execute(delete(identifier).where(identifier.c.child == child.id))

    def index(self, child: domain.Child) -> None:
        """Put a child's identifiers, which were stated anew, into the index in place of those it had."""
        self.release_identifiers(child)
        self._take(child)

    def _take(self, child: domain.Child) -> None:
        for own in child.identifiers:
            self._held[own] = child.id
            self._rows.append(self._indexed(own) | {"child": child.id})

    def _digest(self, own: domain.Identifier) -> bytes:
        """The digest, made once in a transaction: a batch looks each up before it writes it."""
        if own not in self._digests:
            self._digests[own] = digest_of(protection.keyring(self._session), own)
        return self._digests[own]

    def _indexed(self, own: domain.Identifier) -> dict[str, Any]:
        ring = protection.keyring(self._session)
        return {
            "digest": self._digest(own),
            "any_issuer": from_any_issuer(ring, own.kind, own.value),
            "index_version": ring.index_version,
        }

    def expect_new(self, count: int) -> None:
        """Draw `count` numbers at once."""
        drawn = select(child_number.next_value()).select_from(text(f"generate_series(1, {int(count)})"))
        self._numbers = list(self._session.scalars(drawn))[::-1]

    def pretend_new(self, count: int) -> None:
        """Numbers for a trial that is thrown away: none is drawn, so none is lost."""
        self._numbers = list(range(-count, 0))

    def next_number(self) -> int:
        """The next number for a short reference."""
        if not self._numbers:
            self.expect_new(1)
        return self._numbers.pop()

    def write_copied(self) -> None:
        """Write the children added, and what was amended of them since."""
        revisions = [revision for each in self.copied() for revision in each.revisions]
        super().write_copied()
        if revisions:
            write_by_copy(self._session, revisions)

    def write_index(self) -> None:
        """Write the index rows of the children added (their own rows are written first)."""
        if self._rows:
            columns = tuple(identifier.columns.keys())
            rows, self._rows = self._rows, []
            copying.copy(self._session.connection(), identifier, columns, map(itemgetter(*columns), rows))


class Collections:
    """What the unit of work offers of children."""

    session: Session
    _codes: Pack

    @cached_property
    def children(self) -> Children:
        """The children of the deployment."""
        return Children(self.session)

    @cached_property
    def identity_law(self) -> PackIdentity:
        """What the country pack says of identity."""
        return PackIdentity(self._codes)
