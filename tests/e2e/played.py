"""The demo's journey with few children in Kazakhstan: three embedded deployments in demo mode, the demo's own steps.

Uzbekistan's register is whole. Not here: what stands at the hub afterwards (test_journey), the pages (test_pages).
"""

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.cli.demo.journey import COUNTRIES, DEPLOYMENTS, HUB, PERIODS, Journey
from services.cli.demo.stage import PROJECT, START_SECONDS, Played, Stage
from tests.e2e import registers, running
from tests.e2e.running import Answer, ask

KAZAKHSTAN = {"guardianship": 60, "foster": 25, "residential": 75}


class SmallJourney(Journey):
    """The demo's journey, Kazakhstan drawn small, with answers for tests."""

    def draw(self, country: str) -> None:
        """Write the country's register: Kazakhstan's with few children."""
        if country == "kz":
            registers.write(self._register("kz"), registers.kazakhstan_of(**KAZAKHSTAN))
        else:
            super().draw(country)

    def arrive(self) -> None:
        """All steps but those that only print."""
        (self.out / "registers").mkdir(parents=True)
        (self.out / "hub").mkdir()
        for country in COUNTRIES:
            self.draw(country)
        self.start()
        with ThreadPoolExecutor() as pool:  # the countries do not wait for each other
            list(pool.map(self._go, PERIODS.items()))
        self.stage.answer("hub", "export", str(self.table), "--deployment", HUB)

    def _go(self, country_and_periods: tuple[str, tuple[str, ...]]) -> None:
        country, periods = country_and_periods
        self.bring_in(country)
        self.report(country, periods)

    @property
    def table(self) -> Path:
        """UNICEF's table, as the hub writes it."""
        return self.out / "hub" / "figures.csv"

    def address(self, deployment: str) -> str:
        """Where a deployment answers."""
        return next(each.address for each in self.stage.played if each.id == deployment)

    def told(self, *arguments: str) -> Any:
        """What a command answers as JSON."""
        return json.loads(self.stage.answer(*arguments, "--json"))

    def status(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Exit status and words of a command that may refuse."""
        done = subprocess.run(
            running.command(*arguments),
            env=self.stage.environment | environment,
            cwd=PROJECT,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def deliver(self, country: str, raw: bytes) -> Answer:
        """Send bytes to the hub as the country's account."""
        token = (self.stage.home / country / "parent.token").read_text(encoding="ascii").strip()
        address = f"{self.address(HUB)}/reporting/hub/bundles"
        return ask(address, token=token, body=raw, Content_Type="application/zip")

    def bundle(self, country: str, seq: int) -> bytes:
        """One of the country's bundles, as it was signed."""
        file = self.out / f"{country}-{seq}.zip"
        if not file.exists():
            self.stage.answer("bundle", "export", str(file), "--seq", str(seq), "--deployment", country)
        return file.read_bytes()


class NotedStage(Stage):
    """The demo's stage on ports of its own, its processes noted, so that they end where the tests are killed.

    Two runs of these tests at once would choose the same ports from 8080 up.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "home", DEPLOYMENTS)
        self.played = [replace(each, port=running.free_port(), portal=running.free_port()) for each in self.played]
        self._folder = folder

    def serve(self) -> Iterator[Played]:
        """Start every deployment's process."""
        for each in super().serve():
            self._note_all()
            yield each

    def open_portal(self, deployment: str) -> Played:
        """Start the portal of one deployment and wait until it answers."""
        each = next(each for each in self.played if each.id == deployment)
        self._begin_portal(each)
        self._note_all()
        self._await_ready(f"{each.id}.portal", f"{each.pages}/sign-in", time.monotonic() + START_SECONDS)
        return each

    def __exit__(self, *_: object) -> None:
        """Kill them: nothing in the folder is worth an orderly end."""
        for process in self._processes.values():
            process.kill()
            process.wait()
            self._note(process.pid).unlink(missing_ok=True)

    def _note_all(self) -> None:
        for process in self._processes.values():
            self._note(process.pid).write_text(str(process.pid), encoding="ascii")

    def _note(self, pid: int) -> Path:
        return self._folder / f"{pid}.process"


@contextmanager
def journey() -> Iterator[SmallJourney]:
    """The journey made, its three deployments still serving."""
    with running.home() as folder:
        (folder / "home").mkdir(mode=0o711)
        (folder / "out").mkdir()
        stage = NotedStage(folder)
        with stage:
            made = SmallJourney(stage, folder / "out")
            made.arrive()
            yield made
