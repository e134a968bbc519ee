"""The portal under a country's register: screens for many people who think between pages, and all of them signing in.

`kinward serve SERVICE --only web` for each service and `kinward portal serve`, a process each, over a private durable
PostgreSQL 15 with so many children on record and in care, both written by the shipped code or the database itself. Each
person signs in, and when all have, goes round the screens, thinking between pages: a registrar (my work, find a child
by a name in other letters, the child, its papers, the form of a new child) or a gatekeeper (my work, the child's care,
its timeline, the cases of gatekeeping, the search of free places). Then a storm: everybody signs in at once. Limits:
300 ms at the 95th percentile for a screen, no failed sign-in. Last line JSON: children, people, pages_per_s, failures,
p95_ms by screen, signins, signin_failures, signins_per_s, signin_p95_ms.

    python -m benchmarks.portal --children 1000000
"""

import argparse
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import matching_register, placements_register
from benchmarks.matching_register import People, Register
from benchmarks.placements_register import Placements, child_id
from benchmarks.portal_visitor import Visitor, p95
from benchmarks.servers import Servers, durable_servers
from services.cli.demo import people as demo_people
from shared import clock, config, countries
from shared.config import SERVICES
from shared.protection.keys import FileKeyProvider
from tests.e2e import running

CHILDREN, PEOPLE, SECONDS, THINK = 20_000, 200, 60, 10.0
SIGNINS, AT_ONCE = 500, 50
ROLES = ("registrar", "gatekeeper")
DUE = 0.001
A_SIGN_IN = 0.2
"""Seconds between two who sign in before the work is measured: the storm has a measure of its own."""
PATIENCE = 120.0


def main() -> None:
    """Write a country, let people work, let them all sign in."""
    arguments = _arguments()
    with durable_servers() as servers, _deployment(servers, arguments.children) as (address, pack):
        screens = _visits(address, People(pack), arguments)
        storm = _storm(address, arguments.signins)
    print(json.dumps({"children": arguments.children, "people": arguments.people} | screens | storm))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=CHILDREN, help="children on record and in care")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people at work at once")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long they work")
    parser.add_argument("--think", type=float, default=THINK, help="seconds between two pages, on average")
    parser.add_argument("--signins", type=int, default=SIGNINS, help="sign-ins of the storm")
    return parser.parse_args()


@contextmanager
def _deployment(servers: Servers, children: int) -> Iterator[tuple[str, countries.Pack]]:
    """A process a service and the portal, over a filled register; the portal's address."""
    databases = {f"{each.upper()}_DATABASE_URL": servers.postgresql.new_database() for each in (*SERVICES, "portal")}
    ports = {each: running.free_port() for each in (*SERVICES, "portal")}
    apis = {f"{each.upper()}_URL": f"http://127.0.0.1:{ports[each]}" for each in SERVICES}
    settings = {"DEMO": "1", "PORTAL_HTTP": f"127.0.0.1:{ports['portal']}", "AMQP_URI": servers.rabbitmq.new_vhost()}
    with running.home() as home, running.deployment(home, "kz", **databases, **apis, **settings) as deployment:
        deployment.kinward("migrate")
        deployment.kinward("keys", "init")
        pack = countries.load("kz", Path(__file__).parents[1] / "countries")
        demo_people.write(deployment.folder, pack)
        loaded = config.load(deployment.id, deployment.environment)
        keys = FileKeyProvider(loaded.keys_file, loaded.keys_passphrase_file).keys()
        _fill(Register(loaded.database("registry"), pack, keys), children)
        today = clock.day_in(pack.zone, clock.now())
        placements_register.fill(Placements(loaded.database("placements"), pack, keys, today), children, due=DUE)
        for service in SERVICES:
            running.await_ready(deployment.start(service, "--only", "web", port=ports[service]))
        deployment.start(module=("services", "portal"))
        address = f"127.0.0.1:{ports['portal']}"
        running.until(lambda: _answers(address), "the portal answers", PATIENCE)
        yield address, pack


def _fill(register: Register, children: int) -> None:
    speed = matching_register.fill(register, 0, children, named=child_id)
    matching_register.settle(register)
    print(f"{children:,} children written, {speed:,.0f}/s", flush=True)


