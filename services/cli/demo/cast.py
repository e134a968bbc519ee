"""The demonstration's people as programs: each asks the APIs in the own role. Not here: what they do (caseload)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx

from services.cli import token_commands
from shared import clock, countries
from shared.auth import EVERYWHERE, Principal
from shared.config import Settings
from shared.errors import Unavailable

AREA = "KZ-75"
WHILE = timedelta(hours=1)


@dataclass
class Cast:
    """The demonstration's people asking the APIs of one deployment."""

    settings: Settings
    address: str
    settle: Callable[[], None]
    centre: str | None = None
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    @property
    def pack(self) -> countries.Pack:
        """The country's pack."""
        return countries.load(self.settings.pack, self.settings.countries)

    def made(self, role: str, path: str, body: Mapping[str, Any], version: int | None = None) -> Any:
        """What a POST made. Raises Unavailable where it was refused."""
        said = json.dumps([role, path, body], sort_keys=True)
        key = hashlib.sha256(said.encode()).hexdigest()
        headers = self._headers(role) | {"Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._client.post(self.address + path, json=body, headers=headers)
        if not answer.is_success:
            raise Unavailable(f"{path} answered {answer.status_code}: {answer.text[:400]}")
        return answer.json()

    def read(self, role: str, path: str) -> Any:
        """What a GET tells. Raises Unavailable where it is refused."""
        answer = self._client.get(self.address + path, headers=self._headers(role))
        if not answer.is_success:
            raise Unavailable(f"{path} answered {answer.status_code}")
        return answer.json()

    def version(self, child: str) -> int:
        """The version of registry's record of a child."""
        return int(self.read("registrar", f"/registry/children/{child}")["version"])

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _headers(self, role: str) -> dict[str, str]:
        centre = UUID(self.centre) if self.centre else None
        who = Principal(
            f"demo-{role}", frozenset({role}), frozenset({EVERYWHERE}), centre, None, self.settings.deployment
        )
        return {"Authorization": f"Bearer {token_commands.issue(self.settings, who, WHILE)}"}


@dataclass(frozen=True)
class Days:
    """The days of the story, by the country's clocks."""

    today: date
    night: datetime

    @classmethod
    def of(cls, pack: countries.Pack) -> "Days":
        """Today, and two in the morning of it, or of yesterday where that is still to come."""
        now = clock.now().astimezone(pack.zone)
        night = datetime.combine(now.date(), time(2), pack.zone)
        return cls(now.date(), night if night < now - timedelta(hours=1) else night - timedelta(days=1))

    def ago(self, days: int) -> str:
        """So many days ago, as ISO text."""
        return (self.today - timedelta(days=days)).isoformat()

    def born(self, years: int, days: int = 100) -> dict[str, str]:
        """A birth date: so many years and days ago."""
        return {"precision": "day", "date": (self.today - timedelta(days=365 * years + years // 4 + days)).isoformat()}


def name_of(family: str, given: str, patronymic: str = "", script: str = "Cyrl") -> dict[str, str]:
    """A name as registry takes it."""
    return {"script": script, "family": family, "given": given, "patronymic": patronymic}
