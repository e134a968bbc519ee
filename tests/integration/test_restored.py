"""A source whose database came back from a backup (dump, copy of the files, promoted standby), and its consumer."""

import subprocess
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import make_url, text
from typer.testing import CliRunner

from services.cli.app import tree
from shared import db
from shared.broker.in_process import InProcessBroker
from shared.embedded.programs import wheel_programs
from shared.stream.applier import ProjectionApplier
from shared.stream.consumer import Consumer
from shared.testing.postgresql import DEBIAN_PROGRAMS, postgresql_server
from tests.integration.event_source import Source, create

REGISTRY = "services.registry.migrations"
SEEN = "CREATE TABLE seen (place serial, consumer text, id uuid, UNIQUE (consumer, id))"
ROLES = b"CREATE ROLE kinward_eraser NOLOGIN; CREATE ROLE kinward_app NOLOGIN;"  # not in a dump


class Listener:
    """A consumer that notes the ids of what it was given."""

    def __init__(self, name, engine, broker):
        self.name, self.engine = name, engine
        applier = ProjectionApplier(engine, self.note)
        self.consumer = Consumer(engine, broker, "kz", name, sources=["registry"], applier=applier)

    def note(self, connection, events):
        rows = [{"consumer": self.name, "id": each.id} for each in events]
        connection.execute(text("INSERT INTO seen (consumer, id) VALUES (:consumer, :id)"), rows)

    def sql(self, statement):
        with self.engine.begin() as connection:
            return list(connection.execute(text(statement), {"name": self.name}))

    def seen(self):
        return [row.id for row in self.sql("SELECT id FROM seen WHERE consumer = :name ORDER BY place")]

    def state(self):
        return tuple(self.sql("SELECT state, reason FROM watermark WHERE consumer = :name")[0])


class Stage:
    """A source, on whatever server a test gives it, and two consumers in a database that stays.

    At the backup both have seen all there is; then `ahead` sees more, while `behind` does not run.
    """

    def __init__(self, url, consumers_url):
        self.broker = InProcessBroker()
        self.engine = db.make_engine(consumers_url)
        create(self.engine)
        with self.engine.begin() as connection:
            connection.execute(text(SEEN))
        self.ahead = Listener("reporting", self.engine, self.broker)
        self.behind = Listener("placements", self.engine, self.broker)
        self.source = Source(url, self.broker)
        db.migrate(self.source.engine, REGISTRY)
        self.restarted(url)
        self.source.write(6)
        self.settle(self.ahead, self.behind)

    def restarted(self, url):
        """Everything is started anew, the broker forgets, and the source's database is at this address now."""
        self.source.close()
        for each in (self.ahead, self.behind):
            each.consumer.close()
        self.broker.restart()
        self.source = Source(url, self.broker)
        self.source.reading.close()

    def live_on(self):
        """What the backup will lack."""
        self.source.write(4)
        self.settle(self.ahead)
        assert len(self.ahead.seen()) > len(self.behind.seen())

    def settle(self, *listeners):
        """Let relay and consumers take turns until nothing moves."""
        for _ in range(8):
            self.source.relay._ticked = 0.0
            self.source.publish()
            for each in listeners:
                each.consumer.turn(0)

    def part(self, url):
        """Back from the backup: one consumer goes on by itself, the other stops instead of mixing two histories.

        Returns why each epoch of the log was begun.
        """
        self.restarted(url)
        lost = self.ahead.seen()
        for count in (2, 5):  # before and after the relay has noticed, which is when the epoch begins unless it is told
            self.source.write(count)
            self.settle(self.ahead, self.behind)
        assert self.behind.seen() == [id for _, _, id in self.source.written()]
        assert self.behind.state() == ("running", None)
        assert self.ahead.seen() == lost
        assert self.ahead.state() == ("stopped", "forked")
        reasons = [row[0] for row in self.source.sql("SELECT reason FROM event_epoch ORDER BY ordinal")]
        self.source.close()
        return reasons

    def close(self):
        self.source.close()
        for each in (self.ahead, self.behind):
            each.consumer.close()
        self.engine.dispose()


