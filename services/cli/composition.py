"""Puts a deployment together for the command line and for `serve`: which services there are, and their databases."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from types import ModuleType

from shared import config, countries
from shared.config import SERVICES, Settings
from shared.embedded import EmbeddedPostgres
from shared.runtime.deployment import Deployment, Parts, ServiceKind
from shared.timers import Timed

CONSUMES: dict[str, tuple[str, ...]] = {
    "registry": ("placements", "social_work"),
    "placements": ("registry", "social_work"),
    "social_work": ("registry", "placements"),
    "reporting": ("registry", "placements", "social_work"),
}


def kind_of(service: str) -> ServiceKind:
    """A service, its modules not yet imported: `--help` and commands on another service need not wait for them."""
    return ServiceKind(service, CONSUMES[service], f"services.{service}.migrations", partial(_parts_of, service))


def _parts_of(service: str) -> Parts:
    package = f"services.{service}"
    made = (
        importlib.import_module(f"{package}.store").UnitOfWork,
        importlib.import_module(f"{package}.events").CATALOGUE,
    )
    if service == "reporting":
        projections = importlib.import_module(f"{package}.projections")
        return Parts(*made, projection=(projections.project, projections.touches))
    handlers = importlib.import_module(f"{package}.handlers")
    return Parts(*made, handlers=getattr(handlers, "CONSUMED", {}))


def timed_of(service: str) -> Mapping[str, Timed]:
    """What falls due in a service as time passes, by name."""
    handlers = importlib.import_module(f"services.{service}.handlers")
    found: Mapping[str, Timed] = getattr(handlers, "TIMED", {})
    return found


def domain_of(service: str) -> list[ModuleType]:
    """The domain of a service, and where it is a package each module in it."""
    domain = importlib.import_module(f"services.{service}.domain")
    inner = pkgutil.iter_modules(getattr(domain, "__path__", ()))
    return [domain, *(importlib.import_module(f"{domain.__name__}.{each.name}") for each in inner)]


@contextmanager
def opened(deployment: str | None, *, serving: bool = False, embedded: bool = False) -> Iterator[Deployment]:
    """The deployment, its bundled PostgreSQL running where it has one; everything is closed at the end.

    `serving` claims an embedded deployment for this process; commands may work beside it.
    Raises ConfigurationError, Conflict (already served).
    """
    settings = config.load(deployment)
    if embedded:
        settings = replace(settings, embedded=True)
    pack = countries.load(settings.pack, settings.countries)
    with ExitStack() as stack:
        databases, server = dict(settings.databases), None
        if settings.embedded:
            server = stack.enter_context(EmbeddedPostgres(settings.folder, exclusive=serving))
            databases = _embedded_databases(server, pack.services)
        kinds = {service: kind_of(service) for service in SERVICES if service in pack.services}
        made = Deployment(settings, pack, kinds, databases, server)
        stack.callback(made.dispose)
        if settings.embedded:
            _bring_up(made)
        yield made


def _bring_up(made: Deployment) -> None:
    """Migrate an embedded deployment: one process serves it, so that after an older one nothing is left to wait for."""
    from shared.steps import OlderProcess

    try:
        made.migrate(contract=True)
    except OlderProcess:
        made.migrate()


def _embedded_databases(server: EmbeddedPostgres, services: tuple[str, ...]) -> dict[str, str]:
    for service in services:
        server.ensure_database(service)
    return {service: server.url(service) for service in services}


def loopback_only(settings: Settings) -> None:
    """Demo mode opens what needs a token elsewhere, so it listens on this machine alone. Raises ConfigurationError."""
    host, _ = settings.address
    if settings.demo and host not in {"127.0.0.1", "localhost", "::1"}:
        raise config.ConfigurationError(
            "demo mode listens on loopback only", field="KINWARD_HTTP", remedy="use 127.0.0.1, or leave demo mode"
        )
