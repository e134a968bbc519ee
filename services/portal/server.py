"""The portal's process: waitress serves the application until it is told to stop. Not here: what the pages are."""

import json
import logging
import signal
from collections.abc import Mapping
from datetime import timedelta
from types import FrameType
from typing import Any

import waitress
from waitress.task import ThreadedTaskDispatcher

from services.portal import counting, languages, vendoring
from services.portal.app import create_app
from services.portal.clients.api import new_client
from services.portal.house import House
from services.portal.issuer.desk import Desk
from shared import clock, telemetry
from shared.auth import Policy, Principal, Verifier, tokens
from shared.config import Settings
from shared.countries import Pack
from shared.errors import ConfigurationError, Unauthenticated
from shared.telemetry import otlp

LOG = logging.getLogger("kinward.portal")
THREADS = 16
CONNECTIONS = 4_000
"""Whoever keeps a connection open between two pages has one of them; waitress itself would take a hundred."""
TOKEN = timedelta(minutes=10)
DRAIN_SECONDS = 20.0


class OwnTokens:
    """Tokens signed by the deployment's own key."""

    def __init__(self, settings: Settings) -> None:
        self._key = tokens.load_key(settings.token_key_file)

    def token(self, principal: Principal) -> str:
        """A short token for `principal`."""
        return tokens.issue(principal, self._key, TOKEN, now=clock.now())


def furnish(settings: Settings, pack: Pack, desk: Desk) -> House:
    """What the process holds; `desk` is the issuer's. Raises ConfigurationError."""
    if not vendoring.VENDOR.is_dir():
        raise ConfigurationError("the pages' assets are not there", remedy="make setup, or kinward portal assets")
    languages.require_known(settings.portal.languages)
    issuing = OwnTokens(settings)
    _accepted(settings, issuing)
    return House(settings, pack, Policy.from_roles(pack.roles), new_client(), issuing, desk)


def _accepted(settings: Settings, issuing: OwnTokens) -> None:
    """Raise ConfigurationError where the services would not take the tokens that are made here."""
    keys = json.loads(settings.jwks.read_text(encoding="utf-8"))
    verifier = Verifier(keys, tokens.local_issuer(settings.deployment), settings.deployment)
    nobody = Principal("portal", frozenset(), frozenset(), None, None, settings.deployment)
    try:
        verifier.verify(issuing.token(nobody))
    except Unauthenticated:
        raise ConfigurationError(
            "the services do not accept the portal's tokens",
            field="KINWARD_TOKEN_KEY_FILE",
            remedy="its public half belongs into KINWARD_JWKS",
        ) from None


def _proxied(settings: Settings) -> dict[str, Any]:
    """Whose word is taken on the address that a request came from."""
    if settings.portal.proxy is None:
        return {"clear_untrusted_proxy_headers": True}
    named = {"trusted_proxy": settings.portal.proxy, "trusted_proxy_count": 1}
    return {**named, "trusted_proxy_headers": {"x-forwarded-for"}, "clear_untrusted_proxy_headers": True}


class Finishing(ThreadedTaskDispatcher):
    """Requests that were begun when the process is told to end have as long as those of the services."""

    last = False
    """Whether each answer is the last on its connection from now on, and says so."""

    def add_task(self, task: Any) -> None:
        """Take a connection's requests, as if the browser had asked for the end of it where it is to end."""
        if self.last:
            for request in task.requests:
                request.headers["CONNECTION"] = "close"
        super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = DRAIN_SECONDS) -> bool:
        """Wait for them."""
        return bool(super().shutdown(cancel_pending, timeout))


def serve(settings: Settings, pack: Pack, desk: Desk) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigurationError."""
    house = furnish(settings, pack, desk)
    otlp.switch_on(settings.telemetry_url, "portal", settings.deployment)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # each question stands in the access log of its service
    try:
        with counting.told(settings):
            run(create_app(house), house, _proxied(settings))
    finally:
        house.client.close()
        telemetry.uninstall()


def run(application: Any, house: House, adjustments: Mapping[str, Any]) -> None:
    """Answer until told to end: not ready, answer on while balancers notice, finish what was begun, 20 s at most."""
    host, port = house.settings.portal.address
    threads = Finishing()
    threads.set_thread_count(THREADS)
    server = waitress.create_server(
        application, host=host, port=port, threads=THREADS, ident=None, _dispatcher=threads,
        connection_limit=CONNECTIONS, asyncore_use_poll=True, **adjustments,
    )  # fmt: skip

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    def drain(number: int, frame: FrameType | None) -> None:
        house.draining = threads.last = True
        LOG.info("draining")
        if house.settings.linger:
            signal.alarm(house.settings.linger)
        else:
            stop(number, frame)

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, drain)
    LOG.info("serving", extra={"deployment": house.settings.deployment, "services": ["portal"], "port": port})
    try:
        server.run()  # takes the word to end, and waits for what was begun
    finally:
        server.close()
