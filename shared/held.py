"""Everything that a service's tables hold on someone: found by what the tables are, so that no table is forgotten.

Not here: who may ask. What a service holds by other names, and what is no business of the person, the service says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Table, or_, select
from sqlalchemy.orm import Session

from shared import protection, queries
from shared.documents import Section

PERSON = "child"


@dataclass(frozen=True)
class Holdings:
    """How the tables of a service name a person: the column `child`, but for those in `by`.

    `through` are tables that name no person, but a row of another that does: (own column, other table, its column).
    `keys` names the column of whose key seals a row where that is not the first that names the person. `without` are
    the tables that are left out, each with its reason.
    """

    metadata: MetaData
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    through: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)

    def unclear(self) -> list[str]:
        """Tables of which nobody has said how they name a person, or why they are left out."""
        tables = self.metadata.tables.values()
        known = {*self.without, *self.through}
        return sorted(each.name for each in tables if each.name not in known and not self._columns(each))

    def about(self, session: Session, ids: Iterable[UUID]) -> dict[str, list[dict[str, Any]]]:
        """Rows about these ids by table, in the order of their keys; tables without any are left out.

        Sealed documents are opened; bytes are not shown.
        """
        wanted: list[UUID] = list(ids)
        found: dict[str, list[dict[str, Any]]] = {}
        for table in self.metadata.sorted_tables:
            columns = self._columns(table)
            if table.name not in self.without and columns:
                found[table.name] = self._rows(session, table, columns, wanted)
        for name, (own, other, column) in self.through.items():
            named = [row[column] for row in found[other]]
            found[name] = self._rows(session, self.metadata.tables[name], (own,), named)
        return {name: rows for name, rows in found.items() if rows}

    def _columns(self, table: Table) -> tuple[str, ...]:
        return self.by.get(table.name) or ((PERSON,) if PERSON in table.c else ())

    def _rows(self, session: Session, table: Table, columns: tuple[str, ...], ids: list[Any]) -> list[dict[str, Any]]:
        named = or_(*(table.c[name].in_(ids) for name in columns))
        rows = queries.rows(session, select(table).where(named).order_by(*table.primary_key.columns))
        if protection.seals(table):
            rows = protection.opened(session, table, rows, subject=self.keys.get(table.name, columns[0]))
        return [{name: plain(value) for name, value in row.items() if not isinstance(value, _BYTES)} for row in rows]


_BYTES = (bytes, memoryview)


def plain(value: Any) -> Any:
    """A value as JSON has it: days and instants as ISO 8601, ids as text, sets in order."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    return value


def words(name: str) -> str:
    """A column or table as people read it: `born_from` as Born from."""
    return name.replace("_", " ").strip().capitalize()


def entries(value: Any, name: str = "") -> list[tuple[str, str]]:
    """A value of a document as (name, text) lines, inner names behind outer ones; what is empty stays out."""
    if isinstance(value, Mapping):
        return [line for inner, each in value.items() for line in entries(each, f"{name} {words(inner)}".strip())]
    if isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
        return [line for place, each in enumerate(value, 1) for line in entries(each, f"{name} {place}".strip())]
    if value is None or value in ("", []):
        return []
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return [(name, text)]


def sections(records: Mapping[str, list[dict[str, Any]]], of: str = "") -> list[Section]:
    """The records as sections of paper, the person's own first; `of` says which service holds them."""
    tables = sorted(records, key=lambda table: (not table.startswith(PERSON), table))
    return [Section(words(f"{of} {table}".strip()), [entries(row) for row in records[table]]) for table in tables]