@pytest.fixture(params=["wheel", "debian15"])
def server(request):
    """A server of each kind, and the folder of its programs."""
    programs = wheel_programs() if request.param == "wheel" else DEBIAN_PROGRAMS
    return request.getfixturevalue(f"postgresql_{request.param}"), request.param.removesuffix("15"), programs


@pytest.fixture
def stage(new_database):
    """Call it with the address of an empty database for the source."""
    made = []

    def create(url):
        made.append(Stage(url, new_database()))
        return made[0]

    yield create
    for each in made:
        each.close()


def libpq(url):
    address = make_url(url)
    return ["-h", address.query["host"], "-U", address.username, "-d", address.database]


def dump(programs, url):
    return subprocess.run([programs / "pg_dump", *libpq(url)], check=True, capture_output=True).stdout


def read_back(programs, url, dumped):
    options = ["-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run([programs / "psql", *libpq(url), *options], input=dumped, check=True, capture_output=True)


def tell(url):
    """`kinward restored registry`."""
    settings = {"KINWARD_REGISTRY_DATABASE_URL": url, "KINWARD_DEMO": "1", "KINWARD_DEPLOYMENT": "kz"}
    result = CliRunner().invoke(tree("restored"), ["restored", "registry"], env=settings)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(("told", "reasons"), [(True, ["created", "restored"]), (False, ["created"])])
def test_a_dump_read_back_into_the_same_cluster(server, stage, told, reasons):
    """Told by the command; where it was forgotten, nothing is mixed up all the same."""
    postgresql, _, programs = server
    kz = stage(postgresql.new_database())
    dumped = dump(programs, kz.source.url)
    kz.live_on()
    again = postgresql.new_database()
    read_back(programs, again, dumped)
    if told:
        tell(again)
    assert kz.part(again) == reasons


def test_a_dump_read_into_another_cluster_is_noticed(server, stage):
    """The backup holds events that were not published yet, which only a replay can bring."""
    postgresql, kind, programs = server
    kz = stage(postgresql.new_database())
    kz.source.write(2)
    dumped = dump(programs, kz.source.url)
    kz.live_on()
    with postgresql_server(kind) as elsewhere:
        url = elsewhere.new_database()
        read_back(programs, url, ROLES + dumped)
        assert kz.part(url) == ["created", "cluster"]


@contextmanager
def copied(server, *, standby=False):
    """Another server over a copy of this one's files, which is made while this one is stopped."""
    cluster = server._cluster
    copy = replace(cluster, folder=cluster.folder.parent / "copy" / "postgresql")
    cluster.stop()
    copy.folder.parent.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", cluster.folder, copy.folder], check=True)
    if standby:  # that the file is there says it; what is in it does not matter, but whose it is
        subprocess.run(["cp", "-a", cluster.data / "postgresql.auto.conf", copy.data / "standby.signal"], check=True)
    cluster.start()
    try:
        yield copy
    finally:
        copy.stop()


@pytest.mark.parametrize("kind", ["wheel", "debian"])
def test_files_put_back(kind, stage):
    with postgresql_server(kind) as server:
        kz = stage(server.new_database())
        with copied(server) as copy:
            kz.live_on()
            copy.start()
            url = copy.url(make_url(kz.source.url).database)
            tell(url)
            assert kz.part(url) == ["created", "restored"]


@pytest.mark.parametrize("kind", ["wheel", "debian"])
def test_a_promoted_standby_is_noticed(kind, stage):
    with postgresql_server(kind) as server:
        kz = stage(server.new_database())
        with copied(server, standby=True) as copy:
            kz.live_on()
            copy.start()
            assert copy._run("pg_ctl", "promote", "-w", "-D", str(copy.data))[0] == 0
            assert kz.part(copy.url(make_url(kz.source.url).database)) == ["created", "cluster"]
