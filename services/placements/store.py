"""placements' tables, the mapping of its aggregates, its collections and its unit of work."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session, composite, registry, relationship, selectinload
from sqlalchemy.types import TypeDecorator

from services.placements import domain
from services.placements.law import PackLaw
from shared import clock, unit_of_work
from shared.columns import EnumText
from shared.countries import Pack
from shared.errors import NotFound

metadata = MetaData()
mapper = registry(metadata=metadata)


class CodesType(TypeDecorator[tuple[str, ...]]):
    """Some codes in an array."""

    impl = ARRAY(Text)
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Any) -> Any:
        return list(value or ())

    def process_result_value(self, value: Any, dialect: Any) -> tuple[str, ...]:
        return tuple(value)


provider = Table(
    "provider",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("places", Integer),
    Column("register", Text),
    Column("register_key", Text),
    UniqueConstraint("register", "register_key"),
)

whereabouts = Table(
    "whereabouts",
    metadata,
    Column("child", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("born_from", Date),
    Column("born_to", Date),
    Column("area", Text),
    Column("confirmed", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("named_at", DateTime(timezone=True), nullable=False),
)

placement = Table(
    "placement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("state", EnumText(domain.State), nullable=False),
    Column("authorised", Boolean, nullable=False),
    Column("ground", EnumText(domain.Ground)),
    Column("care_form", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("from", Date, key="from_", nullable=False),
    Column("to", Date),
    Column("planned_to", Date),
    Column("provider", Uuid, ForeignKey("provider.id")),
    Column("carer_relation", Text),
    Column("kind", Text, nullable=False),
    Column("entry_reason", Text, nullable=False),
    Column("other_reasons", CodesType, nullable=False),
    Column("end_reason", Text),
    Column("destination", Text),
    Column("recorded_on", Date, nullable=False),
)

breach = Table(
    "breach",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("healed_on", Date),
)

placement_key = Table(
    "placement_key",
    metadata,
    Column("register", Text, primary_key=True),
    Column("child_key", Text, primary_key=True),
    Column("care_form", Text, primary_key=True),
    Column("provider_key", Text, primary_key=True),
    Column("from", Date, key="from_", primary_key=True),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
)

_told = whereabouts.c
mapper.map_imperatively(domain.Provider, provider, version_id_col=provider.c.version, version_id_generator=False)
mapper.map_imperatively(domain.Placement, placement)
mapper.map_imperatively(domain.Breach, breach)
# Without a version column of the mapper: the row is locked before it is read, and a batch is one statement.
mapper.map_imperatively(
    domain.Whereabouts,
    whereabouts,
    properties={
        "id": whereabouts.c.child,
        "known": composite(
            domain.KnownChild, _told.born_from, _told.born_to, _told.area, _told.confirmed, _told.withdrawn
        ),
        "placements": relationship(domain.Placement, order_by=(placement.c.from_, placement.c.id)),
        "breaches": relationship(domain.Breach, order_by=breach.c.id),
    },
)


class WhereaboutsOfAll(unit_of_work.Collection[domain.Whereabouts]):
    """The whereabouts of all children, and which placement was recorded for which line of a register."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, domain.Whereabouts)
        self._recorded: dict[domain.RegisterLineKey, UUID | None] = {}
        self._rows: list[dict[str, Any]] = []

    def of(self, child: UUID) -> domain.Whereabouts:
        """A child's whereabouts, locked for change; those of a child never named before are empty."""
        if child not in self._known:
            self.expect([child])
        return self.get(child)

    def holding(self, placement_id: UUID) -> domain.Whereabouts:
        """The whereabouts that a placement belongs to, locked for change. Raises NotFound."""
        child = self._session.scalar(select(placement.c.child).where(placement.c.id == placement_id))
        if child is None:
            raise NotFound("No placement with this id.", field="placement")
        return self.of(child)

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock the whereabouts of many children at once, in the order of their ids.

        The row of a child named for the first time is made before it is locked: of two who name it at once (an import
        and the event of registry), the second waits here instead of failing.
        """
        wanted = sorted(set(ids) - self._known.keys())
        if not wanted:
            return
        with self._session.no_autoflush:  # nothing that waits to be written is asked for
            unnested = select(func.unnest(literal(wanted, ARRAY(Uuid))))
            self._session.execute(insert(whereabouts).from_select(["child"], unnested).on_conflict_do_nothing())
            query = select(domain.Whereabouts).where(_told.child.in_(wanted)).order_by(_told.child)
            parts = selectinload(domain.Whereabouts.placements), selectinload(domain.Whereabouts.breaches)  # type: ignore[arg-type]
            found = self._session.scalars(query.with_for_update().options(*parts))
            self._known |= {each.id: each for each in found}

    def recorded(self, key: domain.RegisterLineKey) -> UUID | None:
        """The placement that was recorded for a line of a ministry's register."""
        if key not in self._recorded:
            self.expect_keys([key])
        return self._recorded[key]

    def expect_keys(self, keys: Iterable[domain.RegisterLineKey]) -> None:
        """Look many lines up at once: one query for a batch of one register."""
        wanted = set(keys)
        columns = placement_key.c
        registers, children = {key.register for key in wanted}, {key.child_key for key in wanted}
        query = select(placement_key).where(columns.register.in_(registers), columns.child_key.in_(children))
        self._recorded |= dict.fromkeys(wanted, None)
        for *parts, found in self._session.execute(query):
            key = domain.RegisterLineKey(**dict(zip(_KEY, parts, strict=True)))
            self._recorded[key] = found

    def remember(self, key: domain.RegisterLineKey, placement_id: UUID) -> None:
        """Note for which line a placement was recorded."""
        self._recorded[key] = placement_id
        self._rows.append({**vars(key), "placement": placement_id})

    def write_index(self) -> None:
        """Write the keys remembered (the placements themselves are written first)."""
        if self._rows:
            rows = insert(placement_key)
            latest = {"placement": rows.excluded.placement}
            rows = rows.on_conflict_do_update(constraint=placement_key.primary_key, set_=latest)
            self._session.execute(rows, self._rows)
            self._rows = []


