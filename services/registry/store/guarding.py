"""Tables and mapping of own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Integer, LargeBinary, Table, Text, Uuid, insert, select
from sqlalchemy.orm import Session

from services.registry.domain import guarding as domain
from services.registry.domain.families import Party, RelationshipStatus
from services.registry.store import families, families_people, guarding_glass, guarding_reading
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.ids import new_id
from shared.repository import Repository

AT_ONCE = 500
BY_ITSELF = "registry"
"""Who sets the blocks that relationships make."""

kin_block = Table(
    "kin_block",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("ground", EnumText(domain.Ground), nullable=False),
    Column("incident", Uuid),
    Column("set_by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("status", EnumText(domain.BlockStatus), nullable=False),
    Column("lifted_by", Text),
    Column("lifted_at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)

mapper.map_imperatively(domain.KinBlock, kin_block, version_id_col=kin_block.c.version, version_id_generator=False)


def _write(block: domain.KinBlock) -> dict[str, Any]:
    return {"relation": block.relation, "words": block.words}


def _read(block: domain.KinBlock, kept: dict[str, Any]) -> None:
    block.relation, block.words = kept["relation"], kept["words"]


protection.protect(domain.KinBlock, kin_block, subject=lambda each: each.child, write=_write, read=_read)


class KinBlocks(Repository[domain.KinBlock]):
    """The accounts kept from children."""

    kind = domain.KinBlock

    def standing(
        self, account: str, child: UUID, ground: domain.Ground, incident: UUID | None
    ) -> domain.KinBlock | None:
        """The same block, where it is in force already."""
        own = kin_block.c
        query = select(domain.KinBlock).where(
            own.account == account,
            own.child == child,
            own.ground == ground,
            own.incident.is_not_distinct_from(incident),
            own.status == domain.BlockStatus.IN_FORCE,
        )
        return self._session.scalars(query).one_or_none()

    def detect(self, at: datetime) -> int:
        """Write a block for up to 500 pairs of account and child whom a relationship makes kin, and that have none."""
        person, tie = families_people.person.c, families.relationship.c
        noted = select(kin_block.c.id).where(
            kin_block.c.account == person.account,
            kin_block.c.child == tie.child,
            kin_block.c.ground == domain.Ground.DETECTED,
        )
        pairs = (
            select(person.account, tie.child)
            .distinct()
            .join_from(families_people.person, families.relationship, tie.other == person.id)
            .where(person.account.is_not(None), tie.other_kind == Party.PERSON, tie.kin)
            .where(tie.status != RelationshipStatus.WITHDRAWN, ~noted.exists())
            .limit(AT_ONCE)
        )
        rows = [
            {"id": new_id(), "version": 1, "account": account, "child": child, "at": at}
            | {"ground": domain.Ground.DETECTED, "set_by": BY_ITSELF, "status": domain.BlockStatus.IN_FORCE}
            for account, child in self._session.execute(pairs).all()
        ]
        if rows:
            self._session.execute(insert(kin_block), rows)
        return len(rows)


class Collections(guarding_glass.Collections):
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def kin_blocks(self) -> KinBlocks:
        """The accounts kept from children."""
        return KinBlocks(self.session)

    @cached_property
    def reading_alarms(self) -> guarding_reading.ReadingAlarms:
        """The alarms about unusual reading."""
        return guarding_reading.ReadingAlarms(self.session)

    @property
    def readings(self) -> guarding_reading.Readings:
        """What accounts read, as of now."""
        on = self.context.at.date()
        window, days = (self.roster.number(f"reading_usual_{name}", on) for name in ("window", "days"))
        return guarding_reading.Readings(self.session, self.roster.zone, window, days)
