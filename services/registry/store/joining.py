"""Tables and mapping of two records of one child made one, and undone."""

from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.domain import joining as domain
from services.registry.domain.children_identity import Identifier
from services.registry.store import children
from services.registry.store.mapping import mapper, metadata
from shared import protection, row_security
from shared.columns import EnumText
from shared.repository import Repository

joining = Table(
    "joining",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kept", Uuid, ForeignKey("child.id"), nullable=False),
    Column("merged", Uuid, ForeignKey("child.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("status", EnumText(domain.Standing), nullable=False),
    Column("ground", Text, nullable=False),
    Column("chosen", ARRAY(Text, as_tuple=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("undone_by", Text),
    Column("undone_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary, nullable=False),
)

mapper.map_imperatively(domain.Joining, joining, version_id_col=joining.c.version, version_id_generator=False)


def _write(each: domain.Joining) -> dict[str, Any]:
    return {
        "reason": each.reason,
        "undone_because": each.undone_because,
        "kept_before": children.write_identity(each.kept_before),
        "merged_before": children.write_identity(each.merged_before),
        "moved": [[own.kind, own.issuer, own.value] for own in each.moved],
    }


def _read(each: domain.Joining, kept: dict[str, Any]) -> None:
    each.reason, each.undone_because = kept["reason"], kept["undone_because"]
    each.kept_before = children.read_identity(kept["kept_before"])
    each.merged_before = children.read_identity(kept["merged_before"])
    each.moved = children.read_identifiers(kept["moved"])


protection.protect(domain.Joining, joining, subject=lambda each: each.kept, write=_write, read=_read)


class Joinings(Repository[domain.Joining]):
    """The merges of the deployment; the index of identifiers follows them."""

    kind = domain.Joining

    def add(self, joining: domain.Joining) -> None:
        """Take in a new merge: the identifiers of the record that gave way are found at the one that stays.

        Written at once: what follows is asked of the database with the one record standing for both.
        """
        super().add(joining)
        self._session.flush()
        self._index(joining.moved, joining.kept)

    def take_back(self, joining: domain.Joining, given: tuple[Identifier, ...]) -> None:
        """After an undoing these identifiers are found at the other record again.

        Those of an entry withdrawn since are not in the index any more, and may be somebody else's by now.
        """
        self._session.flush()
        self._index(given, joining.merged)
        ring = protection.keyring(self._session)
        rows = [
            {
                "digest": children.digest_of(ring, each),
                "any_issuer": children.from_any_issuer(ring, each.kind, each.value),
                "index_version": ring.index_version,
                "child": joining.merged,
            }
            for each in given
        ]
        if rows:
            self._session.execute(insert(children.identifier).on_conflict_do_nothing(), rows)

    def standing(self, kept: UUID) -> list[domain.Joining]:
        """The merges into a record that hold, in their order, locked; out of the caller's reach too."""
        query = select(domain.Joining).where(joining.c.kept == kept, joining.c.status == domain.Standing.JOINED)
        with row_security.seeing_all(self._session):
            return list(self._session.scalars(query.order_by(joining.c.place).with_for_update()))

    def _index(self, identifiers: tuple[Identifier, ...], holder: UUID) -> None:
        ring, index = protection.keyring(self._session), children.identifier
        digests = [children.digest_of(ring, each) for each in identifiers]
        if digests:
            self._session.execute(update(index).where(index.c.digest.in_(digests)).values(child=holder))


class Collections:
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def joinings(self) -> Joinings:
        """The merges of two records of one child."""
        return Joinings(self.session)
