"""`kinward orphans`: events applied here that their source has lost, as after a restore from an older backup.

Both databases are compared, so both must answer. Not here: the comparison and its resolution (shared.stream.steering).
"""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, select

from services.cli import composition, console, operating
from services.cli.operating import Consumer, Source
from services.cli.options import DeploymentOption, JsonOption
from shared.envelope import source_urn
from shared.errors import Refused
from shared.runtime.deployment import Deployment
from shared.stream import steering
from shared.technical_tables import orphan_event


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Events that their source has lost.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("resolve")(resolve)
    app.add_typer(group, name="orphans")


@console.guarded
def list_(
    deployment: DeploymentOption = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Those that were resolved before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List, for each consumer and source, the events that were applied and that the source no longer has.

    Where the record of what was applied does not reach back far enough, that is said instead.
    """
    with composition.opened(deployment) as opened:
        found = _kept(opened) if resolved else _compared(opened)
    if as_json:
        console.answer_json(found)
        return
    for each in found:
        console.out.print(_line(each), soft_wrap=True)
    if not found:
        console.out.print("No orphans.")


@console.guarded
def resolve(consumer: Consumer, source: Source, deployment: DeploymentOption = None) -> None:
    """Keep the list of a forked source's orphans for good, and let the consumer go on from the last common event.

    What the orphans did in the consumer's database stays: list them first, and have it put right by hand where it is
    wrong. Reporting is never resolved, it is rebuilt.
    """
    with composition.opened(deployment) as opened:
        if opened.kind(operating.service_of(consumer)).parts.projection is not None:
            raise Refused(
                f"{consumer} is not resolved but rebuilt.", rule="projection", remedy=f"kinward rebuild {consumer}"
            )
        with (
            operating.steering(opened, consumer) as connection,
            opened.engine(source).connect() as source_connection,
        ):
            found = steering.resolve_orphans(
                connection, source_connection, consumer, source_urn(opened.id, source), by=operating.operator()
            )
            detail = {"source": source, "orphans": len(found)}
            operating.note(connection, "ResolveOrphans", consumer, detail)
    console.out.print(f"{consumer} goes on with {source}; {len(found)} orphans are kept.")


def _compared(opened: Deployment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for consumer in opened.pack.services:
        for source in opened.consumes(consumer):
            with (
                operating.transaction(opened, consumer) as connection,
                opened.engine(source).connect() as source_connection,
            ):
                if operating.consumes(connection, consumer):
                    found += _orphans(connection, source_connection, consumer, source_urn(opened.id, source))
    return found


def _orphans(connection: Connection, source_connection: Connection, consumer: str, source: str) -> list[dict[str, Any]]:
    named = {"consumer": consumer, "source": operating.short(source)}
    try:
        orphans = steering.orphans(connection, source_connection, consumer, source)
    except steering.RecordTooShort as error:
        return [named | {"unknown": error.title, "remedy": error.remedy}]
    return [asdict(each) | named for each in orphans]


def _kept(opened: Deployment) -> list[dict[str, Any]]:
    found = []
    for consumer in opened.pack.services:
        with operating.transaction(opened, consumer) as connection:
            order = orphan_event.c.resolved_at, orphan_event.c.source, orphan_event.c.sequence
            rows = connection.execute(select(orphan_event).order_by(*order)).mappings()
            found += [dict(row) | {"source": operating.short(row["source"])} for row in rows]
    return found


def _line(orphan: dict[str, Any]) -> str:
    where = f"{orphan['consumer']:12} {orphan['source']}"
    if "unknown" in orphan:
        return f"{where}  {orphan['unknown']}. {orphan['remedy']}"
    end = f"applied {orphan['applied_at']:%Y-%m-%d %H:%M:%S}"
    if "resolved_by" in orphan:
        end += f"  resolved {orphan['resolved_at']:%Y-%m-%d %H:%M:%S} by {orphan['resolved_by']}"
    return f"{where} {orphan['sequence']}  {orphan['type']}  subject {orphan['subject']}  {end}"
