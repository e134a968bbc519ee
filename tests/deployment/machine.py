"""One machine as docs/compose.md sets it up: the compose file and its folder as they are, commands, the one address.

Not here: what is expected of it (test_one_machine).
"""

import json
import os
import re
import secrets
import shutil
import signal
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from shared.ids import new_id
from shared.testing.engine import Engine, said
from tests import named
from tests.deployment.standins import ROOT

ANSWERS = """
pack = "kz"
languages = ["en", "ru"]

[administrator]
login = "aigul.omarova"
name = "Aigul Omarova"

[[operators]]
name = "Saule"
passphrase = "seven tin kettles sing"

[[operators]]
name = "Marat"
passphrase = "old boats under ice"
"""
PATIENCE = 120.0


class Machine:
    """A folder with the release in it, and what its operators type there."""

    def __init__(self, engine: Engine, folder: Path, port: int) -> None:
        self._engine = engine
        self.folder = folder
        self.address = f"https://localhost:{port}"
        folder.mkdir()
        shutil.copy(ROOT / "docker-compose.yml", folder)
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        self._program = shutil.which("docker-compose", path=str(Path(sys.executable).parent)) or "docker-compose"
        self._environment = {
            name: value for name, value in engine.environment.items() if not name.startswith(("KINWARD_", "COMPOSE_"))
        } | {
            "COMPOSE": self._program,
            "HOST_NAME": "localhost",
            "HTTPS_PORT": str(port),
            "HUB_HTTPS_PORT": "0",
            "SUBNET": f"10.213.{secrets.randbelow(250)}",
        }

    def up(self) -> str:
        """The one command; images are there already."""
        return self._run(["deploy/compose/up", "--no-build", "--pull", "never"])

    def compose(self, *arguments: str, typed: str | None = None) -> str:
        """Docker Compose in the folder."""
        return self._run([self._program, *arguments], typed=typed)

    def kinward(self, *arguments: str, typed: str | None = None) -> str:
        """A command in the container that serves."""
        return self.compose("exec", "-T", "kinward", "kinward", *arguments, typed=typed)

    def tools(self, *arguments: str) -> str:
        """A command in a container of its own, with the account for backups."""
        return self.compose("run", "--rm", "--no-TTY", "--pull", "never", "tools", *arguments)

    def inside(self, address: str) -> dict[str, Any]:
        """What an address of the inner networks answers, as JSON."""
        asking = "import sys, urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1]).read().decode())"
        answer: dict[str, Any] = json.loads(
            self.compose("exec", "-T", "kinward", "/opt/venv/bin/python", "-c", asking, address)
        )
        return answer

    def rows(self, database: str, query: str) -> list[str]:
        """Rows of a database, as psql prints them."""
        command = ("exec", "-T", "postgres", "psql", "-qAt", "-U", "kinward", "-d", database, "-c", query)
        return self.compose(*command).splitlines()

    def _run(self, command: list[str], typed: str | None = None) -> str:
        return said(command, self._environment, folder=self.folder, typed=typed)

    def client(self, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> httpx.Client:
        """Somebody who believes the machine's certificate and speaks TLS up to a version."""
        context = ssl.create_default_context(cafile=str(self.folder / "secrets" / "tls.crt"))
        context.maximum_version = newest
        return httpx.Client(base_url=self.address, verify=context, trust_env=False, timeout=60, follow_redirects=True)

    def token(self, role: str) -> str:
        """An access token for a role, everywhere."""
        return self.kinward("token", "--role", role, "--minutes", "600").strip()

    def registered(self, client: httpx.Client, token: str) -> str:
        """The id of a child registered just now."""
        birth = {"precision": "day", "date": "2015-05-04"}
        child = {"identity": {"names": [named.fresh()], "sex": "F", "birth": birth, "area": "KZ-75"}}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        answer = client.post("/registry/children", json=child, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def heard(self, child: str) -> dict[str, bool]:
        """Which services that listen have applied that the child is there."""
        (figures,) = self.rows("reporting", "select schema_name from live_figures")
        told = {"placements": "whereabouts where child", "social_work": "child where id"}
        told["reporting"] = f"{figures}.child where id"
        return {
            service: self.rows(service, f"select count(*) from {where} = '{child}'") == ["1"]
            for service, where in told.items()
        }

    def is_ready(self) -> bool:
        """Whether the services answer behind the proxy: a question without a token is refused by them, not by it."""
        with self.client() as client:
            return all(
                client.get(f"/{service}/stream").status_code == 401
                for service in ("registry", "placements", "social_work", "reporting")
            )

    def kill(self, service: str) -> None:
        """Kill the first process of a container from outside, as the system does that is short of memory."""
        identity = self.compose("ps", "--quiet", service).strip()
        os.kill(int(self._engine.docker("inspect", "--format", "{{.State.Pid}}", identity)), signal.SIGKILL)

    def restarts(self, service: str) -> int:
        """How often the engine has started a container again."""
        identity = self.compose("ps", "--all", "--quiet", service).strip()
        return int(self._engine.docker("inspect", "--format", "{{.RestartCount}}", identity))

    def memory(self) -> dict[str, float]:
        """Megabytes that each container has resident now."""
        found = {}
        for line in self._engine.docker("stats", "--no-stream", "--format", "{{json .}}").splitlines():
            one = json.loads(line)
            amount, unit = re.match(r"([\d.]+)([KMG]iB)", one["MemUsage"]).groups()  # type: ignore[union-attr]
            found[one["Name"].split("-")[1]] = float(amount) * {"KiB": 1 / 1024, "MiB": 1, "GiB": 1024}[unit]
        return found


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; an answer that does not come counts as not yet."""
    deadline, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (httpx.HTTPError, AssertionError) as error:
            last = str(error)
        time.sleep(0.5)
    raise AssertionError(f"not in {PATIENCE:.0f} s: {what} {last}")
