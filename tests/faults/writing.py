"""A seeded writer: children, placements and cases through the shipped handlers, in the services' own databases.

What it does depends on the seed alone; when, on the machine. A commit that a fault has cut off is looked up in the
audit log, as a person would look whether the record is there, and made again if it is not. Not here: the events, which
are the services' own doing.

`python -m tests.faults.writing SEED COMMITS` (with the deployment's environment) is the same in a process of its own.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.cli import composition
from services.placements import commands as placements_commands
from services.placements import domain as placements
from services.placements import handlers as placements_handlers
from services.registry import commands as registry_commands
from services.registry import domain as registry
from services.registry import handlers as registry_handlers
from services.social_work import commands as social_work_commands
from services.social_work import handlers as social_work_handlers
from shared import clock
from shared.runtime.deployment import Deployment
from shared.technical_tables import audit
from shared.unit_of_work import Context
from tests import named

# No such people are: whoever finds one of these words outside of registry has found a leak.
FAMILIES = ("Тілеуқазынова", "Tileuqazynova", "تىلەۋقازىنوۆا")
SCRIPTS = ("Cyrl", "Latn", "Arab")
AREAS = ("KZ-71", "KZ-75", "KZ-11", "KZ-15", "KZ-23", "KZ-27")
FORMS = ("FOSTER", "CHILDRENS_HOME", "INFANT_HOME", "KINSHIP_FORMAL")
AGAIN = 0.2
"""Seconds until a commit that failed is tried again."""

Act = tuple[Callable[[Any, Any], object], object]


@dataclass
class Told:
    """What the writer knows of one child."""

    id: UUID
    identity: registry.Identity
    placement: UUID
    case: UUID
    since: date
    here: bool = True


class Writer:
    """Writes into one deployment; one thread at a time."""

    def __init__(self, made: Deployment, seed: int) -> None:
        self._made = made
        self._random = Random(seed)
        self._today = made.today()
        self.children: list[Told] = []
        self.commits = 0
        self._provider, self._centre = self.new_id(), self.new_id()
        self._workers = [self.new_id(), self.new_id()]

    def new_id(self) -> UUID:
        """An id out of the seed."""
        return UUID(int=self._random.getrandbits(128), version=4)

    def prepare(self) -> None:
        """A provider, a centre and its workers, which all else needs."""
        opening = self._command(placements_commands.RegisterProvider, id=self._provider, kind="FACILITY", area="KZ-75",
                                name="Provider")  # fmt: skip
        self.commit("placements", [(placements_handlers.register_provider, opening)])
        centre = self._command(social_work_commands.OpenCentre, id=self._centre, name="Centre", area="KZ-75")
        acts: list[Act] = [(social_work_handlers.open_centre, centre)]
        for worker in self._workers:
            command = self._command(social_work_commands.RegisterWorker, id=worker, centre=self._centre)
            acts.append((social_work_handlers.register_worker, command))
        self.commit("social_work", acts)

    def write(self, commits: int) -> None:
        """Make at least so many commits, one after another."""
        until = self.commits + commits
        while self.commits < until:
            self.step()

    def step(self, most: int = 8) -> None:
        """One thing that happens: children arrive, or something changes in the life of some, `most` at a time."""
        kinds = (self.arrive, self.amend, self.leave, self.assign)
        (kind,) = self._random.choices(kinds, weights=(6, 3, 2, 2))
        kind(self._random.randint(1, most))

    def arrive(self, count: int, *, placed_first: bool | None = None) -> list[Told]:
        """Children come into care; sometimes placements knows it before registry does."""
        new = [self.new() for _ in range(count)]
        placed_first = self._random.random() < 0.3 if placed_first is None else placed_first
        steps = [self.register, self.place]
        for step in reversed(steps) if placed_first else steps:
            step(new)
        self.take_charge(new)
        self.children += new
        return new

    def crowd(self, count: int) -> None:
        """Children of whom nobody else has anything to say yet, in one commit: much of a flow for little work."""
        self.register([self.new() for _ in range(count)])

    def register(self, children: Sequence[Told]) -> None:
        """Registry learns of them, in one commit, as by an import: nobody is asked about two that look alike."""
        register = registry_commands.RegisterChild
        acts = [self._command(register, id=each.id, identity=each.identity, imported=True) for each in children]
        self.commit("registry", [(registry_handlers.register_child, act) for act in acts])

    def place(self, children: Sequence[Told]) -> None:
        """Placements learns where they are, in one commit."""
        acts: list[Act] = []
        for each in children:
            stay = placements.Stay(
                care_form=self._random.choice(FORMS), area=each.identity.area, from_=each.since, provider=self._provider
            )
            record = self._command(
                placements_commands.RecordWhereabouts, id=each.placement, child=each.id, stay=stay,
                ground=placements.Ground.FOUND,
            )  # fmt: skip
            acts.append((placements_handlers.record_whereabouts, record))
        self.commit("placements", acts)

    def take_charge(self, children: Sequence[Told]) -> None:
        """A case for each, in one commit."""
        acts: list[Act] = []
        for each in children:
            opening = self._command(
                social_work_commands.OpenCase, id=each.case, child=each.id, kind="ALTERNATIVE_CARE",
                centre=self._centre, opened_on=each.since,
            )  # fmt: skip
            acts.append((social_work_handlers.open_case, opening))
        self.commit("social_work", acts)

    def amend(self, count: int) -> list[Told]:
        """Children come under another area; the last one said is where they are."""
        found = self._some(count)
        self.move(found)
        return found

    def move(self, children: Sequence[Told]) -> None:
        """These come under another area, in one commit."""
        acts: list[Act] = []
        for each in children:
            each.identity = replace(each.identity, area=self._random.choice(AREAS))
            amending = self._command(registry_commands.AmendChild, id=each.id, identity=each.identity, on=self._today)
            acts.append((registry_handlers.amend_child, amending))
        self.commit("registry", acts)

    def leave(self, count: int) -> None:
        """Children go home."""
        found = [each for each in self._some(count) if each.here]
        acts: list[Act] = []
        for each in found:
            each.here = False
            ending = self._command(
                placements_commands.EndPlacement, id=each.placement, on=self._today, reason="DECISION",
                destination="REUNIFICATION",
            )  # fmt: skip
            acts.append((placements_handlers.end_placement, ending))
        self.commit("placements", acts)

    def assign(self, count: int) -> None:
        """Cases come into a worker's hands."""
        acts: list[Act] = []
        for each in self._some(count):
            worker = self._random.choice(self._workers)
            command = self._command(social_work_commands.AssignCase, id=each.case, worker=worker, on=self._today)
            acts.append((social_work_handlers.assign_case, command))
        self.commit("social_work", acts)

    def link(self, child: Told, other: Told) -> None:
        """Two turn out to be siblings: an event that touches both."""
        command = self._command(registry_commands.LinkSiblings, id=child.id, siblings=(other.id,))
        self.commit("registry", [(registry_handlers.link_siblings, command)])

    def commit(self, service: str, acts: Sequence[Act]) -> None:
        """One transaction; made again until it is there."""
        if not acts:
            return
        name = self.new_id()
        while True:
            with suppress(DBAPIError):
                if self._there(service, name):
                    break
                self._try(service, name, acts)
                break
            time.sleep(AGAIN)
        self.commits += 1

    def _try(self, service: str, name: UUID, acts: Sequence[Act]) -> None:
        context = Context(actor="writer", at=clock.now(), correlation_id=name, system=True)
        uow = self._made.unit_of_work(service, context)
        try:
            for handler, command in acts:
                uow.execute(handler, command)
            uow.commit()
        finally:
            with suppress(DBAPIError):
                uow.close()

    def _there(self, service: str, name: UUID) -> bool:
        with self._made.engine(service).connect() as connection:
            found = connection.execute(select(audit.c.id).where(audit.c.correlation_id == name).limit(1))
            return found.first() is not None

    def _some(self, count: int) -> list[Told]:
        """Different children, in the order of their ids: the order in which they are locked."""
        found = self._random.sample(self.children, min(count, len(self.children)))
        return sorted(found, key=lambda each: each.id)

    def new(self) -> Told:
        """A child that nobody has told of yet."""
        year = self._random.randint(2009, 2025)
        born = date(year, self._random.randint(1, 12), self._random.randint(1, 28))
        number = self._random.randrange(1 << 32)
        names = tuple(
            registry.Name(script, "birth", family, named.invented(number, script)[1])
            for script, family in zip(SCRIPTS, FAMILIES, strict=True)
        )
        identity = registry.Identity(
            names=names,
            sex=self._random.choice("FM"),
            birth=registry.Birth(born, born, "day", "documented"),
            area=self._random.choice(AREAS),
        )
        since = date(2025, 12, 31) + timedelta(self._random.randint(1, 30))
        return Told(self.new_id(), identity, self.new_id(), self.new_id(), since)

    def _command(self, kind: type, /, **values: Any) -> Any:
        return kind(actor="writer", at=clock.now(), today=self._today, **values)


class Steady:
    """A writer at work in a thread, at a rate of events a second, for as long as the block lasts."""

    def __init__(self, writer: Writer, rate: float, count: Callable[[], int]) -> None:
        self._writer, self._rate, self._count = writer, rate, count
        self._stop = threading.Event()
        self._failed: BaseException | None = None
        self.reached = 0.0
        """Events a second, as it turned out."""
        self._thread = threading.Thread(target=self._run, name="writer")

    def __enter__(self) -> "Steady":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the writer ends"
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        try:
            begun, before = time.monotonic(), self._count()
            while not self._stop.is_set():
                self._writer.step()
                self._writer.crowd(int(self._rate / 10))
                with suppress(DBAPIError):
                    told, passed = self._count() - before, time.monotonic() - begun
                    self.reached = told / passed
                    self._stop.wait(max(0.0, min(told / self._rate - passed, 1.0)))
        except BaseException as error:
            self._failed = error


def main(seed: str, commits: str) -> None:
    """Write, in a process that a failpoint may end."""
    with composition.opened(None) as made:
        writer = Writer(made, int(seed))
        writer.prepare()
        writer.write(int(commits))


if __name__ == "__main__":
    main(*sys.argv[1:])
