"""Many new rows by COPY: what an import writes, several times quicker than INSERT. Not here: what the rows are.

A process that serves has green threads, under which psycopg2 has no COPY: there the few rows of a request are inserted.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg2
from psycopg2.extensions import get_wait_callback
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError, OperationalError

from shared import row_security

_THROUGH = 'create temporary table "{through}" on commit drop as select {names} from "{table}" with no data'
_ON = 'insert into "{table}" ({names}) select {names} from "{through}"; drop table "{through}"'
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows, the values in the order of `columns`: ids, texts, numbers, days, instants, bytes, sets of ids, JSON.

    In the transaction of `connection`. Raises IntegrityError and OperationalError of SQLAlchemy, as an INSERT would.
    """
    if get_wait_callback() is not None:
        _insert(connection, table, columns, rows)
        return
    text = "".join("\t".join([_WRITTEN[type(value)](value) for value in row]) + "\n" for row in rows)
    if not text:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    raw: Any = connection.connection.dbapi_connection
    through = f"incoming_{table.name}"  # where rows are filtered PostgreSQL refuses COPY: by way of a table of our own
    into = through if row_security.applies(connection) else table.name
    command = f'copy "{into}" ({names}) from stdin'
    try:
        with raw.cursor() as cursor:
            if into is through:
                cursor.execute(_THROUGH.format(through=through, names=names, table=table.name))
            cursor.copy_expert(command, io.StringIO(text))
            if into is through:
                cursor.execute(_ON.format(through=through, names=names, table=table.name))
    except psycopg2.IntegrityError as error:
        raise IntegrityError(command, None, error, hide_parameters=True) from error
    except psycopg2.OperationalError as error:
        raise OperationalError(command, None, error, hide_parameters=True) from error


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    named = [dict(zip(columns, map(_listed, row), strict=True)) for row in rows]
    if named:
        connection.execute(table.insert(), named)


def _listed(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _array(values: Iterable[Any]) -> str:
    return "{" + ",".join(str(value) for value in sorted(values)) + "}"


class _Writers(dict[type, Callable[[Any], str]]):
    """How a value is written, by its type; a subclass is written as what it is a subclass of."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        for known in (StrEnum, str, Mapping, date):
            if issubclass(kind, known):
                self[kind] = self[known]
                return self[kind]
        raise TypeError(f"no way to copy a {kind.__name__}")


_WRITTEN: dict[type, Callable[[Any], str]] = _Writers(
    {
        type(None): lambda _: "\\N",
        bool: lambda value: "t" if value else "f",
        int: str,
        str: lambda value: value.translate(_ESCAPES),
        StrEnum: lambda value: value.value.translate(_ESCAPES),
        UUID: str,
        date: lambda value: value.isoformat(),
        bytes: lambda value: "\\\\x" + value.hex(),
        frozenset: _array,
        dict: lambda value: json.dumps(value).translate(_ESCAPES),
        Mapping: lambda value: json.dumps(dict(value)).translate(_ESCAPES),
    }
)
