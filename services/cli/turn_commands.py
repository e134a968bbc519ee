"""`kinward placements turn`: what time brings, looked at now. Not here: the looking (handlers/turn.py)."""

import time
from typing import Annotated, Any

import typer
from sqlalchemy.exc import OperationalError

from services.cli import composition, console, operating
from services.cli.options import DeploymentOption, JsonOption
from services.placements.handlers import turn as handlers
from services.placements.views import turn as views
from shared import clock, failpoints
from shared.backoff import Backoff
from shared.runtime.deployment import Deployment

TRIES = 6
"""A load that met another's work is tried so often, with pauses up to some seconds between."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Placements of children, all at once.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("turn")(turn)
    app.add_typer(group, name="placements")


@console.guarded
def turn(
    deployment: DeploymentOption = None,
    status: Annotated[bool, typer.Option("--status", help="Say how far it is, and look at nobody.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at every child whose day has come: birthdays, ends of decisions and approvals, limits, a changed law.

    A serving deployment does it by itself, some thousands in a few minutes; this does all there is, beside it or
    without it. Interrupted, it goes on where it was.
    """
    with composition.opened(deployment) as opened:
        looked = 0 if status else _taken(opened)
        with opened.reading("placements") as session:
            found = views.status(session, opened.today())
    if as_json:
        console.answer_json(found if status else {"looked_at": looked, **found})
        return
    if not status:
        console.out.print(f"{looked:,} children looked at.")
    since = f", the first since {found['due_since']:%Y-%m-%d}" if found["due_since"] else ""
    console.out.print(f"{found['due']:,} are due{since}; {found['within_thirty_days']:,} within thirty days.")
    law = found["law_seen_on"]
    console.out.print(f"The law was seen last on {law:%Y-%m-%d}." if law else "No turn was taken yet.")
    if found["law_spreads_since"]:
        console.out.print(f"A change of it from {found['law_spreads_since']:%Y-%m-%d} is on its way to all placements.")


def _taken(opened: Deployment) -> int:
    """Load after load until nobody is due; how many children were looked at."""
    looked = 0
    with console.progress(f"The day's turn of {opened.id}", None) as show:
        while found := _load(opened):
            looked += found.looked
            failpoints.hit("chunk.committed")
            show(looked)
    return looked


def _load(opened: Deployment) -> handlers.Load:
    pause = Backoff(0.2, 5)
    for _ in range(TRIES):
        try:
            return _once(opened)
        except OperationalError:
            time.sleep(pause.wait())
    return _once(opened)


def _once(opened: Deployment) -> handlers.Load:
    at = clock.now()
    with opened.transaction("placements", operating.operator()) as began:
        uow: Any = began
        return handlers.take_load(uow, clock.day_in(opened.pack.zone, at))
