"""The portal under a country's register: screens for many people who think between pages, and all of them signing in.

`kinward serve SERVICE --only web` for each service and `kinward portal serve`, a process each, over a private durable
PostgreSQL 15 with so many children on record and in care, both written by the shipped code or the database itself. Each
person signs in, and when all have, goes round the screens, thinking between pages: a registrar (my work, find a child
by a name in other letters, the child, its papers, the form of a new child) or a gatekeeper (my work, the child's care,
its timeline, the cases of gatekeeping, the search of free places). They are let in as people of the demonstration. Then
a storm: so many others at once with accounts of their own, each with password and one-time code. Limits: 300 ms at the
95th percentile for a screen, no page and no sign-in that fails; beyond them the command ends with status 1. Last line
JSON: children, people, think_s, pages_per_s, failures, p95_ms by screen, over (screens beyond the limit), signins,
signins_at_once, signin_failures, signins_per_s, signin_p95_ms.

    python -m benchmarks.portal --children 1000000
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import matching_register, placements_register, portal_sign_in
from benchmarks.matching_register import People, Register
from benchmarks.placements_register import Placements, child_id
from benchmarks.portal_visitor import Visitor, p95
from benchmarks.servers import Servers, durable_servers
from services.cli import portal_desk
from services.cli.demo import people as demo_people
from services.portal.issuer.desk import Desk
from shared import clock, config, countries
from shared.config import SERVICES
from shared.protection.keys import FileKeyProvider
from tests.e2e import running

CHILDREN, PEOPLE, SECONDS, THINK = 20_000, 200, 60, 30.0
SIGNINS = 500
LIMIT_MS = 300
ROLES = ("registrar", "gatekeeper")
DUE = 0.001
A_SIGN_IN = 0.2
"""Seconds between two who sign in before the work is measured: the storm has a measure of its own."""
PATIENCE = 120.0


def main() -> None:
    """Write a country, let people work, let them all sign in."""
    arguments = _arguments()
    with durable_servers() as servers, _deployment(servers, arguments.children) as (address, pack, desk):
        screens = _visits(address, People(pack), arguments)
        storm = _storm(address, desk, arguments.signins, arguments.at_once or arguments.signins)
    asked = {"children": arguments.children, "people": arguments.people, "think_s": arguments.think}
    found = asked | screens | storm
    print(json.dumps(found))
    sys.exit(1 if beyond(found) else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=CHILDREN, help="children on record and in care")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people at work at once")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long they work")
    parser.add_argument("--think", type=float, default=THINK, help="seconds between two pages, on average")
    parser.add_argument("--signins", type=int, default=SIGNINS, help="sign-ins of the storm")
    parser.add_argument("--at-once", type=int, default=0, help="how many of them at a time; 0: all")
    return parser.parse_args()


@contextmanager
def _deployment(servers: Servers, children: int) -> Iterator[tuple[str, countries.Pack, Desk]]:
    """A process a service and the portal, over a filled register; the portal's address, and its issuer's desk."""
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
        with portal_desk.opened(loaded) as (_pack, desk):
            yield address, pack, desk


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
        try:
            visitor.sign_in(role)
        except (AssertionError, OSError):
            everybody.abort()  # nobody waits for who does not come
            raise
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
    if everybody.broken:
        raise SystemExit("somebody could not sign in before the work")
    seconds = arguments.seconds
    pages = sum(map(len, seen.took.values()))
    answer = {screen: round(p95(took)) for screen, took in sorted(seen.took.items())}
    for screen, took in sorted(seen.took.items()):
        print(f"  {screen:8} {len(took):6,} pages, 95 of 100 within {p95(took):,.0f} ms", flush=True)
    print(f"{arguments.people} people, {pages / seconds:,.1f} pages/s; failed: {seen.failed[:3]}", flush=True)
    return {
        "pages_per_s": round(pages / seconds, 1),
        "failures": len(seen.failed),
        "p95_ms": answer,
        "over": over(answer),
    }


def over(p95_ms: Mapping[str, float]) -> list[str]:
    """The screens that are slower than they may be."""
    return sorted(screen for screen, took in p95_ms.items() if took > LIMIT_MS)


def beyond(found: Mapping[str, object]) -> bool:
    """Whether what was measured keeps a limit not: a slow screen, a page or a sign-in that failed."""
    return any(found[name] for name in ("over", "failures", "signin_failures"))


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


def _storm(address: str, desk: Desk, signins: int, at_once: int) -> dict[str, object]:
    people = portal_sign_in.staff(desk, signins)
    started = time.monotonic()
    took, failed = portal_sign_in.storm(address, people, at_once)
    rate = signins / (time.monotonic() - started)
    slowest = round(p95(took) * 1000) if took else None
    print(f"{signins} sign-ins, {at_once} at once: {rate:,.1f}/s; failed: {dict(Counter(failed))}", flush=True)
    return {
        "signins": signins, "signins_at_once": at_once, "signin_failures": len(failed), "signins_per_s": round(rate, 1),
        "signin_p95_ms": slowest,
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
