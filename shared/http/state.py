"""What is known about the request being answered: ids, who asks, its transaction. Lives as long as the request."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import g, has_request_context, request

from shared import ids, telemetry
from shared.auth import Principal
from shared.errors import Unauthenticated
from shared.http.service import service
from shared.unit_of_work import Context

if TYPE_CHECKING:
    from shared.http.work import Work

ANONYMOUS = "anonymous"
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass
class RequestState:
    """One request's own memory. `started` is a monotonic clock's seconds."""

    request_id: str
    correlation_id: UUID
    at: datetime
    started: float
    trace: telemetry.Place | None = None
    parent: int | None = None
    begun: int = 0
    principal: Principal | None = None
    work: "Work | None" = None
    etag: str | None = None
    read_subjects: list[UUID | None] = field(default_factory=list)
    marks: dict[UUID | None, dict[str, str]] = field(default_factory=dict)
    left: list[Callable[[Any], None]] = field(default_factory=list)


def open_state() -> RequestState:
    """Begin to remember: take the caller's ids where they look sane, else make new ones."""
    given = request.headers.get("X-Request-Id", "")
    above = telemetry.read(request.headers.get(telemetry.HEADER, "")) if telemetry.on() else None
    state = RequestState(
        request_id=given if _SANE_REQUEST_ID.fullmatch(given) else str(ids.new_id()),
        correlation_id=above.trace if above else _correlation(request.headers.get("X-Correlation-Id", "")),
        at=service().clock(),
        started=time.monotonic(),
    )
    if telemetry.on():
        state.trace = telemetry.Place(state.correlation_id, telemetry.new_span())
        state.parent, state.begun = above.span if above else None, telemetry.now()
        telemetry.enter(state.trace)
    g.kinward = state
    return state


def _correlation(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        return ids.new_id()


def current() -> RequestState:
    """The state of the request being answered."""
    state: RequestState = g.kinward
    return state


def find() -> RequestState | None:
    """The state, or None where the request broke before it had one."""
    found: RequestState | None = g.get("kinward") if has_request_context() else None
    return found


def principal() -> Principal:
    """Who asks. Raises Unauthenticated on a public route without a token."""
    found = current().principal
    if found is None:
        raise Unauthenticated
    return found


def context() -> Context:
    """The unit of work's context for this request: who, when, and the ids it goes by."""
    state = current()
    who = state.principal
    return Context(
        actor=who.subject if who else ANONYMOUS,
        at=state.at,
        roles=tuple(sorted(who.roles)) if who else (),
        request_id=state.request_id,
        correlation_id=state.correlation_id,
    )


def method_name() -> str:
    """The request's method where it is a known one, else "OTHER": a caller cannot make up labels."""
    return request.method if request.method in _METHODS else "OTHER"


def route_name() -> str:
    """The route's template; a path that matches none is not repeated, it may hold anything."""
    return request.url_rule.rule if request.url_rule else "-"
