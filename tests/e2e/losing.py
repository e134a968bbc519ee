"""A deployment whose servers and machine are lost on purpose: one process a service, RabbitMQ, PostgreSQL 15, a portal.

Not here: what must hold afterwards (test_drill).
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.portal.issuer import desk
from shared import db
from shared.config import SERVICES
from tests.e2e import running
from tests.e2e.people import Person
from tests.faults import rig as rigs
from tests.faults.rig import Rig
from tests.faults.servers import Database
from tests.faults.writing import Writer

PORTAL = "portal_database"


@dataclass(frozen=True)
class Backup:
    """A file, and the last event of each service that it holds."""

    file: Path
    ends: Mapping[str, int]


@dataclass
class Losing:
    """The deployment, who writes into it, and the folder that is not on its machine."""

    rig: Rig
    writer: Writer
    elsewhere: Path

    @property
    def registrar(self) -> Person:
        """Who registers children over HTTP."""
        return Person(self.rig.deployed, "registrar", "registrar")

    @property
    def private_key(self) -> Path:
        """What opens backups; never on the machine."""
        return self.elsewhere / "backup.private.jwk"

    def kinward(self, *arguments: str, status: int = 0) -> str:
        """A command of the deployment."""
        return self.rig.deployed.kinward(*arguments, status=status)

    def told(self, *arguments: str) -> Any:
        """What a command answers as JSON."""
        return json.loads(self.kinward(*arguments, "--json"))

    def start(self, service: str) -> None:
        """Start a service, API and worker in one process; registry where the deployment's address says."""
        port = self.rig.deployed.port if service == "registry" else running.free_port()
        self.rig.workers[service] = self.rig.deployed.start(service, port=port)

    def start_all(self) -> None:
        """Start every service and wait until all are ready."""
        for service in SERVICES:
            self.start(service)
        for service in SERVICES:
            running.await_ready(self.rig.workers[service])

    def stop(self, service: str) -> None:
        """Kill a service; nor are we connected to its database any more."""
        self.rig.kill(service)
        self.rig.made.engine(service).dispose()

    def backup(self) -> Backup:
        """Back up all databases, as a timer would."""
        told = self.told("backup", "--out", str(self.elsewhere / "backups"))
        ends = {name: said.get("sequence", 0) for name, said in told["manifest"]["services"].items()}
        return Backup(Path(told["file"]), ends)

    def keys_apart(self) -> Path:
        """Back up the keys; the file."""
        return Path(self.told("backup", "--keys", "--out", str(self.elsewhere / "keys"))["file"])

    def restore(self, file: Path, *options: str) -> Any:
        """Restore a backup; what it says."""
        return self.told("restore", str(file), "--key", str(self.private_key), *options)

    def refused(self, file: Path, rule: str, *options: str) -> None:
        """Restoring that is refused by a rule, and says so."""
        words = self.rig.deployed.complaint("restore", str(file), "--key", str(self.private_key), *options)
        assert f"rule:   {rule}" in words, words

    def register(self) -> UUID:
        """A child, over HTTP."""
        identity = {"names": [], "sex": "F", "birth": {"date": "1940-05-04"}, "area": "KZ-75"}
        return UUID(self.registrar.made("/registry/children", {"identity": identity})["id"])

    def there(self, child: UUID) -> bool:
        """Whether registry answers for a child."""
        return self.registrar.get(f"/registry/children/{child}").status == 200

    def erase(self, child: UUID) -> None:
        """Erase a child, as two officers do."""
        first, second = (Person(self.rig.deployed, "data_protection_officer", who) for who in ("one", "two"))
        body = {"child": str(child), "ground": "court-order", "reason": "a ruling"}
        asked = first.made("/registry/erasures", body)["id"]
        second.made(f"/registry/erasures/{asked}/execution", None, version=1)

    def lost_database(self, database: Database, *names: str) -> None:
        """A cluster is gone with its disk; an empty one takes its place."""
        for service in SERVICES:
            self.rig.made.engine(service).dispose()
        database.kill()
        shutil.rmtree(database.cluster.data)
        database.create()
        for name in names:
            database.cluster.create_database(name)

    def lost_broker(self) -> None:
        """The node is gone with its disk; an empty one takes its place, with an account and a vhost."""
        node = self.rig.servers.node
        node.kill()
        assert node.management.folder is not None
        shutil.rmtree(node.management.folder / "mnesia")
        node.start()
        node.management.renew_vhost(self.rig.queues.uri)

    def lost_machine(self) -> None:
        """Everything: processes, databases, the broker's vhost, the deployment's folder with its keys."""
        for name in list(self.rig.workers):
            self.rig.kill(name)
        names = self.rig.names
        self.lost_database(self.rig.servers.records, names["registry"])
        self.lost_database(self.rig.servers.rest, PORTAL, *(names[each] for each in SERVICES if each != "registry"))
        self.rig.servers.node.management.drop_vhost(self.rig.queues.uri)
        self.rig.servers.node.management.renew_vhost(self.rig.queues.uri)
        shutil.rmtree(self.rig.deployed.folder)

    def bundle(self) -> bytes:
        """The bytes of the first period's signed figures."""
        file = self.elsewhere / "bundle.zip"
        file.unlink(missing_ok=True)
        self.kinward("bundle", "export", str(file), "--seq", "1")
        return file.read_bytes()

    def events(self, service: str, after: int) -> set[UUID]:
        """The ids of a service's events behind that one."""
        return {
            id_ for (id_,) in self.rig.rows(service, "select id from event_log where sequence > :after", after=after)
        }

    def open_signins(self) -> int:
        """How many people are signed in at the portal."""
        return int(self.rig.value("portal", "select count(*) from signin where ended_at is null"))


@contextmanager
def losing(seed: int) -> Iterator[Losing]:
    """A deployment with one person signed in at its portal; nothing is served yet."""
    with rigs.provided() as servers, running.home() as elsewhere:
        servers.rest.cluster.create_database(PORTAL)
        url = servers.rest.url(PORTAL)
        (elsewhere / "copies").mkdir()
        more = {"PORTAL_DATABASE_URL": url, "ERASED_COPIES": str(elsewhere / "copies")}
        with rigs.standing(servers, seed, settings=more) as rig:
            made = Losing(rig, Writer(rig.made, seed), elsewhere)
            made.kinward("backup", "recipient", "--out", str(elsewhere))
            shutil.copy(elsewhere / "backup.jwk", rig.deployed.folder / "backup.jwk")
            engine = db.make_unpooled_engine(url)
            desk.migrate(engine)
            with engine.begin() as connection:
                connection.execute(_SIGNED_IN)
            yield made
        servers.rest.cluster.drop_database(PORTAL)


_SIGNED_IN = text(
    "insert into signin (id, subject, kind, name, granted, started_at, seen_at)"
    " values (gen_random_uuid(), 'demo', 'demo', 'Demo', '{}', now(), now())"
)
