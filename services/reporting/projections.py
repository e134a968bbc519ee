"""Runs of events into read tables, set-wise: one multi-row upsert for each table and set of columns.

Belongs here: what of each event is kept under which id. Not here: reading the tables (store, views), and counting.

An event says some columns of some row; what other sources still owe stays null until they say it, so any order between
sources is legal. Within one source events come in order, and a later one wins column by column: merged in Python for
one run, by the upsert across runs, with the same outcome. So the tables are a function of the events alone, however
they were cut into runs. Types that are not listed here change nothing.

`project` writes the live tables; a rebuild fills the other schema with the same `write` and then moves the pointer.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, TextClause, text
from sqlalchemy.dialects import postgresql

from services.reporting.store import live
from services.reporting.store.tables import read_metadata
from shared.envelope import Event

_KEYS = {name: table.primary_key.columns.keys()[0] for name, table in read_metadata.tables.items()}

Row = dict[str, Any]
Said = tuple[str, str, Row]
"""A table, the id of a row, and the columns that an event says of it."""


def project(connection: Connection, events: Sequence[Event]) -> None:
    """Apply a run of events, in their order, to the live tables, in the transaction of `connection`."""
    if live.enter(connection) is None:
        live.stamp(connection, built_with())
    write(connection, events)


def write(connection: Connection, events: Sequence[Event]) -> None:
    """Apply a run of events, in their order, to the tables that the transaction has entered (store.live)."""
    for (table, columns), rows in _by_columns(_let_go(connection, merged(events))).items():
        connection.execute(_upsert(table, columns), {"rows": msgspec.json.encode(rows).decode()})


def merged(events: Iterable[Event]) -> dict[tuple[str, str], Row]:
    """What a run says of each row, by (table, id): the later event wins, column by column."""
    rows: dict[tuple[str, str], Row] = {}
    for event in events:
        says = SAYS.get(event.type)
        if says is not None and event.data is not None:
            table, id_, columns = says(event.data)
            row = rows.setdefault((table, id_), {})
            if not row.get("erased"):  # nothing is said of an erased child any more
                row.update(columns)
    return rows


def _let_go(connection: Connection, rows: dict[tuple[str, str], Row]) -> dict[tuple[str, str], Row]:
    """Without what is said of erased children, now or before, by whichever source; what was written of them goes.

    Closed periods keep what they counted: they are records, not read tables. So does nothing else.
    """
    gone = [id_ for (table, id_), said in rows.items() if table == "child" and said.get("erased")]
    named = {id_ if table == "child" else said.get("child") for (table, id_), said in rows.items()}
    known = connection.execute(_ERASED, {"ids": sorted(id_ for id_ in named if id_)}).scalars()
    erased = {*gone, *map(str, known)}
    if not erased:
        return rows
    if gone:
        for table in OF_A_CHILD:
            connection.execute(_DELETED[table], {"ids": gone})
    return {
        (table, id_): said
        for (table, id_), said in rows.items()
        if (said.get("erased") if table == "child" and id_ in erased else said.get("child") not in erased)
    }


OF_A_CHILD = ("episode", "case_file", "breach")
_ERASED = text("select id from child where erased and id = any(cast(:ids as uuid[]))")
_DELETED = {
    table: text(f"delete from {table} where child = any(cast(:ids as uuid[]))")  # noqa: S608 - names of this file
    for table in OF_A_CHILD
}


CHILD = ("sex", "born_from", "born_to", "birth_basis", "disability", "area")


def _child(data: Mapping[str, Any]) -> Said:
    return "child", data["child"], {name: data.get(name) for name in CHILD}


def _child_withdrawn(data: Mapping[str, Any]) -> Said:
    return "child", data["child"], {"withdrawn": True}


def _child_merged(data: Mapping[str, Any]) -> Said:
    return "child", data["child"], {"merged_into": data["into"]}


def _child_unmerged(data: Mapping[str, Any]) -> Said:
    return "child", data["child"], {"merged_into": None}


def _child_erased(data: Mapping[str, Any]) -> Said:
    nothing = dict.fromkeys((*CHILD, "merged_into"))
    return "child", data["child"], {**nothing, "withdrawn": False, "erased": True}


def _provider(data: Mapping[str, Any]) -> Said:
    return "provider", data["provider"], {"kind": data["kind"], "area": data["area"]}


def _started(data: Mapping[str, Any]) -> Said:
    same = ("child", "provider", "care_form", "carer_relation", "area", "entry_reason", "kind", "whereabouts")
    columns = {name: data.get(name) for name in same}
    return "episode", data["placement"], columns | {"start_day": data["from"], "started": True}


def _ended(data: Mapping[str, Any]) -> Said:
    columns = {"child": data["child"], "end_day": data["to"], "destination": data["destination"]}
    return "episode", data["placement"], columns


def _corrected(data: Mapping[str, Any]) -> Said:
    same = ("child", "care_form", "carer_relation", "area", "destination", "withdrawn")
    columns = {name: data.get(name) for name in same}
    return "episode", data["placement"], columns | {"start_day": data["from"], "end_day": data["to"]}


def _centre(data: Mapping[str, Any]) -> Said:
    return "centre", data["centre"], {"area": data["area"]}


def _worker(data: Mapping[str, Any]) -> Said:
    return "worker", data["worker"], {"centre": data["centre"]}


def _case(data: Mapping[str, Any]) -> Said:
    return "case_file", data["case"], {name: data[name] for name in ("child", "kind", "centre", "opened_on")}


def _case_assigned(data: Mapping[str, Any]) -> Said:
    return "case_file", data["case"], {"child": data["child"], "worker": data["worker"]}


def _case_closed(data: Mapping[str, Any]) -> Said:
    columns = {"child": data["child"], "closed_on": data["closed_on"], "close_reason": data["reason"]}
    return "case_file", data["case"], columns


def _breach(data: Mapping[str, Any]) -> Said:
    return "breach", data["breach"], {name: data[name] for name in ("child", "placement", "rule", "owner", "due")}


def _breach_healed(data: Mapping[str, Any]) -> Said:
    return "breach", data["breach"], {"child": data["child"], "healed": True}


SAYS: Mapping[str, Callable[[Mapping[str, Any]], Said]] = {
    "registry.child-registered.v1": _child,
    "registry.child-amended.v1": _child,
    "registry.child-corrected.v1": _child,
    "registry.child-withdrawn.v1": _child_withdrawn,
    "registry.child-merged.v1": _child_merged,
    "registry.child-unmerged.v1": _child_unmerged,
    "registry.child-erased.v1": _child_erased,
    "placements.provider-registered.v1": _provider,
    "placements.placement-started.v1": _started,
    "placements.placement-ended.v1": _ended,
    "placements.placement-corrected.v1": _corrected,
    "placements.breach-opened.v1": _breach,
    "placements.breach-healed.v1": _breach_healed,
    "social_work.centre-opened.v1": _centre,
    "social_work.worker-registered.v1": _worker,
    "social_work.case-opened.v1": _case,
    "social_work.case-assigned.v1": _case_assigned,
    "social_work.case-closed.v1": _case_closed,
}
"""What each event type says. A type newly listed here means a rebuild (EVENTS 4), which a service asks for at start."""

VERSION = 2
"""Raised with every change of what the tables hold after the same events, so that they are built anew."""


def built_with() -> str:
    """What tables written by this program are built with: the projection's version, and a digest of its types."""
    return f"{VERSION}-{hashlib.sha256(' '.join(sorted(SAYS)).encode()).hexdigest()[:8]}"


