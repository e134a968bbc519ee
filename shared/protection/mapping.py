"""What of a mapped thing is sealed: declared once, sealed before each flush, opened at each load.

A protected class keeps its personal attributes unmapped; together they are one JSON document in the mapped column
`sealed`. Not here: keys (keyring), the cipher (envelope).
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Table, event, inspect
from sqlalchemy.orm import Session

from shared.protection.envelope import SealBroken
from shared.protection.keyring import KeyDestroyed, Keyring
from shared.protection.keys import KeyProvider

LOG = logging.getLogger("kinward.protection")
Thing = TypeVar("Thing")
COLUMN = "sealed"
KEYRING = "keys"
OPENED = "_kinward_opened"
_SPECS: dict[type, "Protected"] = {}
_TABLES: dict[Table, "Protected"] = {}


@dataclass(frozen=True)
class Protected:
    """How one class is kept: its table, whose key seals it, its document out of it and into it."""

    kind: type
    table: Table
    subject: Callable[[Any], UUID]
    write: Callable[[Any], Mapping[str, Any]]
    read: Callable[[Any, dict[str, Any]], None]
    derive: Callable[[Any], Mapping[str, Any]]

    @property
    def row_columns(self) -> tuple[str, ...]:
        """The columns that say which row it is."""
        return tuple(column.name for column in self.table.primary_key.columns)

    def row_of(self, thing: Any) -> str:
        """Which row a thing is."""
        mapped: Any = inspect(self.kind)
        return "|".join(str(value) for value in mapped.primary_key_from_instance(thing))


def _nothing(_: Any) -> Mapping[str, Any]:
    return {}


def protect(
    kind: type[Thing],
    table: Table,
    *,
    subject: Callable[[Thing], UUID],
    write: Callable[[Thing], Mapping[str, Any]],
    read: Callable[[Thing, dict[str, Any]], None],
    derive: Callable[[Thing], Mapping[str, Any]] = _nothing,
) -> None:
    """Declare what of `kind`, already mapped to `table`, is sealed: called once, beside the mapping.

    `derive` gives mapped attributes that follow from what is sealed and that queries need readable, such as an area.
    """
    spec = Protected(kind, table, subject, write, read, derive)
    _SPECS[kind] = _TABLES[table] = spec

    def open_loaded(thing: Any, context: Any, *_: Any) -> None:
        session = getattr(context, "session", None)  # none where only a composite attribute is put together anew
        if session is not None and thing.sealed is not None:
            ring = keyring(session)
            _keep(thing, ring.of(spec.subject(thing)).open(thing.sealed, table.name, COLUMN, spec.row_of(thing)), spec)

    event.listen(kind, "load", open_loaded)
    event.listen(kind, "refresh", open_loaded)


def protected() -> tuple[Protected, ...]:
    """Everything declared, in order."""
    return tuple(_SPECS.values())


def attach(session: Session, provider: KeyProvider) -> Keyring:
    """Give a session its keyring, and seal what it writes."""
    ring = Keyring(session, provider)
    session.info[KEYRING] = ring
    event.listen(session, "before_flush", _seal)
    event.listen(session, "after_rollback", lambda _session: ring.forget())
    return ring


def keyring(session: Session) -> Keyring:
    """The session's keyring."""
    ring: Keyring = session.info[KEYRING]
    return ring


def opened(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], subject: str = "child"
) -> list[dict[str, Any]]:
    """Rows of a select over `table`, with the keys of their sealed document in place of it.

    `subject` is the column that names whose key sealed them. Rows need the table's primary key columns.
    """
    ring, spec = keyring(session), _TABLES[table]
    ring.expect(row[subject] for row in rows if row[COLUMN] is not None)
    return [_opened_row(ring, spec, row, subject) for row in rows]


def opened_where_whole(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], subject: str = "child"
) -> list[dict[str, Any]]:
    """As `opened`, without the rows that do not open: their ids are logged as errors.

    For a look over many records, which one that is damaged, or whose key is lost, must not end for all others.
    """
    ring, spec = keyring(session), _TABLES[table]
    ring.expect(row[subject] for row in rows if row[COLUMN] is not None)
    found = []
    for row in rows:
        try:
            found.append(_opened_row(ring, spec, row, subject))
        except (SealBroken, KeyDestroyed) as error:
            LOG.error(
                "a sealed row does not open",
                extra={"table": table.name, "subject": str(row[subject]), "fault": error.rule},
            )
    return found


def _opened_row(ring: Keyring, spec: Protected, row: dict[str, Any], subject: str) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name != COLUMN}
    if row[COLUMN] is None:
        return plain
    place = "|".join(str(row[name]) for name in spec.row_columns)
    document = ring.of(row[subject]).open(row[COLUMN], spec.table.name, COLUMN, place)
    kept: dict[str, Any] = msgspec.json.decode(document)
    return plain | kept


def seals(table: Table) -> bool:
    """Whether rows of a table have a sealed document."""
    return table in _TABLES


def of_kind(kind: type) -> Protected:
    """What is declared of a class."""
    return _SPECS[kind]


def _sealed(spec: Protected, ring: Keyring, thing: Any, document: bytes) -> bytes:
    return ring.of(spec.subject(thing)).seal(document, spec.table.name, COLUMN, spec.row_of(thing))


def _keep(thing: Any, document: bytes, spec: Protected) -> None:
    thing.__dict__[OPENED] = document
    spec.read(thing, msgspec.json.decode(document))


def seal(session: Session, things: Iterable[Any]) -> None:
    """Seal what is protected of these things where it changed, and write the keys made for it."""
    ring = keyring(session)
    mine = [(spec, thing) for thing in things if (spec := _SPECS.get(type(thing))) is not None]
    ring.expect(spec.subject(thing) for spec, thing in mine)
    for spec, thing in mine:
        document = msgspec.json.encode(spec.write(thing))
        if thing.__dict__.get(OPENED) != document:
            thing.sealed = _sealed(spec, ring, thing, document)
            thing.__dict__[OPENED] = document
            for name, value in spec.derive(thing).items():
                setattr(thing, name, value)
    ring.write()


def _seal(session: Session, *_: object) -> None:
    seal(session, [*session.new, *session.dirty])
