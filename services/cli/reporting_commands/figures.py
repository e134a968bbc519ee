"""`kinward figures`: a period's figures as a table; `kinward figures-note`: what they must say."""

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from services.cli.reporting_commands.acting import SERVICE, acts, busy
from services.reporting import commands, handlers, views
from services.reporting.domain.computed import WHOLE
from services.reporting.federation.cells import Cell
from services.reporting.pages import country, wording
from services.reporting.views import Published
from shared.countries import Pack
from shared.errors import Invalid

WEIGHTS = {"blocks": "The period cannot close:", "needs-note": "Closing needs a note:"}
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="The period: a year, such as 2024.")]


class By(StrEnum):
    """What the columns of the table are."""

    SEX = "sex"
    AGE = "age"
    AREA = "area"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("figures")(figures)
    app.command("figures-note")(note)


@console.guarded
def figures(
    period: PeriodOption,
    deployment: DeploymentOption = None,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator; may be given several times.")
    ] = None,
    by: Annotated[By | None, typer.Option(help="Break down by sex, age or area.")] = None,
    headline: Annotated[bool, typer.Option("--headline", help="Leave out what is zero, and the codes.")] = False,
    now: Annotated[bool, typer.Option("--now", help="As known now, even where figures are signed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the figures of a period: the signed ones, or those known now where none are signed."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        with busy(f"Counting {opened.pack.name}, {period}"):
            found = views.figures(session, opened.pack, period, now=now)
        chosen = [cell for cell in _cells(found) if not indicator or cell.indicator in indicator]
        if indicator and not chosen:
            raise Invalid(
                f"no figures of {', '.join(indicator)} in {period}", field="indicator", rule="known-indicator"
            )
        if as_json:
            console.answer_json(_document(found, chosen))
            return
        _print_head(found, opened.pack)
        if by is None:
            _print_totals(found, opened.pack, {cell.indicator for cell in chosen}, headline)
        else:
            _print_breakdown(found, opened.pack, chosen, by)
        _print_below(found, chosen)


def _cells(found: Published) -> list[Cell]:
    return [figure.cell for figure in found.figures]


def _document(found: Published, chosen: list[Cell]) -> dict[str, Any]:
    return {
        "period": found.plan.conditions.period,
        "state": "signed" if found.return_ else "current",
        "revision": found.return_.revision if found.return_ else None,
        "reference_day": found.plan.conditions.reference_day,
        "complete": not found.because,
        "because": list(found.because),
        "coverage": dict(found.coverage),
        "figures": [asdict(cell) for cell in chosen],
    }


def _print_head(found: Published, pack: Pack) -> None:
    state = f"signed, revision {found.return_.revision}" if found.return_ else "as known now, not signed"
    days = country.days(found, _cells(found))
    period = (f"{pack.name}, {found.plan.conditions.period}", "bold")
    console.out.print(Text.assemble(period, f" ({state}). {days}"), soft_wrap=True)
    for flaw in found.flaws:
        said = f" {flaw.text} What helps: {flaw.remedy}"
        console.out.print(Text.assemble(("Incomplete:", "bold red"), said), soft_wrap=True)


def _print_totals(found: Published, pack: Pack, indicators: set[str], headline: bool) -> None:
    shown = country.page(found, pack, (), None, "_T")
    for table in shown["tables"]:
        rows = [row for row in table.rows if row.key in indicators and not (headline and row.value in {"0", "0.0 %"})]
        if rows:
            _print_table(table.caption, rows, headline)


def _print_table(caption: str, rows: list[country.Row], headline: bool) -> None:
    printed = Table(title=caption, title_justify="left", box=None, pad_edge=False, title_style="bold")
    printed.add_column("Indicator")
    if not headline:
        printed.add_column("TM", style="dim")
        printed.add_column("Code", style="dim", overflow="fold")
    printed.add_column("", justify="right")
    printed.add_column("Mark")
    for row in rows:
        name = f"  {row.name}" if row.part else row.name
        printed.add_row(name, *(() if headline else (row.tm, row.key)), row.value, row.status)
    console.out.print(printed)
    console.out.print()


def _print_breakdown(found: Published, pack: Pack, chosen: list[Cell], by: By) -> None:
    """One line an indicator (by area: one line an area), one column a value of the breakdown."""
    if by is By.AREA:
        _print_areas(found, pack, chosen)
        return
    name = {By.SEX: "sex", By.AGE: "age"}[by]
    words = {By.SEX: wording.SEXES, By.AGE: wording.AGES}[by]
    own = [cell for cell in chosen if cell.subnational_area == "_T" and _whole(found, cell, other_than=name)]
    heads = [code for code in words if any(getattr(cell, name) == code for cell in own)]
    printed = Table(box=None, pad_edge=False)
    printed.add_column("Indicator", overflow="fold")
    for head in heads:
        printed.add_column(words[head], justify="right")
    for code in dict.fromkeys(cell.indicator for cell in own):
        values = {
            getattr(cell, name): f"{wording.number(cell)} {cell.obs_status}" for cell in own if cell.indicator == code
        }
        printed.add_row(code, *(values.get(head, "") for head in heads))
    console.out.print(printed)


def _print_areas(found: Published, pack: Pack, chosen: list[Cell]) -> None:
    own = [cell for cell in chosen if _whole(found, cell, other_than="area")]
    codes = list(dict.fromkeys(cell.indicator for cell in own))
    day = found.plan.conditions.reference_day
    printed = Table(box=None, pad_edge=False)
    printed.add_column("Area")
    for code in codes:
        printed.add_column(code, justify="right", overflow="fold")
    for area in dict.fromkeys(cell.subnational_area for cell in own):
        values = {
            cell.indicator: f"{wording.number(cell)} {cell.obs_status}" for cell in own if cell.subnational_area == area
        }
        known = pack.areas.get(area, on=day)
        words = pack.name if area == "_T" else f"{area} {known.name if known else ''}"
        printed.add_row(words, *(values.get(code, "") for code in codes))
    console.out.print(printed)


def _whole(found: Published, cell: Cell, other_than: str) -> bool:
    """Whether the cell is of everybody, but for the breakdown that is asked for."""
    whole = WHOLE[found.plan.definition(cell.indicator).population]
    return (other_than == "sex" or cell.sex == "_T") and (other_than == "age" or cell.age == whole)


def _print_below(found: Published, chosen: list[Cell]) -> None:
    """Marks, footnotes, and what must be known of the records."""
    marks = "  ".join(f"{mark} {meaning.lower()}" for mark, meaning in wording.statuses(chosen))
    console.out.print(f"Marks: {marks}", style="dim", soft_wrap=True)
    for text in wording.distinct_notes(chosen):
        console.out.print(f"Note: {text}", style="dim", soft_wrap=True)
    for one in found.findings:
        if one.weight != "quality":
            said = f" {one.text} (rule {one.rule})"
            console.out.print(Text.assemble((WEIGHTS[one.weight], "yellow"), said), soft_wrap=True)
    quality = sum(1 for one in found.findings if one.weight == "quality")
    if quality:
        console.out.print(f"{quality:,} findings on single records.", style="dim")
    console.out.print()


@console.guarded
def note(
    file: Annotated[Path, typer.Argument(help="A text file; - reads standard input.")],
    period: PeriodOption,
    deployment: DeploymentOption = None,
) -> None:
    """Say something of a period in the footnotes of all its figures. It replaces what was said before."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    with composition.opened(deployment) as opened, opened.transaction(SERVICE, "command-line") as uow:
        command = commands.SetFootnote(period=period, text=text, **acts(opened))
        uow.execute(handlers.set_footnote, command)
    console.err.print(f"Every figure of {period} now carries this footnote.")
