"""The peer: stock nameko 2.14.1 as its manual shows it, EventDispatcher and @event_handler, a commit an event.

Run as `python -m benchmarks.nameko_service teller|listener AMQP_URI DATABASE_URL`, a process each. Not here: starting
and timing them (nameko_path).
"""

import eventlet

eventlet.monkey_patch()

import signal  # noqa: E402  patched first, as `nameko run` does
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from datetime import date  # noqa: E402
from typing import Any  # noqa: E402
from uuid import UUID  # noqa: E402

from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from sqlalchemy import Boolean, Column, Date, Engine, MetaData, Table, Text, Uuid, create_engine  # noqa: E402
from sqlalchemy.dialects.postgresql import insert  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from benchmarks import happenings  # noqa: E402

WORKERS = 10
"""nameko's own default of workers and messages handed out."""

metadata = MetaData()

child = Table(
    "child",
    metadata,
    Column("id", Uuid, primary_key=True),
    *(Column(name, Text) for name in ("sex", "birth_basis", "area")),
    *(Column(name, Date) for name in ("born_from", "born_to")),
    Column("disability", Boolean),
)

episode = Table(
    "episode",
    metadata,
    Column("placement", Uuid, primary_key=True),
    Column("child", Uuid, nullable=False, index=True),
    Column("provider", Uuid),
    *(Column(name, Text) for name in ("care_form", "carer_relation", "area", "entry_reason", "destination", "kind")),
    *(Column(name, Date) for name in ("start_day", "end_day")),
    *(Column(name, Boolean) for name in ("whereabouts", "started")),
)

ENGINES: list[Engine] = []


class Teller:
    """Dispatches events; it has all payloads in memory and reads no log, an easier start than Kinward's relay has."""

    name = "teller"
    dispatch = EventDispatcher()
    payloads: list[tuple[str, dict[str, Any]]] = []

    @rpc
    def prepare(self, count: int) -> int:
        """Make the payloads of `count` events, of the two services in turn."""
        told = happenings.Happenings(count, happenings.pack())
        pairs = zip(told.of("registry"), told.of("placements"), strict=True)
        self.payloads[:] = [(entry.type, dict(entry.data)) for pair in pairs for entry in pair]
        return len(self.payloads)

    @rpc
    def tell(self) -> None:
        """Dispatch them all."""
        for type_, data in self.payloads:
            self.dispatch(type_, data)


class Listener:
    """Writes the same columns of the same tables as Kinward's projection, by an upsert and a commit an event."""

    name = "listener"
    awaited: Iterator[bool] = iter(())

    @rpc
    def expect(self, count: int) -> None:
        """Say `handled` once so many more events are committed."""
        Listener.awaited = iter([*[False] * (count - 1), True])

    @event_handler("teller", "registry.child-registered.v1")
    def child_registered(self, payload: dict[str, Any]) -> None:
        """A child is known."""
        _upsert(child, _child(payload))

    @event_handler("teller", "registry.child-amended.v1")
    def child_amended(self, payload: dict[str, Any]) -> None:
        """The child's record changed."""
        _upsert(child, _child(payload))

    @event_handler("teller", "placements.placement-started.v1")
    def placement_started(self, payload: dict[str, Any]) -> None:
        """A stay began."""
        same = ("care_form", "carer_relation", "area", "entry_reason", "kind", "whereabouts")
        ids = {"placement": UUID(payload["placement"]), "child": UUID(payload["child"])}
        told = {"provider": UUID(payload["provider"]), "start_day": date.fromisoformat(payload["from"])}
        _upsert(episode, {**ids, **told, "started": True} | {name: payload[name] for name in same})

    @event_handler("teller", "placements.placement-ended.v1")
    def placement_ended(self, payload: dict[str, Any]) -> None:
        """A stay ended."""
        ids = {"placement": UUID(payload["placement"]), "child": UUID(payload["child"])}
        end = date.fromisoformat(payload["to"])
        _upsert(episode, {**ids, "end_day": end, "destination": payload["destination"]})


def _child(payload: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(payload[name]) for name in ("born_from", "born_to")}
    same = ("sex", "birth_basis", "disability", "area")
    return {"id": UUID(payload["child"])} | days | {name: payload[name] for name in same}


def _upsert(table: Table, row: dict[str, Any]) -> None:
    (key,) = table.primary_key.columns
    changed = {name: value for name, value in row.items() if name != key.name}
    with Session(ENGINES[0]) as session:
        session.execute(insert(table).values(row).on_conflict_do_update(index_elements=[key], set_=changed))
        session.commit()
    if next(Listener.awaited):
        print("handled", flush=True)


def main(role: str, amqp_uri: str, database_url: str) -> None:
    """Serve until SIGTERM."""
    ENGINES.append(create_engine(database_url, pool_size=WORKERS))
    if role == "listener":
        metadata.create_all(ENGINES[0])
    runner = ServiceRunner({"AMQP_URI": amqp_uri, "max_workers": WORKERS})
    runner.add_service({"teller": Teller, "listener": Listener}[role])
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    runner.start()
    print("ready", flush=True)
    runner.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