def must_rebuild(theirs: str | None) -> bool:
    """Whether tables that are built with `theirs` lack what this program would write; not where it is the older one."""
    if theirs is None or theirs == built_with():
        return False
    version = theirs.partition("-")[0]
    return not version.isdigit() or int(version) <= VERSION


def _by_columns(rows: Mapping[tuple[str, str], Row]) -> dict[tuple[str, tuple[str, ...]], list[Row]]:
    """Rows of one table that say the same columns go into one statement."""
    groups: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for (table, id_), said in rows.items():
        groups.setdefault((table, tuple(said)), []).append({_KEYS[table]: id_, **said})
    return groups


@cache
def _upsert(table: str, columns: tuple[str, ...]) -> TextClause:
    """The statement that writes rows given as one JSON text.

    Not as arrays, whose thousands of values psycopg2 quotes and PostgreSQL parses one by one; nor by COPY, which needs
    a table in between (docs/performance.md).
    """
    key, types = _KEYS[table], read_metadata.tables[table].columns
    names = ", ".join((key, *columns))
    typed = ", ".join(f"{name} {types[name].type.compile(postgresql.dialect())}" for name in (key, *columns))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    return text(
        f"insert into {table} ({names}) select {names} from json_to_recordset(:rows) as said ({typed})"  # noqa: S608 - names of this file
        f" on conflict ({key}) do update set {changes}"
    )


def touches(event: Event) -> tuple[UUID, ...]:
    """The row that an event says something of, and the other side of a merge: besides its subject what it touches.

    Never raises.
    """
    says = SAYS.get(event.type)
    try:
        if says is None or event.data is None:
            return ()
        others = [UUID(event.data[name]) for name in ("into", "out_of") if name in event.data]
        return (UUID(says(event.data)[1]), *others)
    except (KeyError, ValueError, TypeError, AttributeError):
        return ()
