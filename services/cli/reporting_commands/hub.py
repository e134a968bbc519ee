"""`kinward hub`: the figures of all reporters side by side, and UNICEF's table."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from services.cli.reporting_commands.acting import SERVICE
from services.reporting import hub_views
from services.reporting.exchange import sdmx_csv
from services.reporting.pages import hub
from shared import clock


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="What a hub has received.", no_args_is_help=True)
    group.command("figures")(figures)
    group.command("export")(export)
    app.add_typer(group, name="hub")


@console.guarded
def figures(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Print the countries side by side, each as it was signed."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        found = hub_views.side_by_side(session, opened.pack)
        reporters = hub_views.completeness(session, opened.pack, clock.day_in(opened.pack.zone, clock.now()))
        shown = hub.page(opened.pack, found, reporters, {"sex": "_T", "age": ""})
    if as_json:
        console.answer_json({"figures": asdict(found), "reporters": [asdict(one) for one in reporters]})
        return
    for group in shown["groups"]:
        _print_group(group)
    for mark, meaning in shown["statuses"]:
        console.out.print(f"{mark}  {meaning}", style="dim")
    for number, text in enumerate(shown["notes"], start=1):
        console.out.print(f"{number}  {text}", style="dim", soft_wrap=True)
    for one in reporters:
        periods = ", ".join(f"{each.period} revision {each.revision}" for each in one.periods)
        console.out.print(f"{one.name}: {hub.STATES[one.state].lower()}{': ' if periods else ''}{periods}")


def _print_group(group: hub.Group) -> None:
    printed = Table(title=group.caption, title_justify="left", title_style="bold", box=None, pad_edge=False)
    printed.add_column("Indicator", ratio=2)
    for head in group.heads:
        note = f" \\[{head.note}]" if head.note else ""
        printed.add_column(f"{head.name}\n{head.day or head.period or 'not reported'}{note}", justify="right")
    for row in group.rows:
        printed.add_row(f"  {row.name}" if row.part else row.name, *(_shown(value) for value in row.values))
    console.out.print(printed)
    console.out.print()


def _shown(value: hub.Value) -> str:
    if value.unknown:
        return "·"
    return f"{value.value} {value.status}" + (f" \\[{value.note}]" if value.note else "")


@console.guarded
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the table.")],
    deployment: DeploymentOption = None,
) -> None:
    """Write UNICEF's table: SDMX-CSV 1.0, whole countries, UNICEF's dimensions and codes, none of our own."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        cells = [cell for _, cell in hub_views.effective_cells(session)]
    raw = sdmx_csv.write(cells)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)
    console.out.print(f"{len(sdmx_csv.rows(cells)):,} figures in {file}", soft_wrap=True)
