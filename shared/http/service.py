"""What a service brings to have its HTTP API served. Not here: how it is served (app)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from zoneinfo import ZoneInfo

from flask import current_app

from shared import clock
from shared.auth import Areas, Policy, Principal
from shared.config import Settings
from shared.event_schema import CodeBook
from shared.unit_of_work import Context

if TYPE_CHECKING:
    from shared.countries import Pack
    from shared.http.blueprint import Blueprint

UTC_ZONE = ZoneInfo("UTC")
MEBIBYTE = 1024 * 1024
EXTENSION = "kinward"


class VerifiesTokens(Protocol):
    """Turns a bearer token into a principal (auth.Verifier, auth.TrustedIssuers)."""

    def verify(self, token: str) -> Principal:
        """The principal of the token. Raises Unauthenticated."""


class NoCodes:
    """The code book of an API that was given none: it knows no code."""

    def has(self, list_name: str, code: str) -> bool:
        """Never."""
        return False

    def has_area(self, code: str) -> bool:
        """Never."""
        return False


@dataclass(frozen=True)
class ServiceHttp:
    """One service's API: what `create_app` needs and routes reach by `http.service()`.

    `make_uow` opens a unit of work (a SqlUnitOfWork with the service's repositories) for a context. `max_body` is
    bytes; a route may set its own. `areas`, `codes` and `zone` are the pack's. `pages`: Swagger UI at /<name>/docs.
    """

    name: str
    blueprints: Sequence["Blueprint"]
    make_uow: Callable[[Context], Any]
    verifier: VerifiesTokens
    policy: Policy
    areas: Areas
    codes: CodeBook = field(default_factory=NoCodes)
    zone: ZoneInfo = UTC_ZONE
    clock: Callable[[], datetime] = clock.now
    pages: bool = True
    title: str = ""
    version: str = "1"
    max_body: int = MEBIBYTE
    settings: Settings | None = None


def service() -> ServiceHttp:
    """The service whose API answers this request."""
    found: ServiceHttp = current_app.extensions[EXTENSION]
    return found


def pack() -> "Pack":
    """The country pack by which that service works: in a deployment its code book is the pack."""
    return cast("Pack", service().codes)
