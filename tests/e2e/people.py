"""Somebody with a role, before a browser or a program of their own, in a deployment that runs."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.ids import new_id
from tests.e2e import running
from tests.e2e.running import Answer, ask


@dataclass(frozen=True)
class Person:
    """An account with a role in some areas."""

    deployment: running.Deployment
    role: str
    subject: str
    areas: tuple[str, ...] = ("*",)
    centre: UUID | None = None

    def get(self, path: str) -> Answer:
        """GET as this person."""
        return ask(self.deployment.address + path, token=self._token())

    def post(self, path: str, body: Any, version: int | None = None) -> Answer:
        """POST JSON as this person; `version` goes into If-Match."""
        headers = {} if version is None else {"If_Match": f'"{version}"'}
        return ask(
            self.deployment.address + path, token=self._token(), body=json.dumps(body).encode(),
            Content_Type="application/json", Idempotency_Key=str(new_id()), **headers,
        )  # fmt: skip

    def made(self, path: str, body: Any, version: int | None = None) -> Any:
        """The answer to a POST that must have worked."""
        answer = self.post(path, body, version)
        assert answer.status in {200, 201}, answer.body.decode()
        return answer.json

    def version(self, child: str) -> int:
        """The version of registry's record of a child."""
        return int(self.get(f"/registry/children/{child}").headers["ETag"].strip('"'))

    def _token(self) -> str:
        return self.deployment.token(self.role, self.subject, self.areas, self.centre)
