"""The book that each database keeps beside Alembic's mark: the steps it had, and the processes that work on it.

A release that does not know a step reads here whether it can bear it. The tables are made by `migrate` itself, before
any step, and only ever grow by columns with a default: every release must be able to read and write them.
Not here: what follows from it (standing, taking, presence).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared import release
from shared.steps.scripts import Phase, Step

TABLES = ("schema_step", "running_process")
LIVING = "90 seconds"
"""A process that was not heard of for so long is gone: it says every 15 seconds that it is there."""
FORGOTTEN = "1 day"

_MAKE = """
    create table if not exists schema_step (
        revision text primary key,
        previous text,
        phase text not null,
        oldest text,
        release text not null,
        begun_at timestamptz not null default clock_timestamp(),
        done_at timestamptz
    );
    create table if not exists running_process (
        id uuid primary key,
        release text not null,
        face text not null,
        host text not null,
        pid integer not null,
        started_at timestamptz not null default clock_timestamp(),
        seen_at timestamptz not null default clock_timestamp()
    )
"""
_BEGUN = text(
    "insert into schema_step (revision, previous, phase, oldest, release)"
    " values (:revision, :previous, :phase, :oldest, :release) on conflict (revision) do update"
    " set phase = excluded.phase, oldest = excluded.oldest, release = excluded.release,"
    " begun_at = clock_timestamp(), done_at = null"
)
_DONE = text("update schema_step set done_at = clock_timestamp() where revision = :revision")
_TAKEN = text("select revision, previous, phase, oldest, release, done_at is not null as done from schema_step")
_SAID = text(
    "insert into running_process (id, release, face, host, pid) values (:id, :release, :face, :host, :pid)"
    " on conflict (id) do update set seen_at = clock_timestamp()"
)
_GONE = text("delete from running_process where id = :id")
_SWEPT = text("delete from running_process where seen_at < clock_timestamp() - cast(:after as interval)")
_ALIVE = text(
    "select id, release, face, host, pid, started_at, seen_at from running_process"
    " where seen_at > clock_timestamp() - cast(:within as interval) order by started_at, id"
)


@dataclass(frozen=True)
class Taken:
    """A step that the database had, or that was begun and is not done."""

    step: Step
    release: str
    done: bool


@dataclass(frozen=True)
class Running:
    """A process that works on the database."""

    id: UUID
    release: str
    face: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime

    def __str__(self) -> str:
        return f"{self.face} of release {self.release} on {self.host}, process {self.pid}"


def is_kept(connection: Connection) -> bool:
    """Whether the database has a book."""
    return all(connection.scalar(text("select to_regclass(:name)"), {"name": name}) for name in TABLES)


def make(connection: Connection) -> None:
    """Make the tables that are missing."""
    connection.execute(text(_MAKE))


def begin(connection: Connection, step: Step) -> None:
    """Note that a step is begun."""
    noted = {"revision": step.revision, "previous": step.previous, "phase": step.phase.value, "oldest": step.oldest}
    connection.execute(_BEGUN, noted | {"release": release.VERSION})


def is_begun(connection: Connection, step: Step) -> bool:
    """Whether a step was begun and is not done."""
    begun = text("select count(*) from schema_step where revision = :revision and done_at is null")
    return bool(connection.scalar(begun, {"revision": step.revision}))


def finish(connection: Connection, step: Step) -> None:
    """Note that it is done."""
    connection.execute(_DONE, {"revision": step.revision})


def taken(connection: Connection) -> dict[str, Taken]:
    """The steps in the book, by revision; those from before there was a book are not in it."""
    return {
        row.revision: Taken(Step(row.revision, row.previous, _phase(row.phase), row.oldest), row.release, row.done)
        for row in connection.execute(_TAKEN)
    }


def _phase(word: str) -> Phase:
    """A phase that a later release invented is one that this release cannot bear."""
    return Phase(word) if word in list(Phase) else Phase.FOUNDING


def say(connection: Connection, id_: UUID, face: str, host: str, pid: int) -> None:
    """Note that a process of this release is there."""
    connection.execute(_SAID, {"id": id_, "release": release.VERSION, "face": face, "host": host, "pid": pid})


def leave(connection: Connection, id_: UUID) -> None:
    """Note that it is gone, and forget who never said so."""
    connection.execute(_GONE, {"id": id_})
    connection.execute(_SWEPT, {"after": FORGOTTEN})


def alive(connection: Connection) -> list[Running]:
    """The processes that were heard of lately, the longest running first."""
    return [Running(**row) for row in connection.execute(_ALIVE, {"within": LIVING}).mappings()]
