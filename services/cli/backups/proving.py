"""Proving a backup: it is read back into a scratch server, and looked at as nobody could look at a file.

The scratch server is the bundled PostgreSQL in a private folder that is gone afterwards: a proof needs no other server
and disturbs none, so it may be made on another machine. Not here: making a backup, restoring one for good.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from services.cli import composition, operating
from services.cli.backups import facts, manifest, restoring_dumps
from services.cli.backups.manifest import Manifest
from services.cli.backups.places import MIGRATIONS, Place
from shared import audit_check, db
from shared.config import Settings
from shared.embedded.account import private_parent, server_account
from shared.embedded.cluster import Cluster
from shared.embedded.programs import reachable_programs
from shared.embedded.server import INITDB, SETTINGS
from shared.envelope import source_urn
from shared.errors import ConfigurationError, KinwardError, NotFound, Refused
from shared.protection.keyring import TABLE, bound_to
from shared.protection.keys import Keys
from shared.sealed import Unlocking, parts
from shared.stream import steering

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""What is restored here is thrown away."""
SEALING = "registry"


@dataclass
class Proof:
    """What was seen to hold, line by line, and what was not."""

    manifest: Manifest
    held: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def see(self, good: bool, told: str, otherwise: str = "") -> None:
        """Note one thing that was looked at."""
        (self.held if good else self.broken).append(told if good else otherwise or told)


class NotProven(Refused):
    """What was restored from the file is not what the file says."""

    code = "backup-not-proven"
    title = "The backup does not hold what it says"


def prove(path: Path, unlocking: Unlocking | bytes, scratch: Path, settings: Settings | None) -> Proof:
    """Restore the file beside everything and compare; with `settings` the deployment's keys are tried too.

    Raises BrokenFile, WrongKey, NotProven, RestoreFailed, ConfigurationError.
    """
    found = manifest.read(parts.manifest(path, unlocking, manifest.BACKUP))
    manifest.require_known(found, ())
    proof = Proof(found)
    proof.see(True, f"the file is whole: {len(found.document['parts'])} parts, every chunk authentic, sums as said")
    with _server(scratch) as cluster:
        places = {name: _place(cluster, name) for name in found.services}
        for place in places.values():
            restoring_dumps.make_roles(place)
        restoring_dumps.into(path, unlocking, manifest.BACKUP, places, found.services)
        engines = {name: db.make_unpooled_engine(place.url) for name, place in places.items()}
        for name, engine in engines.items():
            _look(proof, name, engine, found.services[name])
        _cut(proof, engines)
        keys = None if settings is None else manifest.keys_there(settings)
        if SEALING in engines and keys is not None:
            _keys(proof, engines[SEALING], keys)
    if proof.broken:
        raise NotProven("; ".join(proof.broken[:5]), field="file", rule="restored-as-said", remedy="make another")
    return proof


def _look(proof: Proof, name: str, engine: Engine, said: Mapping[str, Any]) -> None:
    """One database against what the manifest says of it, then its migrations."""
    with facts.snapshot(engine) as connection:
        there = facts.of(connection, has_log="epoch" in said)
        rows = sum(there["tables"].values())
        differs = {key for key in ("revision", "audit", "tables", "epoch", "sequence", "last_event", "events")
                   if there.get(key) != said.get(key)}  # fmt: skip
        proof.see(
            not differs, f"{name}: {rows:,} rows in {len(there['tables'])} tables, as counted when it was dumped",
            f"{name}: {', '.join(sorted(differs))} differ from what the manifest says",
        )  # fmt: skip
        verdict = audit_check.verify(connection)
        proof.see(verdict.broken is None, f"{name}: audit chain sound over {verdict.rows:,} rows",
                  f"{name}: audit chain broken: {verdict.broken}")  # fmt: skip
        if "epoch" in said:
            holes = facts.holes(connection)
            proof.see(not holes, f"{name}: event log without a gap, {there['events']:,} events in {there['epochs']} "
                      f"epochs, up to {there['sequence']:,}", f"{name}: {'; '.join(holes)}")  # fmt: skip
    pending = db.pending_migrations(engine, MIGRATIONS[name])
    if pending:
        db.migrate(engine, MIGRATIONS[name])
    proof.see(True, f"{name}: at this release's migrations" + (f" after {len(pending)} more" if pending else ""))


def _cut(proof: Proof, engines: Mapping[str, Engine]) -> None:
    """Nobody knows of an event that its source lacks."""
    pairs = 0
    for consumer, sources in composition.CONSUMES.items():
        for source in sources:
            if consumer in engines and source in engines:
                with engines[consumer].begin() as connection, engines[source].connect() as other:
                    lost = orphans(connection, other, consumer, source, proof.manifest.deployment)
                proof.see(not lost, "", f"{consumer} knows of {len(lost)} events that {source} lacks")
                pairs += 1
    proof.held = [line for line in proof.held if line]
    if pairs:
        proof.see(True, f"one moment of all: no orphan between {pairs} pairs of consumer and source")


def orphans(
    connection: Connection, other: Connection, consumer: str, source: str, deployment: str
) -> Sequence[steering.Orphan]:
    """Events that a consumer applied and its source lacks; none where it never consumed. Raises RecordTooShort."""
    if not operating.consumes(connection, consumer):
        return ()
    try:
        return steering.orphans(connection, other, consumer, source_urn(deployment, source))
    except NotFound:  # this source was never heard
        return ()


def _keys(proof: Proof, engine: Engine, keys: Keys) -> None:
    """Every person's data key opens with the deployment's key file."""
    opened = 0
    with engine.connect() as connection:
        for row in connection.execute(TABLE.select(), execution_options={"yield_per": 5000}):
            try:
                keys.unwrap(row.kek, bytes(row.wrapped), bound_to(row.subject, row.version))
            except KinwardError as error:
                proof.see(False, f"a data key does not open: {error.message}")
                return
            opened += 1
    proof.see(True, f"{SEALING}: {opened:,} data keys open with this deployment's key file")


@contextmanager
def _server(scratch: Path) -> Iterator[Cluster]:
    """A server in a folder of its own below `scratch`; both gone afterwards."""
    account = server_account()
    private = private_parent(scratch, account)
    if private is not None:
        raise ConfigurationError(
            f"the scratch server's account cannot reach {scratch}: {private} is private", field="scratch",
            rule="scratch-reachable", remedy="name another folder: --scratch DIR",
        )  # fmt: skip
    try:
        folder = Path(tempfile.mkdtemp(prefix="kinward-proof-", dir=scratch))
    except OSError as error:
        raise ConfigurationError(
            f"{scratch} cannot be written: {error.strerror}", field="scratch", remedy="name another: --scratch DIR"
        ) from None
    cluster = None
    try:
        if account is not None:
            folder.chmod(0o711)
        programs = reachable_programs(folder, account)
        made = Cluster(folder / "postgresql", programs, account, [*INITDB, "--no-sync"], {**SETTINGS, **HASTY})
        made.create()
        cluster = made
        made.start()
        yield made
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _place(cluster: Cluster, name: str) -> Place:
    cluster.create_database(name)
    return Place(name, cluster.url(name), cluster.url(name))


def default_scratch(path: Path) -> Path:
    """Where a proof is made where nobody says: beside the file, which has room for it, if the server can get there."""
    account, beside = server_account(), path.resolve().parent
    places = (beside, Path(tempfile.gettempdir()), Path("/var/tmp"))  # noqa: S108 (mkdtemp makes its own folder there)
    return next((each for each in places if each.is_dir() and private_parent(each, account) is None), beside)