_KEY = tuple(each.name for each in fields(domain.RegisterLineKey))


class Providers(unit_of_work.Repository[domain.Provider]):
    """The providers, also by the key of a register."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, domain.Provider)
        self._existing: set[UUID] = set()
        self._held: dict[domain.RegisterKey, UUID | None] = {}

    def exists(self, id_: UUID) -> bool:
        """Whether there is such a provider; its row is not locked."""
        if id_ not in self._existing and self._session.scalar(select(provider.c.id).where(provider.c.id == id_)):
            self._existing.add(id_)
        return id_ in self._existing

    def add(self, thing: domain.Provider) -> None:
        """Take in a new provider."""
        super().add(thing)
        self._existing.add(thing.id)
        if thing.register is not None and thing.register_key is not None:
            self._held[domain.RegisterKey(thing.register, thing.register_key)] = thing.id

    def holding(self, key: domain.RegisterKey) -> UUID | None:
        """The provider that a register knows by `key`."""
        if key not in self._held:
            self.keyed(key.register, [key.value])
        return self._held[key]

    def keyed(self, register: str, keys: Iterable[str]) -> dict[str, UUID]:
        """Ids of the providers that a register knows by these keys."""
        asked = set(keys)
        wanted = provider.c.register == register, provider.c.register_key.in_(asked)
        found = {row.register_key: row.id for row in self._session.execute(select(provider).where(*wanted))}
        self._existing |= set(found.values())
        self._held |= {domain.RegisterKey(register, key): found.get(key) for key in asked}
        return found


class UnitOfWork(unit_of_work.SqlUnitOfWork):
    """A transaction over placements' database; its code book is the country pack."""

    _codes: Pack

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the whereabouts that events are about."""
        self.whereabouts.expect(subjects)

    @cached_property
    def whereabouts(self) -> WhereaboutsOfAll:
        """The whereabouts of all children."""
        return WhereaboutsOfAll(self.session)

    @cached_property
    def providers(self) -> Providers:
        """The providers."""
        return Providers(self.session)

    @cached_property
    def law(self) -> PackLaw:
        """What the country pack says."""
        return PackLaw(self._codes)

    @property
    def today(self) -> date:
        """The day in the pack's time zone, of what is done now."""
        return clock.day_in(self._codes.zone, self.context.at)

    def commit(self) -> None:
        """Write whereabouts, then the keys of register lines, then audit and events."""
        self.session.flush()
        self.whereabouts.write_index()
        super().commit()