def _answers(address: str) -> bool:
    try:
        return Visitor(address).get("/readyz") == 200
    except OSError:
        return False


@dataclass
class Seen:
    """Milliseconds by screen, and pages that did not come."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, screen: str, visitor: Visitor, status: int) -> None:
        """One page."""
        with self.lock:
            self.took[screen].append(visitor.took)
            if status != 200:
                self.failed.append(f"{screen} {status} {visitor.wrong}")


def _visits(address: str, people: People, arguments: argparse.Namespace) -> dict[str, object]:
    seen, begun = Seen(), [0.0]
    everybody = threading.Barrier(arguments.people, lambda: begun.append(time.monotonic()))

    def work(number: int) -> None:
        draw = random.Random(number)
        visitor = Visitor(address)
        role = ROLES[number % len(ROLES)]
        time.sleep(number * A_SIGN_IN)
        visitor.sign_in(role)
        everybody.wait()
        until = begun[-1] + arguments.seconds
        time.sleep(draw.random() * arguments.think)
        while time.monotonic() < until:
            for screen, ask in _round(role, visitor, people, draw.randrange(arguments.children)):
                seen.note(screen, visitor, ask())
                time.sleep(max(0.0, min(draw.expovariate(1 / arguments.think), until - time.monotonic())))
                if time.monotonic() >= until:
                    return

    together(arguments.people, work)
    seconds = arguments.seconds
    pages = sum(map(len, seen.took.values()))
    answer = {screen: round(p95(took)) for screen, took in sorted(seen.took.items())}
    for screen, took in sorted(seen.took.items()):
        print(f"  {screen:8} {len(took):6,} pages, 95 of 100 within {p95(took):,.0f} ms", flush=True)
    print(f"{arguments.people} people, {pages / seconds:,.1f} pages/s; failed: {seen.failed[:3]}", flush=True)
    return {"pages_per_s": round(pages / seconds, 1), "failures": len(seen.failed), "p95_ms": answer}


def _round(role: str, visitor: Visitor, people: People, number: int) -> list[tuple[str, Callable[[], int]]]:
    """The screens of one round about one child."""
    child = f"/children/{child_id(number)}"
    if role == "gatekeeper":
        paths = {"care": f"{child}/care", "timeline": f"{child}/timeline", "cases": "/gatekeeping", "places": "/places"}
        return [(each, partial(visitor.get, path)) for each, path in {"work": "/", **paths}.items()]
    identity = people.child(number, again=True)
    name, born = identity.names[0], identity.birth.born_from
    typed = {
        "kind": "reference",
        "sex": "",
        "area": "",
        "family": name.family or "",
        "given": name.given or "",
        "born-year": str(born.year),
    }
    return [
        ("work", lambda: visitor.get("/")),
        ("find", lambda: visitor.send("/children", typed)),
        ("child", lambda: visitor.get(child)),
        ("papers", lambda: visitor.get(f"{child}/papers")),
        ("new", lambda: visitor.get("/children/new")),
    ]


def _storm(address: str, signins: int) -> dict[str, object]:
    took: list[float] = []
    failed: list[str] = []
    left = iter(range(signins))
    lock = threading.Lock()

    def enter(_number: int) -> None:
        while True:
            with lock:
                if next(left, None) is None:
                    return
            visitor, began = Visitor(address), time.monotonic()
            try:
                visitor.sign_in(ROLES[0])
            except (AssertionError, OSError) as error:
                failed.append(str(error))
            took.append((time.monotonic() - began) * 1000)

    started = time.monotonic()
    together(AT_ONCE, enter)
    seconds = time.monotonic() - started
    print(f"{signins} sign-ins, {AT_ONCE} at once: {signins / seconds:,.1f}/s; failed: {failed[:3]}", flush=True)
    return {
        "signins": signins, "signin_failures": len(failed), "signins_per_s": round(signins / seconds, 1),
        "signin_p95_ms": round(p95(took)),
    }  # fmt: skip


def together(people: int, work: Callable[[int], None]) -> None:
    """So many at once, until all have done their work."""
    hands = [threading.Thread(target=work, args=(number,)) for number in range(people)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


if __name__ == "__main__":
    main()
