"""The deployment as the doctor sees it: what can be had of settings, pack and databases, also where half is missing.

Whatever cannot be had raises Unanswered with the reason, once for all that ask. Transactions are read-only, connections
short. Not here: any check.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from services.cli.doctor.finding import Unanswered
from shared import clock, config, countries
from shared.config import SERVICES, Settings
from shared.countries import Pack
from shared.embedded import EmbeddedPostgres
from shared.errors import ConfigurationError, KinwardError

PORTAL = "portal"
_DATABASE = text("select count(*) from pg_database where datname = :name")
PATIENCE = 5
"""Seconds to wait for a connection."""
OPTIONS = (
    "-c timezone=UTC -c default_transaction_read_only=on -c lock_timeout=2s -c statement_timeout=20s "
    "-c idle_in_transaction_session_timeout=60s"
)


class Patient:
    """One deployment under examination; close it, for it may have started the bundled PostgreSQL."""

    def __init__(self, deployment: str | None, environment: Mapping[str, str] | None = None) -> None:
        """Read what can be read. Raises ConfigurationError where it is not said which deployment."""
        self.environment = dict(os.environ if environment is None else environment)
        self.id, home = config.place(deployment, self.environment)
        self.folder = home / self.id
        self.file = self.folder / "deployment.env"
        self.complaint: KinwardError | None = None
        self.values: dict[str, str] = {}
        self._settings: Settings | None = None
        self._read(home)
        self._pack: Pack | KinwardError | None = None
        self._engines: dict[str, Engine] = {}
        self._dead: dict[str, Unanswered] = {}
        self._server: EmbeddedPostgres | None = None
        self._stack = ExitStack()

    def _read(self, home: Path) -> None:
        """All that is readable of the settings; what is not is kept as the complaint."""
        try:
            self.values = {**config.read_env_file(self.file), **self.environment}
        except (KinwardError, OSError, UnicodeDecodeError) as error:
            self.complaint = _complaint(error, self.file)
            self.values = {**config.known_lines(self.file), **self.environment}
        try:
            self._settings = config.of(self.id, home, self.values)
        except KinwardError as error:
            self.complaint = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._stack.close()

    @property
    def now(self) -> datetime:
        """What this machine's clock says."""
        return clock.now()

    @property
    def settings(self) -> Settings:
        """The settings. Raises Unanswered where they are not readable."""
        if self._settings is None:
            raise Unanswered("the settings are not readable: see settings-readable")
        return self._settings

    @property
    def pack(self) -> Pack:
        """The country pack. Raises Unanswered."""
        if self._pack is None:
            try:
                self._pack = countries.load(self.settings.pack, self.settings.countries)
            except KinwardError as error:
                self._pack = error
        if isinstance(self._pack, KinwardError):
            raise Unanswered("the country pack cannot be loaded: see pack-sound")
        return self._pack

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this deployment runs; without a readable pack those whose database is named."""
        try:
            return tuple(each for each in SERVICES if each in self.pack.services)
        except Unanswered:
            return tuple(each for each in SERVICES if each in self.settings.databases)

    @property
    def with_databases(self) -> tuple[str, ...]:
        """The services, and the portal where it has a database."""
        has_portal = self.settings.portal.database is not None or self._has_embedded_portal
        return (*self.services, PORTAL) if has_portal else self.services

    @cached_property
    def _has_embedded_portal(self) -> bool:
        """Whether the bundled PostgreSQL has the portal's database: the portal makes it when it is first served."""
        if not self.settings.embedded:
            return False
        try:
            with self.connected(self.services[0]) as connection:
                return bool(connection.scalar(_DATABASE, {"name": PORTAL}))
        except Unanswered:
            return False

    @contextmanager
    def connected(self, service: str) -> Iterator[Connection]:
        """A read-only transaction in a service's database. Raises Unanswered where there is none to be had."""
        if service in self._dead:
            raise self._dead[service]
        try:
            connection = self._engine(service).connect()
        except (SQLAlchemyError, KinwardError, OSError) as error:
            gone = Unanswered("the database of {service} does not answer", service=service)
            gone.__cause__ = error
            self._dead[service] = gone
            raise gone from error
        with connection:
            yield connection

    def url(self, service: str) -> str:
        """Where a service's database is. Raises Unanswered, ConfigurationError."""
        if self.settings.embedded and self.named(service) is None:
            return self._embedded(service)
        found = self.named(service)
        if found is None:
            raise Unanswered("no database is named for {service}", service=service)
        return found

    def named(self, service: str) -> str | None:
        """The URL that the settings name."""
        return self.settings.portal.database if service == PORTAL else self.settings.databases.get(service)

    def _embedded(self, service: str) -> str:
        if self._server is None:
            self._server = self._stack.enter_context(EmbeddedPostgres(self.settings.folder))
        return self._server.url(service)

    def _engine(self, service: str) -> Engine:
        if service not in self._engines:
            given = {"connect_timeout": PATIENCE, "application_name": "kinward doctor", "options": OPTIONS}
            self._engines[service] = create_engine(
                self.url(service), poolclass=NullPool, hide_parameters=True, connect_args=given
            )
        return self._engines[service]


def _complaint(error: Exception, file: Path) -> KinwardError:
    if isinstance(error, KinwardError):
        return error
    return ConfigurationError(f"{file.name} cannot be read: {type(error).__name__}", field="deployment.env")
