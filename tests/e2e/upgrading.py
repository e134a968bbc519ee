"""What an upgrade needs beside a deployment: the next release, a balancer before two processes, and people at work.

Not here: the order of an upgrade, and what must hold during it (test_upgrade).
"""

import json
import select
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shared import clock
from shared.ids import new_id
from tests import named
from tests.e2e.running import PATIENCE, PROJECT, Answer, Deployment, ask, until

ROOMS = ("services", "shared", "countries")
VERSION = "0.2.0"
CHILDREN = "/registry/children"
ZONE = ZoneInfo("Asia/Almaty")
"""Of the pack that the deployment runs."""
FIRST_BORN = date(2012, 1, 2)
"""No two children are born on one day, so that none is asked about as perhaps the same."""
EXPANDING, CONTRACTING = (
    "alter table child add column taken_in text",
    "alter table child alter column taken_in set not null",
)
INDEXING = "create index concurrently if not exists child_taken_in on child (taken_in)"
FILLING = "select set_config('app.system', 'on', true); update child set taken_in = 'before' where taken_in is null"
STEPS = (
    ("expand", "", EXPANDING),
    ("expand", "concurrently = True", INDEXING),
    ("contract", f'oldest = "{VERSION}"', f"{FILLING}; {CONTRACTING}"),
)
"""What the next release does to registry's database: (phase, more that the step says, SQL)."""
CHANGES = (
    ("shared/release.py", 'VERSION = "0.1.0"', f'VERSION = "{VERSION}"'),
    (
        "services/registry/store/children.py",
        '    Column("siblings", IdSet, nullable=False),\n',
        '    Column("siblings", IdSet, nullable=False),\n    Column("taken_in", Text),\n',
    ),
    ("services/registry/store/children.py", 'return {"kept_area":', f'return {{"taken_in": "{VERSION}", "kept_area":'),
    (
        "services/registry/domain/children_facts.py",
        '    """A child is known from now on."""\n',
        '    """A child is known from now on."""\n\n    taken_in: int | None = field(default=2, kw_only=True)\n',
    ),
    (
        "services/registry/events/children.py",
        "    fact = domain.ChildRegistered\n",
        "    fact = domain.ChildRegistered\n    taken_in = Whole(optional=True)\n",
    ),
    ("services/registry/events/children.py", "Id, ListOf", "Id, ListOf, Whole"),
)
"""What it changes in the code, a column and an optional field of an event: (file, what stands there, what then)."""


def next_release(into: Path, steps: tuple[tuple[str, str, str], ...] = STEPS) -> Path:
    """A tree beside this one that is the next release."""
    for room in ROOMS:
        shutil.copytree(PROJECT / room, into / room)
    for file, before, after in CHANGES:
        path = into / file
        content = path.read_text(encoding="utf-8")
        assert content.count(before) == 1, (file, before)
        path.write_text(content.replace(before, after), encoding="utf-8")
    folder = into / "services" / "registry" / "migrations"
    last = len(list(folder.glob("[0-9]*.py")))
    for number, (phase, more, statement) in enumerate(steps, start=last + 1):
        (folder / f"{number:04d}_taken.py").write_text(
            f'"""A step."""\nfrom alembic import op\nrevision = "registry_{number:04d}"\n'
            f'down_revision = "registry_{number - 1:04d}"\nphase = "{phase}"\n{more}\n\n\n'
            f'def upgrade():\n    op.execute("{statement}")\n',
            encoding="utf-8",
        )
    return into


class Balancer:
    """Sends to each of the addresses in turn, those alone that say they are ready, over connections that stay open.

    As a load balancer does: who was not asked of late is asked first; what was refused before a byte was sent goes to
    the next, and nothing else is sent twice; what a connection's other end has closed is not sent on it.
    """

    ASKED_EVERY = 0.25
    """Seconds that an answer of /readyz is believed: a process lingers for eight times as long."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self._ready: dict[str, tuple[bool, float]] = dict.fromkeys(addresses, (False, 0.0))
        self._turns = count()
        self._kept = threading.local()
        self._lines: list[HTTPConnection] = []

    def __enter__(self) -> "Balancer":
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()

    def is_ready(self, address: str) -> bool:
        """Whether it said so, asked now or a moment ago."""
        ready, asked = self._ready[address]
        if time.monotonic() - asked > self.ASKED_EVERY:
            begun = time.monotonic()
            ready = _is_ready(address)
            self._ready[address] = ready, begun
        return ready

    def send(self, path: str, token: str, body: Any = None) -> Answer:
        """One request. Raises OSError or HTTPException where nobody takes it, or where it was cut off."""
        method, document = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
        return self.forward(method, path, _headers(token), document)

    def forward(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """One request as it is. Raises as send."""
        turn = next(self._turns) % len(self.addresses)
        for address in (*self.addresses[turn:], *self.addresses[:turn]):
            if self.is_ready(address) and (line := self._line(address)) is not None:
                line.request(method, path, body, dict(headers))
                return _answer(line)
        raise ConnectionRefusedError(f"nobody takes it: {self._ready}")

    def _line(self, address: str) -> HTTPConnection | None:
        """This thread's connection there, made anew where it has ended; None where that is refused."""
        mine = vars(self._kept)
        if address not in mine:
            mine[address] = connection(address)
            self._lines.append(mine[address])
        line: HTTPConnection = mine[address]
        if line.sock is not None and select.select([line.sock], [], [], 0)[0]:
            line.close()
        if line.sock is None:
            try:
                line.connect()
            except ConnectionRefusedError:
                return None
        return line


