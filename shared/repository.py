"""Mapped things by id within one unit of work. What is read for change is locked first; a batch is one query.

A service's repositories are subclasses that say which `kind` they hold, and add what is asked for otherwise than by id.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, func, inspect, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared import copying, protection
from shared.errors import NotFound
from shared.register_key import Keyed, RegisterKey

Thing = TypeVar("Thing")
KeyedThing = TypeVar("KeyedThing", bound=Keyed)


def write_by_copy(session: Session, things: Sequence[object]) -> None:
    """Write new things of one mapped class by COPY, what is protected of them sealed."""
    protection.seal(session, things)
    mapped = inspect(type(things[0]))
    attributes = [(column.key, column.columns[0].name) for column in mapped.column_attrs]
    take = attrgetter(*(name for name, _ in attributes))
    copying.copy(session.connection(), mapped.local_table, [column for _, column in attributes], map(take, things))


class Repository(Generic[Thing]):
    """One kind of mapped thing."""

    kind: type[Thing]

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[UUID, Thing | None] = {}
        self._copied: list[Thing] | None = None

    def by_copy(self) -> None:
        """From now on new ones are written by COPY when the unit of work commits: for many at once, as in an import.

        Until then no row refers to them.
        """
        if self._copied is None:
            self._copied = []

    def copied(self) -> list[Thing]:
        """The new ones that wait to be written by COPY."""
        return self._copied or []

    def write_copied(self) -> None:
        """Write them."""
        if self._copied:
            write_by_copy(self._session, self._copied)
            self._copied = []

    def find(self, id_: UUID) -> Thing | None:
        """The thing, its row locked until commit, or None."""
        if id_ not in self._known:
            self._known[id_] = self._session.get(self.kind, id_, with_for_update=True)
        return self._known[id_]

    def get(self, id_: UUID) -> Thing:
        """The thing, its row locked until commit. Raises NotFound."""
        found = self.find(id_)
        if found is None:
            raise NotFound(f"No {self.kind.__name__.lower()} with this id.", field="id")
        return found

    def add(self, thing: Thing) -> None:
        """Take in a new one."""
        self._known[inspect(self.kind).primary_key_from_instance(thing)[0]] = thing
        if self._copied is None:
            self._session.add(thing)
        else:
            self._copied.append(thing)

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock many at once, in order of id, and remember which are absent: one query for a whole batch."""
        mapped, wanted = inspect(self.kind), list(ids)
        column = mapped.primary_key[0]
        query = select(self.kind).where(column.in_(wanted)).order_by(column).with_for_update()
        found = {mapped.primary_key_from_instance(each)[0]: each for each in self._session.scalars(query)}
        self._known |= dict.fromkeys(wanted, None) | found


class SubjectRepository(Repository[Thing]):
    """Things that sealed data is about: each is taken in with a data key of its own, under which it is loaded again."""

    def add(self, thing: Thing) -> None:
        """Take in a new one, and make its key."""
        super().add(thing)
        protection.keyring(self._session).make(inspect(self.kind).primary_key_from_instance(thing)[0])

    def find(self, id_: UUID) -> Thing | None:
        """The thing, its row locked until commit, or None."""
        if id_ not in self._known:
            protection.keyring(self._session).expect([id_])
        return super().find(id_)

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock many at once, in order of id, and their keys before."""
        wanted = list(ids)
        protection.keyring(self._session).expect(wanted)
        super().expect(wanted)


class NamedRepository(Repository[Thing]):
    """Things that are there as soon as someone names them: one source may speak of what another has not told yet.

    The row of a thing named for the first time is made before it is locked: of two who name it at once (a command and
    an event), the second waits instead of failing. All its columns but the id have a default in the database.
    """

    def find(self, id_: UUID) -> Thing | None:
        """The thing, locked; of one never named before nothing is known."""
        if id_ not in self._known:
            self.expect([id_])
        return self._known[id_]

    def expect(self, ids: Iterable[UUID]) -> None:
        """Load and lock many at once, in order of id."""
        wanted = sorted(set(ids) - self._known.keys())
        if wanted:
            mapped = inspect(self.kind)
            table, id_ = mapped.local_table, mapped.primary_key[0]
            assert isinstance(table, Table)
            named = select(func.unnest(literal(wanted, ARRAY(Uuid))))
            self._session.execute(insert(table).from_select([id_.name], named).on_conflict_do_nothing())
            super().expect(wanted)


class KeyedRepository(Repository[KeyedThing]):
    """Things that a register kept elsewhere may know by a key, in the columns register and register_key."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._held: dict[RegisterKey, UUID | None] = {}

    def add(self, thing: KeyedThing) -> None:
        """Take in a new one, with its key."""
        super().add(thing)
        if thing.key is not None:
            self._held[thing.key] = inspect(self.kind).primary_key_from_instance(thing)[0]

    def holding(self, key: RegisterKey) -> UUID | None:
        """The thing that a register knows by `key`; its row is not locked."""
        if key not in self._held:
            self.keyed(key.register, [key.value])
        return self._held[key]

    def keyed(self, register: str, keys: Iterable[str]) -> dict[str, UUID]:
        """Ids of the things that a register knows by these keys: one query for a whole batch."""
        asked, mapped = set(keys), inspect(self.kind)
        columns, id_ = mapped.local_table.c, mapped.primary_key[0]
        query = select(columns.register_key, id_).where(columns.register == register, columns.register_key.in_(asked))
        found = {row[0]: row[1] for row in self._session.execute(query)}
        self._held |= {RegisterKey(register, key): found.get(key) for key in asked}
        return found
