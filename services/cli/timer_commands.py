"""`kinward timers`: what falls due as time passes, looked at and run at once. Not here: what any of it does."""

from datetime import timedelta
from typing import Annotated

import typer

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from shared.config import SERVICES
from shared.errors import Invalid
from shared.runtime.deployment import Deployment
from shared.timers import Timers


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="What falls due as time passes.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("run")(run)
    app.add_typer(group, name="timers")


@console.guarded
def list_(as_json: JsonOption = False) -> None:
    """Name the timed handlers of every service."""
    found = {service: sorted(composition.timed_of(service)) for service in SERVICES}
    if as_json:
        console.answer_json(found)
        return
    for service, names in found.items():
        for name in names:
            console.out.print(f"{service:12} {name}")


@console.guarded
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Which (default: all).")] = None,
    deployment: DeploymentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run timed handlers now, beside a serving deployment or without one. The first that fails ends the run."""
    known = {name for service in SERVICES for name in composition.timed_of(service)}
    for name in names or ():
        if name not in known:
            raise Invalid(f"There is no timer called {name}.", field="names", remedy="kinward timers list")
    with composition.opened(deployment) as opened:
        done = {
            f"{service} {name}": timers.attempt(name)
            for service, timers, timed in _timers(opened)
            for name in timed
            if not names or name in names
        }
    if as_json:
        console.answer_json(done)
    else:
        for name, count in done.items():
            console.out.print(f"{name}: {count:,}")


def _timers(opened: Deployment) -> list[tuple[str, Timers, list[str]]]:
    found = []
    for service in opened.pack.services:
        timed = composition.timed_of(service)
        if timed:
            made = Timers(
                service,
                opened.engine(service),
                lambda context, service=service: opened.unit_of_work(service, context),  # type: ignore[misc]
                timed,
                zone=opened.pack.zone,
                every=timedelta(minutes=5),
            )
            found.append((service, made, list(timed)))
    return found
