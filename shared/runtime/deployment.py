"""One deployment as one process sees it: its settings, pack, databases, and the means to open transactions.

Knows no service by name: what each is made of comes in as a ServiceKind.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from shared import clock, db, deny_list, protection, row_security
from shared.config import Settings
from shared.countries import Pack
from shared.embedded import EmbeddedPostgres
from shared.envelope import Event
from shared.errors import ConfigurationError
from shared.event_schema import Catalogue
from shared.protection.keys import FileKeyProvider
from shared.row_security import Caller
from shared.stream.applier import Applier, HandlerApplier, ProjectionApplier
from shared.unit_of_work import Context, SqlUnitOfWork

Projection = tuple[Callable[[Connection, Sequence[Event]], None], Callable[[Event], Iterable[UUID]]]
"""A function that writes runs of events into read tables, and one that names the ids that an event touches."""


@dataclass(frozen=True)
class Parts:
    """The code of a service: its unit of work, what it publishes, and how it applies what it listens to.

    That is by handlers, one event type each, or by a projection of whole runs.
    """

    unit_of_work: type[SqlUnitOfWork]
    catalogue: Catalogue
    handlers: Mapping[str, Callable[[Any, Any], object]] = field(default_factory=dict)
    projection: Projection | None = None


@dataclass(frozen=True)
class ServiceKind:
    """A kind of service: whom it listens to, where its migrations are, and its parts, imported when first asked for."""

    name: str
    consumes: tuple[str, ...]
    migrations: str
    imported: Callable[[], Parts]

    @cached_property
    def parts(self) -> Parts:
        """What the service is made of."""
        return self.imported()


@dataclass
class Deployment:
    """The parts that faces, commands and timers of one process share. Engines are made when first asked for."""

    settings: Settings
    pack: Pack
    kinds: Mapping[str, ServiceKind]
    databases: Mapping[str, str]
    bundled: EmbeddedPostgres | None = None
    pool_size: int = 5
    _engines: dict[str, Engine] = field(default_factory=dict)

    @cached_property
    def keys(self) -> FileKeyProvider:
        """The deployment's keys; an embedded deployment makes itself some when it has none."""
        found = FileKeyProvider(self.settings.keys_file, self.settings.keys_passphrase_file)
        if self.settings.embedded and not found.exists():
            found.create(clock.now())
        return found

    @property
    def erased(self) -> deny_list.DenyList:
        """The ids that were erased, in a file beside the databases and in its copies."""
        return deny_list.of(self.settings, self.keys)

    @property
    def id(self) -> str:
        """The deployment's id, such as kz."""
        return self.settings.deployment

    def today(self) -> date:
        """The day it is in the pack's time zone."""
        return clock.day_in(self.pack.zone, clock.now())

    def kind(self, service: str) -> ServiceKind:
        """What `service` is made of. Raises ConfigurationError where this deployment does not run it."""
        if service not in self.kinds or service not in self.pack.services:
            raise ConfigurationError(
                f"the deployment {self.id} does not run {service}",
                field="service",
                remedy=f"its pack names: {', '.join(self.pack.services)}",
            )
        return self.kinds[service]

    def consumes(self, service: str) -> tuple[str, ...]:
        """The services whose events `service` listens to, of those that this deployment runs."""
        return tuple(source for source in self.kind(service).consumes if source in self.pack.services)

    def engine(self, service: str) -> Engine:
        """The engine of the service's database. Raises ConfigurationError where no URL is known."""
        if service not in self._engines:
            if service not in self.databases:
                name = f"KINWARD_{service.upper()}_DATABASE_URL"
                raise ConfigurationError(f"{name} is not set", field=name, remedy="set it, or serve with --embedded")
            self._engines[service] = db.make_engine(self.databases[service], self.pool_size)
        return self._engines[service]

    def unit_of_work(self, service: str, context: Context) -> SqlUnitOfWork:
        """A unit of work over the service's database; the caller commits and closes it."""
        kind = self.kind(service)
        session = db.new_session(self.engine(service))
        session.info[deny_list.INFO] = self.erased
        return kind.parts.unit_of_work(session, context, kind.parts.catalogue, self.pack, self.keys)

    def applier(self, service: str) -> Applier:
        """How the events that `service` consumes are applied."""
        parts = self.kind(service).parts
        if parts.projection is not None:
            return ProjectionApplier(self.engine(service), *parts.projection)
        return HandlerApplier(service, lambda: self.unit_of_work(service, stream_context()), parts.handlers)

    @contextmanager
    def transaction(self, service: str, actor: str) -> Iterator[SqlUnitOfWork]:
        """One transaction for a command of the command line: commits on a clean exit."""
        uow = self.unit_of_work(service, Context(actor=actor, at=clock.now(), system=True))
        try:
            yield uow
            uow.commit()
        finally:
            uow.close()

    @contextmanager
    def reading(self, service: str) -> Iterator[Session]:
        """A session for views; what it changed would be thrown away."""
        with db.new_session(self.engine(service)) as session:
            protection.attach(session, self.keys)
            if self.kind(service).parts.unit_of_work.row_security:
                row_security.guard(session, Caller("command", clock.now(), system=True))
            yield session

    def migrate(self, services: Sequence[str] | None = None, *, contract: bool = False) -> dict[str, list[str]]:
        """Take the steps that the databases (None: every one) lack; returns what was applied, by service.

        With `contract` also those that take away. Raises what shared.steps.migrate does.
        """
        names = self.pack.services if services is None else services
        return {name: db.migrate(self.engine(name), self.kind(name).migrations, contract=contract) for name in names}

    def require_migrated(self, services: tuple[str, ...]) -> None:
        """Refuse to start over a half migration. Raises ConfigurationError with the remedy."""
        for name in services:
            found = db.standing(self.engine(name), self.kind(name).migrations)
            found.require(name, f"run: kinward migrate --deployment {self.id}")

    def forked(self) -> None:
        """Forget the connections that a process was forked with: they are its parent's."""
        for engine in self._engines.values():
            engine.dispose(close=False)
        self._engines.clear()

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()


def stream_context() -> Context:
    """In whose name events are handled: the stream's, now."""
    return Context(actor="stream", at=clock.now(), system=True)
