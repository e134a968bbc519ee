"""Asking one service: bearer token, idempotency key, version, problem+json; a circuit that spares a service in need."""

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared import metrics, telemetry

LOG = logging.getLogger("kinward.portal.api")
CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
FAILURES_BEFORE_REST = 3
REST_SECONDS = 5.0
SENDABLE = re.compile(r"[\x20-\x7e]*")
FORMS = {
    "Idempotency-Key": ("idempotency-key-form", "A key has 8 to 128 plain characters."),
    "If-Match": ("if-match-form", "A version is sent as it was read."),
}
"""What a service says of these headers where they are not in their form."""
AS_TEXT = ("text/csv", "application/vnd.sdmx.data+csv", "application/jose+json")
"""What is handed on as it is: a table, and what is signed byte by byte."""


class Down(Exception):
    """A service does not answer, or answers that it cannot just now."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass(frozen=True)
class FieldError:
    """One entry of a problem: the field at fault (dotted), the rule, what to do about it, and the facts."""

    field: str | None
    rule: str | None
    message: str
    remedy: str | None
    facts: Mapping[str, Any]


class NotSent(Exception):
    """A command would have gone out while a form of an earlier sign-in is only shown again."""


class Refusal(Exception):
    """A service said no: its problem+json (RFC 9457)."""

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{service} {status}")
        self.service = service
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", "refused"))
        self.detail = str(problem.get("detail", ""))
        self.errors = [
            FieldError(
                each.get("field"),
                each.get("rule"),
                str(each.get("message", "")),
                each.get("remedy"),
                each.get("facts") or {},
            )
            for each in problem.get("errors", [])
        ]


@dataclass(frozen=True)
class Answer:
    """What a service answered: its document, and the version to edit it by."""

    body: Any
    etag: str | None = None


@dataclass
class _Circuit:
    failures: int = 0
    rests_until: float = 0.0


@dataclass(frozen=True)
class Api:
    """One service's API for one person: `token` is theirs."""

    service: str
    base: str
    client: httpx.Client
    token: str
    language: str = "en"
    circuit: _Circuit = field(default_factory=_Circuit)
    commands: bool = True

    def get(self, path: str, **query: Any) -> Any:
        """The document at `path` (without the service's prefix). Asked twice where the line broke.

        Raises Refusal, Down.
        """
        return self.read(path, **query).body

    def read(self, path: str, **query: Any) -> Answer:
        """As get, with the version. Raises Refusal, Down."""
        asked = {name: value for name, value in query.items() if value not in {None, ""}}
        try:
            return self._ask("GET", path, params=asked)
        except _LineBroke:
            try:
                return self._ask("GET", path, params=asked)
            except _LineBroke:
                raise Down(self.service) from None

    def text(self, path: str, **query: Any) -> str:
        """A table or signed document as text, as the service wrote it. Raises Refusal, Down."""
        return str(self.read(path, **query).body or "")

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str | None = None,
        version: str | None = None,
        seconds: float = READ_SECONDS,
    ) -> Answer:
        """What a command answered; `key` makes a second sending harmless, `version` is the ETag that was read.

        `seconds`: how long it may take. Raises Refusal, Down; NotSent for a command where none is to go out.
        """
        if not self.commands and (key is not None or version is not None):
            raise NotSent
        given = {"Idempotency-Key": key, "If-Match": version}
        headers = {name: value for name, value in given.items() if value is not None}
        self._require_sendable(headers)
        try:
            patience = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
            return self._ask("POST", path, json=body, headers=headers, timeout=patience)
        except _LineBroke:
            raise Down(self.service) from None

    def _ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **body: Any) -> Answer:
        if self.circuit.rests_until > time.monotonic():
            raise Down(self.service)
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **(headers or {})}
        asked = {"http.request.method": method, "server.service": self.service}
        try:
            with telemetry.within(f"{method} {self.service}", telemetry.Kind.CLIENT, asked) as place:
                if place is not None:
                    sent |= {telemetry.HEADER: place.traceparent}
                answer = self.client.request(method, f"{self.base}/{self.service}{path}", headers=sent, **body)
        except httpx.TransportError as error:
            self._failed(type(error).__name__)
            raise _LineBroke from error
        if answer.status_code in {502, 503, 504}:
            self._failed(str(answer.status_code))
            raise Down(self.service)
        self.circuit.failures = 0
        if answer.is_success:
            return Answer(_document(answer), answer.headers.get("ETag"))
        found = _document(answer)
        raise Refusal(self.service, answer.status_code, found if isinstance(found, dict) else {})

    def _require_sendable(self, headers: Mapping[str, str]) -> None:
        """What came back with a form can stand in a header. Raises Refusal as the service would.

        Else the line breaks here, and the service would be thought out of reach, for everybody.
        """
        for name, value in headers.items():
            if not SENDABLE.fullmatch(value):
                rule, words = FORMS[name]
                error = {"field": name, "rule": rule, "message": words}
                raise Refusal(self.service, 400, {"code": "malformed", "detail": words, "errors": [error]})

    def _failed(self, fault: str) -> None:
        self.circuit.failures += 1
        if self.circuit.failures >= FAILURES_BEFORE_REST:
            self.circuit.rests_until = time.monotonic() + REST_SECONDS
            self.circuit.failures = 0
        metrics.UNANSWERED.labels(self.service, fault).inc()
        LOG.warning("service out of reach", extra={"service": self.service, "fault": fault})


class _LineBroke(Exception):
    """Nothing came back; a question may be asked again, a command only by the person."""


def new_client() -> httpx.Client:
    """The connections of a process. Close it at the end."""
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30)
    return httpx.Client(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)


def _document(answer: httpx.Response) -> Any:
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith(AS_TEXT):
        return answer.text
    return answer.json() if "json" in kind and answer.content else None
