"""`kinward serve`: the services of a deployment in this process, until it is told to stop."""

import importlib
import logging
import signal
import socket
from enum import StrEnum
from typing import Annotated, Any

import typer

from services.cli import composition, console, waiting
from services.cli.options import DeploymentOption, WaitOption
from shared import logs, telemetry
from shared.config import SERVICES
from shared.embedded import EmbeddedPostgres
from shared.errors import ConfigurationError, Invalid, Unavailable
from shared.runtime.deployment import Deployment
from shared.steps import presence
from shared.telemetry import otlp

LOG = logging.getLogger("kinward.process")
TEND_SECONDS = 1.0
CLASSES = {service: f"{service.title().replace('_', '')}Service" for service in SERVICES}


class Part(StrEnum):
    """Which half of a service a process runs."""

    WEB = "web"
    WORKER = "worker"


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("serve")(serve)


@console.guarded
def serve(
    service: Annotated[str, typer.Argument(help="registry, placements, social_work, reporting, or all.")],
    deployment: DeploymentOption = None,
    embedded: Annotated[bool, typer.Option("--embedded", help="Bundled PostgreSQL, broker in the process.")] = False,
    only: Annotated[Part | None, typer.Option(help="Only the API (web), or only events and timers (worker).")] = None,
    when_initialised: WaitOption = False,
) -> None:
    """Serve one service or all of a deployment. SIGTERM: not ready, drain, close, exit."""
    logs.configure()
    if when_initialised:
        waiting.wait_until_initialised(deployment)
    if embedded and service != "all":
        raise Invalid("--embedded serves all in one process", field="--embedded", rule="embedded-serves-all")
    with composition.opened(deployment, serving=True, embedded=embedded) as opened:
        composition.loopback_only(opened.settings)
        names = list(opened.pack.services) if service == "all" else [opened.kind(service).name]
        if opened.settings.embedded and (only or service != "all"):
            raise ConfigurationError("an embedded deployment is one process", remedy="kinward serve all")
        part = only.value if only else ""
        with presence.noted({name: opened.engine(name) for name in names}, part):
            _run(opened, names, only)


def _run(opened: Deployment, names: list[str], only: Part | None) -> None:
    import eventlet
    from nameko.runners import ServiceRunner

    from shared.runtime.process import Process, preflight

    preflight(opened, names)
    otlp.switch_on(opened.settings.telemetry_url, names[0] if len(names) == 1 else "all", opened.id)
    process = Process(opened, names, api=only is not Part.WORKER, events=only is not Part.WEB)
    runner = ServiceRunner({"kinward": process})
    for name in names:
        runner.add_service(_face(name, only))

    told, teller = _signals_by_socket()
    runner.start()
    eventlet.spawn(_stop_when_told, told, process, runner)
    LOG.info("serving", extra={"deployment": opened.id, "services": names, "port": opened.settings.address[1]})
    tending = eventlet.spawn(_tend, opened.bundled) if opened.bundled else None
    watching = None if only is Part.WEB else eventlet.spawn(_watch, opened.id)
    with teller:
        runner.wait()
    if watching is not None:
        watching.kill()
    if tending is not None:
        tending.kill()
    telemetry.uninstall()


def _signals_by_socket() -> tuple[Any, socket.socket]:
    """Two ends of a line; at the first a byte arrives for every SIGTERM and SIGINT. Both must be kept.

    A handler alone would not do: eventlet's hub sleeps until a socket or a timer wakes it, whatever a handler spawned.
    """
    from eventlet.greenio import GreenSocket

    told, teller = socket.socketpair()
    teller.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
    return GreenSocket(told), teller  # as it comes, a pair blocks the process


def _stop_when_told(told: Any, process: Any, runner: Any) -> None:
    """Wait for the word, then drain and end."""
    told.recv(1)
    LOG.info("draining")
    process.drain()
    runner.stop()


def _watch(deployment: str) -> None:
    """Tell the metrics what ends or fills up by itself, every quarter of an hour."""
    import eventlet

    from services.cli.doctor import watching

    while True:
        watching.watch(deployment)
        eventlet.sleep(watching.EVERY_SECONDS)


def _tend(bundled: EmbeddedPostgres) -> None:
    """Start the bundled PostgreSQL again whenever it died, since nobody else will; relays and streams then go on."""
    import eventlet

    while True:
        eventlet.sleep(TEND_SECONDS)
        try:
            if bundled.revive():
                LOG.error("bundled PostgreSQL had died and was started again")
        except Unavailable as error:
            LOG.error("bundled PostgreSQL died and does not start", extra={"fault": error.code})


def _face(name: str, only: Part | None) -> type:
    """The service's nameko class; without event log, streams and clocks where only the API is wanted."""
    found: type = getattr(importlib.import_module(f"services.{name}.service"), CLASSES[name])
    if only is not Part.WEB:
        return found
    return type(found.__name__, (found,), {part: None for part in ("log", "inbox", "clocks") if hasattr(found, part)})
