"""social_work's tables, the mapping of its aggregates, its collections and its unit of work."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    delete,
    select,
)
from sqlalchemy.orm import Session, registry

from services.social_work import domain
from shared import unit_of_work
from shared.columns import EnumText, IdSet, register_key
from shared.repository import KeyedRepository, NamedRepository, Repository
from shared.stream import forgetting

CONSUMER = "social_work"
metadata = MetaData()
mapper = registry(metadata=metadata)


centre = Table(
    "centre",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("register", Text),
    Column("register_key", Text),
)

worker = Table(
    "worker",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("centre", Uuid, ForeignKey("centre.id"), nullable=False),
    Column("account", Text),
    Column("register", Text),
    Column("register_key", Text),
)

case = Table(
    "case_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("centre", Uuid, ForeignKey("centre.id"), nullable=False),
    Column("worker", Uuid, ForeignKey("worker.id")),
    Column("status", EnumText(domain.CaseStatus), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("assigned_on", Date),
    Column("closed_on", Date),
    Column("close_reason", Text),
)

child = Table(
    "child",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("area", Text),
    Column("confirmed", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("placements", IdSet, nullable=False),
    Column("merged_into", Uuid),
    Column("sealed", Boolean, nullable=False),
)

for kind, table in ((domain.Centre, centre), (domain.Worker, worker)):
    mapper.map_imperatively(
        kind,
        table,
        version_id_col=table.c.version,
        version_id_generator=False,
        properties={"key": register_key(table)},
    )
mapper.map_imperatively(domain.Case, case, version_id_col=case.c.version, version_id_generator=False)
mapper.map_imperatively(domain.KnownChild, child)


class Centres(KeyedRepository[domain.Centre]):
    """The centres."""

    kind = domain.Centre


class Workers(KeyedRepository[domain.Worker]):
    """The workers."""

    kind = domain.Worker


class KnownChildren(NamedRepository[domain.KnownChild]):
    """The children heard of; of one never named before nothing is known."""

    kind = domain.KnownChild

    def forget(self, id_: UUID) -> None:
        """Take out everything on a child whose record was erased, and what was told of it."""
        self._session.flush()
        loaded = self._known.pop(id_, None)
        if loaded is not None:
            self._session.expunge(loaded)
        self._session.execute(delete(case).where(case.c.child == id_))
        self._session.execute(delete(child).where(child.c.id == id_))
        forgetting.forget(self._session.connection(), CONSUMER, [id_])
        forgetting.blank(self._session.connection(), [id_])


class Cases(Repository[domain.Case]):
    """The cases, also by child. Whoever locks a case has locked its child before: so nobody waits in a circle."""

    kind = domain.Case

    def __init__(self, session: Session, children: KnownChildren) -> None:
        super().__init__(session)
        self._children = children
        self._of: dict[UUID, list[domain.Case]] = {}

    def find(self, id_: UUID) -> domain.Case | None:
        """The case, locked with its child and the child's other cases, or None."""
        if id_ not in self._known:
            child = self._session.scalar(select(case.c.child).where(case.c.id == id_))
            self.expect_of([child] if child else [])
        return self._known.get(id_)

    def add(self, case: domain.Case) -> None:
        """Take in a new case."""
        super().add(case)
        if case.child in self._of:
            self._of[case.child].append(case)

    def of(self, child: UUID) -> Sequence[domain.Case]:
        """All cases of a child, the oldest first, locked for change with the child."""
        if child not in self._of:
            self.expect_of([child])
        return self._of[child]

    def expect_of(self, children: Iterable[UUID]) -> None:
        """Load and lock many children and their cases at once."""
        wanted = list(children)
        self._children.expect(wanted)
        found = select(domain.Case).where(case.c.child.in_(wanted)).order_by(case.c.id).with_for_update()
        added = [each for each in self._known.values() if each is not None and each in self._session.new]
        self._of |= {each: [new for new in added if new.child == each] for each in wanted}
        for each in self._session.scalars(found):
            self._known[each.id] = each
            self._of[each.child].append(each)


class UnitOfWork(unit_of_work.SqlUnitOfWork):
    """A transaction over social_work's database."""

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the children that events are about."""
        self.children.expect(subjects)

    @cached_property
    def centres(self) -> Centres:
        """The centres."""
        return Centres(self.session)

    @cached_property
    def workers(self) -> Workers:
        """The workers."""
        return Workers(self.session)

    @cached_property
    def cases(self) -> Cases:
        """The cases."""
        return Cases(self.session, self.children)

    @cached_property
    def children(self) -> KnownChildren:
        """The children heard of."""
        return KnownChildren(self.session)
