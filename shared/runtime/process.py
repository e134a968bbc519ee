"""One operating-system process of a deployment: what its services share, how it starts, drains and ends.

Not here: nameko's faces of web, log and stream (http.provider, event_log.provider, stream.provider).
"""

import json
import logging
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from werkzeug.wsgi import ClosingIterator

from shared import clock, config, http
from shared.auth import Policy, Verifier
from shared.auth.tokens import local_issuer
from shared.broker import Broker
from shared.dumping import unfinished
from shared.errors import ConfigurationError
from shared.health import Health, database_answers, migrations_applied
from shared.runtime.deployment import Deployment, stream_context
from shared.unit_of_work import Context, SqlUnitOfWork

LOG = logging.getLogger("kinward.process")
DRAIN_SECONDS = 20.0
FREE_BYTES = 200 * 1024 * 1024
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


class Listener(Protocol):
    """The face that listens for the process."""

    def last_answers(self) -> None:
        """Each answer from now on is the last on its connection, and says so."""

    def refuse(self) -> None:
        """Take no more connections; those that are open are finished."""


class Process:
    """What nameko's configuration carries under "kinward": everything the faces of this process ask for."""

    def __init__(self, made: Deployment, services: Sequence[str], *, api: bool, events: bool = True) -> None:
        """`api`: answer requests; `events`: relay and consume, which takes a broker. Raises ConfigurationError."""
        self.made = made
        self.deployment = made.id
        self.services = tuple(services)
        self.api = api
        self.health = Health()
        self.root = http.RootApp(self.health, f"Kinward {made.pack.name}")
        self.in_flight = 0
        self._listener: Listener | None = None
        self._broker = broker_of(made) if events else None
        self._verifier = _verifier(made.settings) if api else None
        self._policy = Policy.from_roles(made.pack.roles)
        for service in services:
            engine = made.engine(service)
            self.health.add(f"{service} database", database_answers(engine))
            self.health.add(f"{service} migrations", migrations_applied(engine, made.kind(service).migrations))

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return self.made.settings.address

    def engine(self, service: str) -> Engine:
        """The engine of the service's database."""
        return self.made.engine(service)

    def broker(self, service: str) -> Broker:
        """Where the service's broker connections come from; only of a process that was made for events."""
        assert self._broker is not None, "an API alone has no broker"
        return self._broker

    def consumes(self, service: str) -> list[str]:
        """The services whose events it listens to."""
        return list(self.made.consumes(service))

    @property
    def zone(self) -> ZoneInfo:
        """The pack's time zone: the day it is there decides what is due."""
        return self.made.pack.zone

    def unit_of_work(self, service: str, context: Context) -> SqlUnitOfWork:
        """A unit of work for what falls due."""
        return self.made.unit_of_work(service, context)

    def make_uow(self, service: str) -> SqlUnitOfWork:
        """A unit of work for events."""
        return self.made.unit_of_work(service, stream_context())

    def mount(self, service: str, blueprints: Sequence[http.Blueprint]) -> None:
        """Answer /<service> from now on, where this process serves APIs."""
        if self.api and self._verifier is not None:
            api = http.ServiceHttp(
                name=service,
                blueprints=blueprints,
                make_uow=lambda context: self.made.unit_of_work(service, context),
                verifier=self._verifier,
                policy=self._policy,
                areas=self.made.pack.areas,
                codes=self.made.pack,
                zone=self.made.pack.zone,
                settings=self.made.settings,
            )
            self.root.mount(service, http.create_app(api))

    def claim_port(self, listener: Listener) -> bool:
        """True for the first face that asks: it listens for all of the process."""
        first = self._listener is None
        self._listener = self._listener or listener
        return first

    def application(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI application of the process; counts what is under way, so that draining can wait for it.

        A request is under way until the last byte of its answer was sent, which may be made while it is sent.
        """
        self.in_flight += 1
        try:
            answer = self.root(environ, start_response)  # type: ignore[arg-type]
        except BaseException:
            self._answered()
            raise
        return ClosingIterator(answer, self._answered)

    def _answered(self) -> None:
        self.in_flight -= 1

    def drain(self) -> None:
        """Say not ready, answer on while balancers notice, then take nothing more and finish what is under way.

        That is waited for 20 s at most. A connection that is kept open ends with its next answer, and who comes after
        the lingering is refused: a balancer sends both elsewhere, which it may not do with what was cut off.
        """
        self.health.drain()
        if self._listener is not None:
            self._listener.last_answers()
        if self.api:
            time.sleep(self.made.settings.linger)
        if self._listener is not None:
            self._listener.refuse()
        deadline = time.monotonic() + DRAIN_SECONDS
        while True:
            time.sleep(0.05)  # first of all: who was let in before has its turn to be counted
            if not self.in_flight or time.monotonic() > deadline:
                return


def preflight(made: Deployment, services: Sequence[str]) -> None:
    """Refuse to start over a half migration, a full disk, a wrong clock, without keys. Raises ConfigurationError."""
    if clock.now() < EARLIEST:
        raise ConfigurationError(
            f"the clock says {clock.now():%Y-%m-%d}", field="clock", remedy="set the machine's clock; dates decide here"
        )
    folder = made.settings.folder if made.settings.folder.exists() else made.settings.home
    if folder.exists() and shutil.disk_usage(folder).free < FREE_BYTES:
        raise ConfigurationError("less than 200 MB are free", field=str(folder), remedy="make room on the disk")
    unfinished.require_none(made.settings.folder)
    made.require_migrated(tuple(services))
    made.keys.keys()


def broker_of(made: Deployment) -> Broker:
    """Where the deployment's broker connections come from. Raises ConfigurationError."""
    if made.settings.amqp_uri:
        from shared.broker.rabbitmq import RabbitMQBroker

        return RabbitMQBroker(made.settings.amqp_uri)
    if not made.settings.embedded:
        raise ConfigurationError(
            "KINWARD_AMQP_URI is not set", field="KINWARD_AMQP_URI", remedy="set it, or serve all with --embedded"
        )
    from shared.broker.in_process import InProcessBroker

    return InProcessBroker()


def _verifier(settings: config.Settings) -> Verifier:
    try:
        jwks = json.loads(settings.jwks.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigurationError(
            f"no public keys for access tokens in {settings.jwks}",
            field="KINWARD_JWKS",
            remedy=f"make a key for development: kinward token --deployment {settings.deployment} --role analyst",
        ) from None
    return Verifier(jwks, local_issuer(settings.deployment), settings.deployment)