def connection(address: str) -> HTTPConnection:
    """A connection there, not made yet."""
    return HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)


def refuses(address: str) -> bool:
    """Whether nobody listens there."""
    line = connection(address)
    with closing(line):
        try:
            line.connect()
        except ConnectionRefusedError:
            return True
    return False


def _is_ready(address: str) -> bool:
    with suppress(OSError):
        return ask(f"{address}/readyz").status == 200
    return False


def _headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(new_id()),
    }


def _answer(line: HTTPConnection) -> Answer:
    answer = line.getresponse()
    return Answer(answer.status, dict(answer.headers), answer.read())


class Slowly:
    """A request that stays under way: the process has begun to read it, and waits for the rest."""

    def __init__(self, address: str, path: str, token: str, body: Any) -> None:
        self._line, self._rest = connection(address), json.dumps(body).encode()
        self._line.putrequest("POST", path)
        for name, value in (
            _headers(token) | {"Content-Length": str(len(self._rest)), "Expect": "100-continue"}
        ).items():
            self._line.putheader(name, value)
        self._line.endheaders()
        said = b""
        while not said.endswith(b"\r\n\r\n"):  # sent when the body is first asked for
            more = self._line.sock.recv(1)
            assert more, f"cut off after {said!r}"
            said += more
        assert said.startswith(b"HTTP/1.1 100 "), said

    def finish(self) -> Answer:
        """Send the rest. Raises OSError or HTTPException where it was cut off."""
        with closing(self._line):
            self._line.send(self._rest)
            return _answer(self._line)


class Work:
    """People who register children and say where they are, with a breath in between."""

    BREATH = 0.8
    HANDS = 2

    def __init__(self, of: Deployment, balancer: Balancer) -> None:
        self._balancer = balancer
        self._registrar, self._keeper = of.token("registrar"), of.token("gatekeeper")
        self._since = clock.day_in(ZONE, clock.now()) - timedelta(days=7)
        self._ended = threading.Event()
        self._naming = threading.Lock()
        self._days = count()
        self._hands = [threading.Thread(target=self._work, name="work") for _ in range(self.HANDS)]
        self.sent = 0
        self.failed: list[str] = []
        self.children: list[str] = []
        self.placements: list[str] = []

    def __enter__(self) -> "Work":
        for hand in self._hands:
            hand.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for hand in self._hands:
            hand.join()

    def goes_on(self, requests: int = 8) -> None:
        """Wait until that many more requests were answered, all as they should be."""
        wanted = self.sent + requests
        until(lambda: self.sent >= wanted or self.failed, "work goes on")
        assert not self.failed, self.failed[:5]

    @contextmanager
    def under_way(self, address: str) -> Iterator[None]:
        """A child is being registered there from before the block, where the process is told to end, until after it."""
        slowly = Slowly(address, CHILDREN, self._registrar, self._somebody())
        yield
        answer = self._answered(CHILDREN, slowly.finish, 201)
        if answer is not None:
            self.children.append(str(answer.json["id"]))
            if answer.headers.get("Connection") != "close":
                self.failed.append("a process that was told to end keeps the connection open")

    def _work(self) -> None:
        while not self._ended.wait(self.BREATH):
            somebody = self._somebody()
            child = self._made(CHILDREN, lambda: self._balancer.send(CHILDREN, self._registrar, somebody))  # noqa: B023
            if child is None:
                continue
            self.children.append(child)
            stay = {"care_form": "FOSTER", "area": "KZ-75", "from": self._since.isoformat(), "entry_reason": "NEGLECT"}
            where, there = f"/placements/children/{child}/whereabouts", {"stay": stay, "ground": "arrived"}
            placement = self._made(where, lambda: self._balancer.send(where, self._keeper, there))  # noqa: B023
            if placement is not None:
                self.placements.append(placement)
            path = f"{CHILDREN}/{child}"
            self._answered(path, lambda: self._balancer.send(path, self._registrar), 200)  # noqa: B023

    def _somebody(self) -> dict[str, Any]:
        with self._naming:
            name, born = named.fresh(), FIRST_BORN + timedelta(days=2 * next(self._days))
        birth = {"precision": "day", "date": born.isoformat()}
        return {"identity": {"names": [name], "sex": "F", "birth": birth, "area": "KZ-75"}}

    def _made(self, what: str, request: Callable[[], Answer]) -> str | None:
        answer = self._answered(what, request, 201)
        return None if answer is None else str(answer.json["id"])

    def _answered(self, what: str, request: Callable[[], Answer], status: int) -> Answer | None:
        try:
            answer = request()
        except (OSError, HTTPException) as error:
            self.failed.append(f"{what}: {error!r}")
            return None
        finally:
            self.sent += 1
        if answer.status != status:
            self.failed.append(f"{what}: {answer.status} {answer.body[:500]!r}")
            return None
        return answer
