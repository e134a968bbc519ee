"""The demo's stage: a folder of its own, deployments with free ports, each served by a process of its own.

Not here: what the demo shows (journey).
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.cli.demo import people
from shared import config, countries, embedded
from shared.embedded.lock import FileLock
from shared.errors import Conflict, Unavailable

PROJECT = Path(__file__).parent.parent.parent.parent
MARK = ".kinward-demo"
FIRST_PORT = 8080
START_SECONDS = 90.0
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Played:
    """One deployment of the demo: its id, what it is called, its port, and the parent it reports to."""

    id: str
    title: str
    port: int
    portal: int
    parent: str | None = None

    @property
    def address(self) -> str:
        """Where its APIs answer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pages(self) -> str:
        """Where its portal answers."""
        return f"http://127.0.0.1:{self.portal}"


class Stage:
    """The demo's folder and processes. Use as a context manager: what was started is stopped."""

    def __init__(self, home: Path, deployments: Sequence[tuple[str, str, str | None]]) -> None:
        self.home = home
        ports = free_ports(2 * len(deployments))
        self.played = [
            Played(id_, title, ports[number], ports[len(deployments) + number], parent)
            for number, (id_, title, parent) in enumerate(deployments)
        ]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._mark = FileLock(home / MARK)

    def __enter__(self) -> "Stage":
        self._clear()
        for each in self.played:
            parent = next((other for other in self.played if other.id == each.parent), None)
            config.write_env_file(self.home / each.id / "deployment.env", _settings(each, parent))
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._mark.release()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command of the demo: its own home, nothing of the user's deployments."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
        return inherited | {"KINWARD_HOME": str(self.home)}

    def kinward(self, *arguments: str) -> None:
        """Run a `kinward` command as its user would. Raises Unavailable where it fails."""
        done = subprocess.run(_command(arguments), env=self.environment, cwd=PROJECT, check=False)
        if done.returncode:
            raise Unavailable(f"kinward {' '.join(arguments)} ended with {done.returncode}")

    def answer(self, *arguments: str) -> str:
        """Run a `kinward` command and give what it printed."""
        done = subprocess.run(
            _command(arguments), env=self.environment, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    def serve(self) -> Iterator[Played]:
        """Start every deployment's process at once; yields each when it is ready. Raises Unavailable."""
        for each in self.played:
            self._start(each.id, each.id, "serve", "all", "--deployment", each.id)
        deadline = time.monotonic() + START_SECONDS
        for each in self.played:
            self._await_ready(each.id, f"{each.address}/readyz", deadline)
            yield each

    def open_portals(self, belongs: Mapping[str, dict[str, dict[str, str]]]) -> None:
        """Start every deployment's portal and wait until it answers. Raises Unavailable.

        `belongs`: of which centre or provider some of a deployment's people are.
        """
        for each in self.played:
            self._begin_portal(each, belongs.get(each.id))
        deadline = time.monotonic() + START_SECONDS
        for each in self.played:
            self._await_ready(f"{each.id}.portal", f"{each.pages}/sign-in", deadline)

    def _begin_portal(self, each: Played, belongs: dict[str, dict[str, str]] | None = None) -> None:
        settings = config.load(each.id, self.environment)
        people.write(settings.folder, countries.load(settings.pack, settings.countries), belongs)
        self._start(f"{each.id}.portal", each.id, "portal", "serve", "--deployment", each.id)

    def _start(self, name: str, deployment: str, *arguments: str) -> None:
        log = (self.home / deployment / "serve.log").open("ab")
        self._processes[name] = subprocess.Popen(
            _command(arguments), env=self.environment, cwd=PROJECT, stdout=log, stderr=log
        )
        log.close()

    def wait(self) -> None:
        """Keep serving until a process ends or the user interrupts."""
        with contextlib.suppress(KeyboardInterrupt):
            while all(process.poll() is None for process in self._processes.values()):
                time.sleep(0.5)

    def _await_ready(self, name: str, url: str, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self._processes[name].poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
                return
            time.sleep(0.2)
        log = self.home / name.partition(".")[0] / "serve.log"
        raise Unavailable(f"{name} does not start", remedy=f"see {log}")

    def _clear(self) -> None:
        """Begin with an empty folder; only a folder that an earlier demo made is emptied. Raises Conflict."""
        if self.home.exists() and any(self.home.iterdir()) and not (self.home / MARK).exists():
            raise Conflict(f"{self.home} holds something else", remedy="give the demo a folder of its own: --home")
        self.home.mkdir(parents=True, exist_ok=True)
        if not self._mark.try_lock():
            self._mark.release()
            raise Conflict(
                f"a demo is running in {self.home}", remedy="end that one, or give this one a folder of its own: --home"
            )
        for left in self.home.iterdir():
            if left.is_dir():
                _end_what_serves(left)
                shutil.rmtree(left)
            elif left.name != MARK:
                left.unlink()


def _end_what_serves(folder: Path) -> None:
    """End the process and the PostgreSQL of a deployment whose demo was killed."""
    serving = FileLock(folder / ".serve.lock")
    if not serving.try_lock():
        os.kill(int(serving.signature()), signal.SIGTERM)
        serving.lock()
    serving.release()
    if embedded.running(folder):
        with embedded.EmbeddedPostgres(folder):
            pass  # the last user out stops it


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "services", *arguments]


def _settings(each: Played, parent: Played | None) -> Mapping[str, str]:
    values = {
        "KINWARD_HTTP": f"127.0.0.1:{each.port}",
        "KINWARD_PORTAL_HTTP": f"127.0.0.1:{each.portal}",
        "KINWARD_EMBEDDED": "1",
        "KINWARD_DEMO": "1",
    }
    if parent is not None:
        values["KINWARD_PARENT"] = parent.id
        values["KINWARD_PARENT_URL"] = parent.address
    return values


def free_ports(count: int) -> list[int]:
    """The first free ports on loopback from 8080 up."""
    found: list[int] = []
    port = FIRST_PORT
    while len(found) < count:
        with socket.socket() as probe:
            # Without this a port whose last connection has just closed would look taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
        port += 1
    return found
