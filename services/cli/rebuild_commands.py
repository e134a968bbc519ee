"""`kinward rebuild`: have read tables built anew from the sources' logs, beside the live ones, and see how far it is.

The building itself is done by the processes that serve reporting. Not here: what a rebuild is (services.reporting).
"""

import time
from typing import Annotated, Any

import typer
from sqlalchemy import select

from services.cli import composition, console
from services.cli.operating import operator
from services.cli.options import DeploymentOption, JsonOption
from services.cli.reporting_commands.acting import SERVICE, acts
from services.reporting import commands, handlers
from services.reporting.domain import Rebuild, RebuildReason, RebuildState
from services.reporting.store.tables import rebuild
from shared import event_log
from shared.errors import Refused, Unavailable
from shared.event_log import epochs
from shared.ids import new_id
from shared.runtime.deployment import Deployment

POLL_SECONDS = 0.5
SHOWN = 10
FIELDS = (
    "id", "reason", "state", "requested_at", "requested_by", "started_at", "done_at", "schema_name", "events", "error",
)  # fmt: skip


class RebuildFailed(Refused):
    """It came to no good end; the live read tables stay as they are."""

    code = "rebuild-failed"
    title = "The rebuild has failed"


class NothingToRebuild(Refused):
    """A hub listens to no service: all that it keeps are records."""

    code = "nothing-to-rebuild"
    title = "There is nothing to build anew"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Build read tables anew from the sources' logs.", no_args_is_help=True)
    group.command("reporting")(reporting)
    group.command("status")(status)
    app.add_typer(group, name="rebuild")


@console.guarded
def reporting(
    deployment: DeploymentOption = None,
    wait: Annotated[
        int, typer.Option(min=0, help="Wait up to so many seconds until it is done; 0 only asks for it.")
    ] = 600,
    reason: Annotated[RebuildReason, typer.Option(help="Why; it is noted.")] = RebuildReason.OPERATOR,
    as_json: JsonOption = False,
) -> None:
    """Build reporting's read tables anew, beside the live ones, from the whole logs of the services it listens to.

    The figures stay readable throughout and change in one moment, when the new tables have all that the old ones have.
    Closed periods, bundles, receipts and what others have sent are records and stay. The processes that serve
    reporting do the work, and go on with it after a restart. Exit 75 if it is not done after --wait: it goes on.
    """
    with composition.opened(deployment) as opened:
        asked = _ask(opened, reason)
        found = _awaited(opened, asked, wait) if wait else asked
    if as_json:
        console.answer_json(_document(found))
    if found.state is RebuildState.FAILED:
        raise RebuildFailed(f"It ended with: {found.error}.", rule=found.error, remedy="kinward stream status")
    if wait and found.state is not RebuildState.DONE:
        words = "Nobody has begun it yet." if found.state is RebuildState.REQUESTED else "It is under way."
        raise Unavailable(words, remedy="Is reporting being served? kinward rebuild status shows how far it is.")
    if not as_json:
        console.out.print(_told(found), soft_wrap=True)


@console.guarded
def status(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Show the latest rebuilds, the newest first."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        query = select(Rebuild).order_by(rebuild.c.requested_at.desc()).limit(SHOWN)
        found = session.scalars(query).all()
        running = any(each.state is RebuildState.RUNNING for each in found)
        known = _known(opened) if running else 0
    if as_json:
        console.answer_json([_document(each) for each in found])
        return
    if not found:
        console.out.print("Nothing was ever built anew.")
    for each in found:
        console.out.print(_told(each), soft_wrap=True)
        if each.state is RebuildState.RUNNING:
            console.out.print(f"  of {known:,} events in the sources' logs")


def _ask(opened: Deployment, reason: RebuildReason) -> Rebuild:
    """The rebuild that was asked for now, or is under way already."""
    if not opened.consumes(SERVICE):
        raise NothingToRebuild(f"{opened.id} listens to no service.", remedy="Ask in the deployment that sends.")
    opened.require_migrated((SERVICE,))
    with opened.transaction(SERVICE, operator()) as uow:
        command = commands.RequestRebuild(id=new_id(), reason=reason, **acts(opened) | {"actor": operator()})
        asked: Rebuild = uow.execute(handlers.request_rebuild, command)
    if asked.id != command.id:
        console.err.print(f"One is under way already, asked for by {asked.requested_by} ({asked.reason}).")
    return asked


def _awaited(opened: Deployment, asked: Rebuild, seconds: int) -> Rebuild:
    deadline = time.monotonic() + seconds
    found = asked
    with console.progress(f"Events into the new figures of {opened.id}", _known(opened)) as show:
        while not found.ended and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            with opened.reading(SERVICE) as session:
                found = session.get_one(Rebuild, asked.id)
            show(found.events)
    return found


def _known(opened: Deployment) -> int:
    """How many events the sources' logs hold, through all their epochs."""
    total = 0
    for source in opened.consumes(SERVICE):
        with opened.engine(source).connect() as connection:
            chain = epochs.chain(connection)
            total += sum(last for _, last in epochs.ends(chain, event_log.head(connection).sequence))
    return total


def _document(found: Rebuild) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FIELDS}


def _told(found: Rebuild) -> str:
    """One line about a rebuild."""
    asked = f"{found.requested_at:%Y-%m-%d %H:%M} {found.reason}, asked for by {found.requested_by}"
    match found.state:
        case RebuildState.REQUESTED:
            return f"{asked}: nobody has begun it yet"
        case RebuildState.RUNNING:
            return f"{asked}: under way since {found.started_at:%H:%M:%S}, {found.events:,} events so far"
        case RebuildState.FAILED:
            return f"{asked}: failed with {found.error}; the read tables are the old ones"
    seconds = (found.done_at - found.started_at).total_seconds() if found.done_at and found.started_at else 0
    return f"{asked}: done, {found.events:,} events in {seconds:.1f} s"
