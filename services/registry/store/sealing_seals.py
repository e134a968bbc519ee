"""Tables and mapping of seals, their openings, and the adoption officer's private tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.registry.domain import Child
from services.registry.domain import sealing as domain
from services.registry.store import children, matching_sealed
from services.registry.store.mapping import mapper, metadata
from shared import protection, row_security
from shared.columns import EnumText
from shared.ids import new_id
from shared.repository import Repository, SubjectRepository

PURPOSE = "sealed-identifier"
FIRST = UUID(int=0)


def _decided() -> tuple[Column[Any], Column[Any]]:
    return Column("decided_by", Text), Column("decided_at", DateTime(timezone=True))


seal = Table(
    "seal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("level", EnumText(domain.Level), nullable=False),
    Column("status", EnumText(domain.SealState), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    *_decided(),
    Column("sealed", LargeBinary, nullable=False),
)
seal_opening = Table(
    "seal_opening",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seal", Uuid, ForeignKey("seal.id"), nullable=False),
    Column("ground", Text, nullable=False),
    Column("status", EnumText(domain.OpeningState), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    *_decided(),
    Column("until", DateTime(timezone=True)),
    Column("sealed", LargeBinary, nullable=False),
)
seal_identifier = Table(
    "seal_identifier",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("seal", Uuid, ForeignKey("seal.id"), nullable=False),
    Column("met_at", DateTime(timezone=True)),
)
seal_watch = Table(
    "seal_watch", metadata, Column("one", SmallInteger, primary_key=True), Column("child", Uuid, nullable=False)
)
seal_task = Table(
    "seal_task",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("done_by", Text),
    Column("done_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary, nullable=False),
)

for kind, table in ((domain.Seal, seal), (domain.Opening, seal_opening), (domain.Task, seal_task)):
    mapper.map_imperatively(kind, table, version_id_col=table.c.version, version_id_generator=False)


def _write_seal(each: domain.Seal) -> dict[str, Any]:
    lists = {name: [str(id_) for id_ in getattr(each, name)] for name in ("siblings", "households", "new_ids")}
    return lists | {"decree": each.decree, "refused_because": each.refused_because}


def _read_seal(each: domain.Seal, kept: dict[str, Any]) -> None:
    each.decree, each.refused_because = kept["decree"], kept["refused_because"]
    for name in ("siblings", "households", "new_ids"):
        setattr(each, name, tuple(UUID(id_) for id_ in kept[name]))


def _read_opening(each: domain.Opening, kept: dict[str, Any]) -> None:
    each.reason, each.refused_because = kept["reason"], kept["refused_because"]


def _write_task(each: domain.Task) -> dict[str, Any]:
    ids = {"child": str(each.child) if each.child else None, "seal": str(each.seal)}
    return ids | {"asked_by": each.asked_by, "shared": each.shared}


def _read_task(each: domain.Task, kept: dict[str, Any]) -> None:
    each.child, each.seal = UUID(kept["child"]) if kept["child"] else None, UUID(kept["seal"])
    each.asked_by, each.shared = kept.get("asked_by"), kept.get("shared")


protection.protect(domain.Seal, seal, subject=lambda each: each.id, write=_write_seal, read=_read_seal)
protection.protect(
    domain.Opening,
    seal_opening,
    subject=lambda each: each.seal,
    write=lambda each: {"reason": each.reason, "refused_because": each.refused_because},
    read=_read_opening,
)
protection.protect(
    domain.Task,
    seal_task,
    subject=lambda each: each.id,
    write=_write_task,
    read=_read_task,
)


class Seals(SubjectRepository[domain.Seal]):
    """The seals, and what they take out of sight."""

    kind = domain.Seal

    def asked_about(self, child: UUID) -> bool:
        """Whether a seal on the record is asked for."""
        query = select(seal.c.id).where(seal.c.child == child, seal.c.status != domain.SealState.REFUSED)
        return self._session.scalar(query) is not None

    def households_of(self, children_: Sequence[Child]) -> list[UUID]:
        """The households in which these children are on record."""
        member = metadata.tables["household_member"]
        query = select(member.c.household).where(member.c.member.in_([child.id for child in children_])).distinct()
        return list(self._session.scalars(query))

    def hide(self, seal: domain.Seal, children_: Sequence[Child]) -> None:
        """Take the children out of sibling links, households, the index and the search; without a word to anyone."""
        ids, child = [each.id for each in children_], children.child
        with row_security.seeing_all(self._session):
            self._session.flush()
            index, member = children.identifier, metadata.tables["household_member"]
            digests = self._session.scalars(delete(index).where(index.c.child.in_(ids)).returning(index.c.digest))
            rows = [{"digest": self._digest(bytes(digest)), "seal": seal.id} for digest in digests]
            if rows:
                self._session.execute(insert(seal_identifier).on_conflict_do_nothing(), rows)
            self._session.execute(delete(member).where(member.c.member.in_(ids)))
            matching_sealed.hide(self._session, seal.id, ids)
            linked = child.c.siblings.cast(ARRAY(Uuid))
            for id_ in ids:
                others = update(child).where(linked.contains([id_]))
                self._session.execute(others.values(siblings=func.array_remove(linked, id_)))

    def meet(self, at: datetime, limit: int) -> int:
        """Compare the identifiers of records registered since the last time with those of sealed ones."""
        index = children.identifier
        seen = self._session.scalar(select(seal_watch.c.child)) or FIRST
        query = select(index.c.child, index.c.digest).where(index.c.child > seen).order_by(index.c.child).limit(limit)
        found = list(self._session.execute(query))
        if not found:
            return 0
        last = found[-1].child
        found += self._session.execute(select(index.c.child, index.c.digest).where(index.c.child == last)).all()
        digests = {self._digest(bytes(row.digest)): row.child for row in found}
        held = update(seal_identifier).where(seal_identifier.c.digest.in_(digests), seal_identifier.c.met_at.is_(None))
        for row in self._session.execute(held.values(met_at=at).returning(seal_identifier)).all():
            task = domain.Task(new_id(), digests[bytes(row.digest)], row.seal, at)
            protection.keyring(self._session).make(task.id)
            self._session.add(task)
        moved = insert(seal_watch).values(one=1, child=last)
        self._session.execute(moved.on_conflict_do_update(index_elements=["one"], set_={"child": last}))
        return min(len(found), limit)

    def _digest(self, digest: bytes) -> bytes:
        """Keyed once more: with the tables alone nobody sees that a sealed and a new record share an identifier."""
        return protection.keyring(self._session).blind(PURPOSE, digest.hex())


class Openings(Repository[domain.Opening]):
    """The requests to open seals."""

    kind = domain.Opening


class Tasks(Repository[domain.Task]):
    """The adoption officer's private tasks."""

    kind = domain.Task
