"""A deployment as its operator runs it: a folder of settings, `python -m services` in processes of their own, HTTP.

Processes are ended by their id, and whatever a test leaves running dies with its folder (shared.testing.scratch).
Waiting is asking again, with an end. Not here: what the tests check, and what a register holds.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from services.cli import composition, token_commands
from services.registry.store import children as store
from shared import config, db, protection, queries
from shared.auth import Principal
from shared.embedded import postmaster
from shared.embedded.account import server_account
from shared.embedded.cluster import ROLE
from shared.envelope import source_urn
from shared.ids import new_id
from shared.protection.keys import FileKeyProvider
from shared.testing.scratch import scratch_folder

PROJECT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until a wait is given up: on a busy machine everything takes its time, and nothing here measures it."""
STOP_PATIENCE = 45.0
"""Seconds in which a process that was told to stop must have ended: it may drain 20 s, its threads 20 s more."""
TURN = 0.05


def until(holds: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Ask again and again until the answer is true, and give it. Fails with `what` was waited for."""
    deadline = time.monotonic() + patience
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(TURN)
    return answer


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a document."""
        return json.loads(self.body)


def ask(url: str, *, token: str | None = None, body: bytes | None = None, **headers: str) -> Answer:
    """One request, POST where there is a body; an answer that refuses is an answer too. Raises OSError."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        named["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=body, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers, refused.read())


@dataclass
class Serving:
    """One process of a deployment."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path
    note: Path

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def ready(self) -> bool:
        """Whether /readyz says so."""
        with suppress(OSError):
            return ask(f"{self.address}/readyz").status == 200
        return False

    def alive(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, as a power cut would; its children are not asked."""
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(STOP_PATIENCE)
        self.note.unlink(missing_ok=True)

    def tell(self) -> None:
        """Ask it to end."""
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> int:
        """Ask it to end, and give its exit status."""
        self.tell()
        return self.ended()

    def ended(self) -> int:
        """Wait until it has ended, and give its exit status."""
        status = self.process.wait(STOP_PATIENCE)
        self.note.unlink(missing_ok=True)
        return status

    def words(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass
class Deployment:
    """A deployment with its folder below `home`; `settings` go into its deployment.env."""

    home: Path
    id: str
    settings: Mapping[str, str]
    port: int = field(default_factory=free_port)
    served: list[Serving] = field(default_factory=list)

    def __post_init__(self) -> None:
        written = {"KINWARD_HTTP": f"127.0.0.1:{self.port}", **self.settings}
        config.write_env_file(self.folder / "deployment.env", written)
        token_commands.ensure_token_key(self._loaded())

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.home / self.id

    @property
    def address(self) -> str:
        """Where the process that serves all of it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands: nothing of the machine's own deployments."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
        return inherited | {"KINWARD_HOME": str(self.home), "KINWARD_DEPLOYMENT": self.id}

    def kinward(
        self,
        *arguments: str,
        status: int = 0,
        module: Sequence[str] = ("services",),
        tree: Path = PROJECT,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Run a command (of `module`, in `tree`) to its end, expect its exit status, and give what it printed."""
        done = subprocess.run(
            command(*arguments, module=module),
            env=self.environment | environment,
            cwd=tree,
            check=False,
            capture_output=True,
            timeout=PATIENCE * 2,
        )
        assert done.returncode == status, (arguments, done.returncode, done.stdout[-1500:], done.stderr[-1500:])
        return done.stdout.decode()

    def complaint(self, *arguments: str, status: int | None = None, tree: Path = PROJECT) -> str:
        """What a command (in `tree`) says on standard error that refuses, with its exit status where it matters."""
        done = subprocess.run(
            command(*arguments), env=self.environment, cwd=tree, check=False, capture_output=True,
            timeout=PATIENCE * 2,
        )  # fmt: skip
        refused = done.returncode not in (0, 2) if status is None else done.returncode == status
        assert refused, (arguments, done.returncode, done.stdout[-1500:], done.stderr[-1500:])
        return done.stderr.decode()

    def begin(self, *arguments: str, module: Sequence[str] = ("services",)) -> subprocess.Popen[bytes]:
        """Start a command (of `module`) that the test will not wait for, or will kill."""
        return subprocess.Popen(
            command(*arguments, module=module),
            env=self.environment,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(
        self,
        *arguments: str,
        port: int | None = None,
        module: Sequence[str] = ("services",),
        environment: Mapping[str, str] = MappingProxyType({}),
        tree: Path = PROJECT,
    ) -> Serving:
        """Start a process that serves, without waiting; `module` with its words comes before `serve`."""
        port = port or self.port
        log = self.folder / f"serve-{'-'.join(arguments)}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *module, "serve", *arguments],
                env=self.environment | environment | {"KINWARD_HTTP": f"127.0.0.1:{port}"},
                cwd=tree,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        note = self.home / f"{process.pid}.group"  # what kills it where the test itself is killed
        note.write_text(str(process.pid), encoding="ascii")
        self.served.append(Serving(process, f"http://127.0.0.1:{port}", log, note))
        return self.served[-1]

    def serve(self, *arguments: str, port: int | None = None) -> Serving:
        """Start a process that serves, and return when it is ready."""
        serving = self.start(*arguments, port=port)
        await_ready(serving)
        return serving

    def token(self, role: str, subject: str = "", areas: tuple[str, ...] = ("*",), centre: UUID | None = None) -> str:
        """A token for someone with the role, everywhere in the deployment unless areas are named."""
        principal = Principal(subject or role, frozenset({role}), frozenset(areas), centre, None, self.id)
        return token_commands.issue(self._loaded(), principal, timedelta(hours=1))

    def get(self, path: str, role: str) -> Answer:
        """GET from the process that serves all of it, with a role's token."""
        return ask(self.address + path, token=self.token(role))

    def post(self, path: str, body: Any, role: str, at: str | None = None) -> Answer:
        """POST JSON to the process at an address (default: the one that serves all) with a role's token."""
        return ask(
            (at or self.address) + path,
            token=self.token(role),
            body=json.dumps(body).encode(),
            Content_Type="application/json",
            Idempotency_Key=str(new_id()),
        )

    def rows(self, service: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a service's database; reporting's read tables are found as its views find them."""
        engine = create_engine(self.database(service), poolclass=NullPool)
        with engine.connect() as connection:
            if service == "reporting":
                schema = connection.execute(text("select schema_name from live_figures")).scalar_one()
                connection.execute(text(f"set search_path to {schema}, public"))
            return [tuple(row) for row in connection.execute(text(query), values)]

    def children(self) -> list[tuple[Any, ...]]:
        """Id, sex, first and last day of birth, area of every child in registry, and whether the entry was in error."""
        settings = self._loaded()
        engine = create_engine(self.database("registry"), poolclass=NullPool)
        with db.new_session(engine) as session:
            provider = FileKeyProvider(settings.keys_file, settings.keys_passphrase_file)
            protection.attach(session, provider)
            rows = protection.opened(session, store.child, queries.rows(session, select(store.child)), subject="id")
        found = []
        for row in rows:
            stated = store.read_identity(row["identity"])
            birth = stated.birth
            gone = row["status"] == "withdrawn"
            found.append((row["id"], stated.sex, birth.born_from, birth.born_to, row["area"], gone))
        return found

    def value(self, service: str, query: str, **values: Any) -> Any:
        """The one value that a query finds, or None."""
        found = self.rows(service, query, **values)
        return found[0][0] if found else None

    def database(self, service: str) -> str:
        """The URL of a service's database: the one that was set, or that of the bundled server, which must run."""
        given = self.settings.get(f"KINWARD_{service.upper()}_DATABASE_URL")
        if given:
            return given
        folder = str(self.postmaster().socket_folder)
        made = URL.create("postgresql+psycopg2", ROLE, database=service, query={"host": folder})
        return made.render_as_string(hide_password=False)

    def postmaster(self) -> postmaster.Postmaster:
        """The bundled server's process, which must run."""
        found = postmaster.running(self.folder / "postgresql" / "data")
        assert found is not None, f"the bundled PostgreSQL of {self.id} does not run"
        return found

    def behind(self) -> dict[tuple[str, str], int]:
        """How many events each consumer is behind each source."""
        return {
            (consumer, source): self.head(source) - self.applied(consumer, source)
            for consumer, sources in composition.CONSUMES.items()
            for source in sources
        }

    def head(self, service: str) -> int:
        """The sequence of the newest event in a service's log."""
        return int(self.value(service, "select sequence from event_head"))

    def applied(self, consumer: str, source: str) -> int:
        """The sequence up to which a consumer has applied a source's events."""
        query = "select sequence from watermark where source = :source"
        return int(self.value(consumer, query, source=source_urn(self.id, source)) or 0)

    def settle(self) -> None:
        """Wait until nobody is behind: first sources, then those who tell more because of them."""
        until(lambda: not any(self.behind().values()), f"every event of {self.id} applied")

    def end(self) -> None:
        """Kill what still runs, the bundled server too: nothing in the folder is worth an orderly end."""
        for serving in self.served:
            if serving.alive():
                serving.kill()
        left = postmaster.running(self.folder / "postgresql" / "data")
        if left is not None:
            os.kill(left.pid, signal.SIGQUIT)

    def _loaded(self) -> config.Settings:
        return config.load(self.id, self.environment)


def command(*arguments: str, module: Sequence[str] = ("services",)) -> list[str]:
    """The `kinward` command of this tree, or what stands in for it: a module with its words before the command's."""
    return [sys.executable, "-m", *module, *arguments]


def await_ready(serving: Serving) -> None:
    """Wait until a process is ready; fails with its log if it ends first."""
    with suppress(AssertionError):
        until(lambda: serving.ready() or not serving.alive(), f"ready: {serving.address}")
    assert serving.ready(), f"{serving.process.args}: {serving.words()}"


@contextmanager
def home() -> Iterator[Path]:
    """A folder for deployments, gone afterwards with everything that runs in it."""
    with scratch_folder("e2e", server_account()) as folder:
        yield folder


@contextmanager
def deployment(home: Path, id_: str, **settings: str) -> Iterator[Deployment]:
    """A deployment whose processes are stopped at the end."""
    with ExitStack() as stack:
        made = Deployment(home, id_, {f"KINWARD_{name}": value for name, value in settings.items()})
        stack.callback(made.end)
        yield made
