"""`kinward stream status`: how far each service has come with the events of the others."""

import time
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from sqlalchemy import select

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from shared import event_log
from shared.envelope import source_urn
from shared.errors import Unavailable
from shared.runtime.deployment import Deployment
from shared.technical_tables import watermark

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Position:
    """Where one consumer stands with one source: the head of the source's log, and what is applied of it."""

    consumer: str
    source: str
    head: int
    applied: int

    @property
    def lag(self) -> int:
        """Events written and not yet applied."""
        return self.head - self.applied


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Events between the services of a deployment.", no_args_is_help=True)
    group.callback()(_keep_group)
    group.command("status")(status)
    app.add_typer(group, name="stream")


def _keep_group() -> None:
    """Events between the services of a deployment."""


@console.guarded
def status(
    deployment: DeploymentOption = None,
    wait: Annotated[int, typer.Option(min=0, help="Wait up to so many seconds until nothing lags.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Show for each consumer and source: head of the log, events applied, lag. Exit 75 if it lags after --wait."""
    with composition.opened(deployment) as opened:
        found = _awaited(opened, wait) if wait else positions(opened)
    if as_json:
        console.answer_json([asdict(each) | {"lag": each.lag} for each in found])
    else:
        for each in found:
            line = f"{each.consumer:12} from {each.source:12} head {each.head:>9,}  applied {each.applied:>9,}"
            console.out.print(f"{line}  lag {each.lag:,}")
    if wait and any(each.lag for each in found):
        raise Unavailable("Some events are not applied yet.", remedy="Is the deployment being served? See its log.")


def positions(opened: Deployment) -> list[Position]:
    """Where every consumer of the deployment stands."""
    heads: dict[str, event_log.Head] = {}
    for service in opened.pack.services:
        with opened.engine(service).connect() as connection:
            heads[service] = event_log.head(connection)
    return [
        Position(consumer, source, heads[source].sequence, _applied(opened, consumer, source, heads[source]))
        for consumer in opened.pack.services
        for source in opened.consumes(consumer)
    ]


def _applied(opened: Deployment, consumer: str, source: str, head: event_log.Head) -> int:
    place = watermark.c.consumer == consumer, watermark.c.source == source_urn(opened.id, source)
    query = select(watermark.c.epoch, watermark.c.sequence).where(*place)
    with opened.engine(consumer).connect() as connection:
        row = connection.execute(query).one_or_none()
    return int(row.sequence) if row is not None and row.epoch == head.epoch else 0


def _awaited(opened: Deployment, seconds: int) -> list[Position]:
    deadline = time.monotonic() + seconds
    found = positions(opened)
    with console.progress(f"Events into the figures of {opened.id}", sum(each.head for each in found)) as show:
        while any(each.lag for each in found) and time.monotonic() < deadline:
            show(sum(each.applied for each in found))
            time.sleep(POLL_SECONDS)
            found = positions(opened)
        show(sum(each.applied for each in found))
    return found
