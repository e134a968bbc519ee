"""A source comes back from an hour-old backup: noticed, its orphans named exactly, the figures built anew.

Each restore has a deployment and a cluster of its own, since it replaces what is there. Not here: what an epoch is.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from tests.e2e import recomputed
from tests.e2e.running import until
from tests.faults import invariants, servers
from tests.faults import rig as rigs
from tests.faults.invariants import Expected
from tests.faults.record import Line, Record
from tests.faults.rig import Rig
from tests.faults.servers import Database
from tests.faults.writing import Writer

REBUILT = 120.0
CONSUMERS = ("placements", "social_work", "reporting")


@dataclass(frozen=True)
class Backup:
    """A way to keep registry's database and to bring it back; `told` where nothing but a person can say so."""

    keep: Callable[[Database, str], None]
    restore: Callable[[Database, str], None]
    told: bool


BACKUPS = {
    "a dump read back into its cluster": Backup(Database.dump, Database.restore_dump, told=True),
    "a dump read into another cluster": Backup(Database.dump, Database.restore_dump_elsewhere, told=False),
    "a copy of its files": Backup(
        lambda database, _: database.copy(), lambda database, _: database.restore_copy(by_recovery=False), told=True
    ),
    "a copy of its files, recovered": Backup(
        lambda database, _: database.copy(), lambda database, _: database.restore_copy(by_recovery=True), told=False
    ),
}


@pytest.fixture
def alone(servers_: rigs.Servers, record: Record) -> Iterator[tuple[Rig, Writer]]:
    """A deployment whose registry is in a cluster of its own, all workers running, and who writes into it."""
    with (
        servers.database("restored") as records,
        rigs.standing(replace(servers_, records=records), record.seed) as made,
    ):
        made.start_all()
        writer = Writer(made.made, record.seed)
        writer.prepare()
        writer.write(15)
        made.recovered()
        yield made, writer


@pytest.fixture(name="servers_")
def _servers(request: pytest.FixtureRequest) -> rigs.Servers:
    return request.getfixturevalue("servers")


@contextmanager
def restored(rig: Rig, writer: Writer, backup: Backup) -> Iterator[None]:
    """Registry is as it was before the block, and runs again; the writer knows what it lost."""
    name = rig.names["registry"]
    backup.keep(rig.servers.records, name)
    yield
    rig.kill("registry")
    rig.made.engine("registry").dispose()
    backup.restore(rig.servers.records, name)
    if backup.told:
        rig.deployed.kinward("restored", "registry")
    known = {id_ for (id_,) in rig.rows("registry", "select id from child")}
    writer.children = [each for each in writer.children if each.id in known]
    rig.start("registry")


def events(rig: Rig) -> dict[UUID, UUID]:
    """The children of registry's events, by the ids of these."""
    return dict(rig.rows("registry", "select id, subject from event_log"))


@pytest.mark.parametrize("name", BACKUPS)
def test_a_restored_source_is_noticed_and_its_lost_events_are_named_one_by_one(alone, record, name):
    rig, writer = alone
    with restored(rig, writer, BACKUPS[name]):
        before = events(rig)
        writer.write(15)
        rig.recovered()
        lost = {id_: subject for id_, subject in events(rig).items() if id_ not in before}
    assert len(lost) > 10
    assert events(rig) == before
    begun = time.monotonic()
    resolved_by_hand(rig, writer, set(lost))
    writer.write(8)
    until(lambda: not rig.rows("reporting", FORKED), "reporting is built anew", REBUILT)
    rig.recovered()
    took = time.monotonic() - begun
    broken = invariants.check(rig, Expected(orphaned=frozenset(lost.values())))
    record.lines.append(Line(f"registry restored: {name}", 1, len(events(rig)), *counts(broken), took))
    assert not broken, broken
    assert "child" not in recomputed.differences(rig.deployed), "reporting knows what registry knows, and no more"
    kept = {str(each["event_id"]) for each in orphans(rig, "--resolved") if each["consumer"] != "reporting"}
    assert kept == {str(id_) for id_ in lost}


FORKED = "select 1 from watermark where consumer = 'reporting' and state = 'stopped'"


def resolved_by_hand(rig: Rig, writer: Writer, lost: set[UUID]) -> None:
    """Both that are no projection stop and name what was lost; the other sources flow on; then a person resolves."""
    stopped = "select reason from watermark where consumer = :consumer and source = :source"
    for consumer in ("placements", "social_work"):
        until(
            lambda consumer=consumer: rig.value(consumer, stopped, consumer=consumer, source=rig.source("registry")),
            f"{consumer} notices",
        )
        assert rig.value(consumer, stopped, consumer=consumer, source=rig.source("registry")) == "forked"
    named = orphans(rig)
    for consumer in ("placements", "social_work"):
        found = {UUID(each["event_id"]) for each in named if each["consumer"] == consumer}
        assert found == lost, f"{consumer}: {len(found)} named, {len(lost)} lost"
    writer.leave(3)
    ended = rig.value("placements", "select sequence from event_head")
    applied = "select sequence from watermark where consumer = 'social_work' and source = :source"
    until(
        lambda: rig.value("social_work", applied, source=rig.source("placements")) == ended,
        "the other sources flow on",
    )
    for consumer in ("placements", "social_work"):
        rig.deployed.kinward("orphans", "resolve", consumer, "registry")


def orphans(rig: Rig, *options: str) -> list[dict[str, str]]:
    """What `kinward orphans list` names."""
    found: list[dict[str, str]] = json.loads(rig.deployed.kinward("orphans", "list", "--json", *options))
    return found


def counts(broken: dict[str, list[str]]) -> tuple[int, int]:
    """How much was lost and applied twice."""
    return len(broken.get("no event lost", ())), len(broken.get("none applied twice", ()))


@pytest.mark.parametrize("name", BACKUPS)
def test_a_source_restored_without_a_loss_goes_on_by_itself(alone, record, name):
    rig, writer = alone
    with restored(rig, writer, BACKUPS[name]):
        rig.recovered()
    writer.write(8)
    took = rig.recovered()
    broken = invariants.check(rig)
    record.lines.append(Line(f"registry restored, nothing lost: {name}", 1, len(events(rig)), *counts(broken), took))
    assert not broken, broken
    assert rig.value("registry", "select count(*) from event_epoch") == 2
    assert orphans(rig) == []
