"""`kinward rules simulate`: today's placements and a period's decisions under another law. Read-only.

Not here: the asking (services/placements/domain/simulation.py), the reading (views/simulation.py).
"""

import csv
import gc
import tempfile
import tomllib
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.cli import composition, console, hands, pack_commands
from services.cli.options import DeploymentOption, JsonOption
from services.placements.domain.simulation import Asked, Counted, Result
from services.placements.domain.simulation_decisions import NoCase
from services.placements.views import simulation
from services.placements.views.simulation import Question
from shared import countries
from shared.countries import Pack
from shared.errors import Invalid, NotFound, Unavailable
from shared.runtime.deployment import Deployment

COLUMNS = ("asked", "rule", "area", "age", "care_form", "now", "then", "new", "healed", "not_asked")
TOLD = (
    "Counts of children, small ones included: for the ministry's own people. Before anything of it is published, "
    "small numbers are to be put together or left out."
)
NOT_ASKED = {
    NoCase.COURT: "a court's order, without a gatekeeping case: how it was decided is not known",
    NoCase.ON_PAPER: "found on paper behind an imported stay: how it was decided is not known",
    NoCase.NONE: "no gatekeeping case is kept: how it was decided is not known",
    NoCase.SHUT: "its gatekeeping case does not open: how it was decided is not known",
    NoCase.IMPORTED: "an imported stay that began in the period; no decision on it is known",
}
YEAR = timedelta(days=365)
SELDOM = (200_000, 20, 50)
"""How often the collector looks: what is read holds no circles."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The rules of care, and what another law would make of them.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("simulate")(simulate)
    app.add_typer(group, name="rules")


@console.guarded
def simulate(
    pack: Annotated[Path, typer.Option(help="Folder of the changed country pack.", exists=True, file_okay=False)],
    deployment: DeploymentOption = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the decisions (default: a year ago)."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last of them (default: today)."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day as of which placements are judged (default: today)."),
    ] = None,
    area: Annotated[str | None, typer.Option(help="Only placements in this area and what lies in it.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write every cell of the table to this file.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=16, help="How many ask the rules.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Say which placements of today, and which decisions of a period, would not meet the rules under another law.

    Decisions: the stays that were permitted, what was decided (by rules, decision table and gatekeeping case), and
    children taken at once.

    By rule, area, age and care form: how many do not now, how many would not then, how many are new, how many healed.
    Nothing is written to the deployment.
    """
    with composition.opened(deployment) as opened:
        today = opened.today()
        days = _day(since, today - YEAR), _day(until, today)
        if days[0] > days[1]:
            raise Invalid("The period ends before it begins.", field="to", rule="days-in-order")
        if area is not None and not opened.pack.has_area(area):
            raise NotFound(f"The pack {opened.pack.id} has no area {area}.", field="area")
        changed = _load(opened, pack)
        question = Question((opened.pack, changed), _day(on, today), *days, area)
        result = _simulated(opened, question, processes, quiet=as_json)
    if csv_file is not None:
        _write(csv_file, result)
    if as_json:
        console.answer_json(_document(result, question))
        return
    _show(result)
    if csv_file is not None:
        console.out.print(f"Every cell: {csv_file}", soft_wrap=True)


def _day(given: datetime | None, otherwise: date) -> date:
    return given.date() if given else otherwise


def _simulated(opened: Deployment, question: Question, processes: int, *, quiet: bool) -> Result:
    """Ask about some thousand children at a time, in several processes, none of which writes."""

    def ask(ids: list[str]) -> Result:
        with _reading(opened) as session:
            return simulation.ask(session, question, ids)

    result = Result()
    gc.set_threshold(*SELDOM)
    with _reading(opened) as session, ExitStack() as stack:
        total = None if quiet else simulation.count(session, question)
        label = f"Asking the rules of {question.laws[0].id} and of the other law"
        show = stack.enter_context(console.progress(label, total)) if not quiet else None
        crew = hands.forked(opened, ask, processes)
        stack.callback(hands.dismiss, crew)
        for part in _answers(crew, simulation.chunks(session, question)):
            result.add(part)
            if show:
                show(result.children)
    return result


def _answers(crew: list[hands.Hand[list[str], Result]], chunks: Iterator[list[str]]) -> Iterator[Result]:
    """What each chunk gave. Raises Unavailable where a process ended."""
    free, busy = deque(crew), deque[hands.Hand[list[str], Result]]()
    for chunk in chunks:
        free[0].give(chunk)
        busy.append(free.popleft())
        if not free:
            yield _answer(busy[0])
            free.append(busy.popleft())
    yield from map(_answer, busy)


def _answer(hand: hands.Hand[list[str], Result]) -> Result:
    found = hand.answer()
    if found is None:
        raise Unavailable("A process that asked the rules has ended.", remedy="Run it again; the log says why.")
    return found


@contextmanager
def _reading(opened: Deployment) -> Iterator[Session]:
    """A session that cannot write."""
    with opened.reading("placements") as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        session.execute(text("set local idle_in_transaction_session_timeout = 0"))
        yield session


def _load(opened: Deployment, folder: Path) -> Pack:
    """The deployment's pack with the changed folder in the place of the one of its id. Raises what is wrong with it."""
    with _beside(opened.settings.countries, folder) as (root, id_):
        wanted = opened.pack.id if id_ in opened.pack.chain else id_
        relied_on = pack_commands.relied_on()
        before = countries.check(opened.pack.id, opened.settings.countries, relied_on)
        findings = [each for each in countries.check(wanted, root, relied_on) if each not in before]
        if findings:
            for each in findings[1:]:
                console.err.print(f"{each.file}  {each.key}  [{each.rule}]  {each.message}", markup=False)
            first = findings[0]
            raise Invalid(
                f"{first.file}: {first.message} ({len(findings)} findings)",
                field=first.key, rule=first.rule, remedy=first.remedy,
            )  # fmt: skip
        return countries.load(wanted, root)


@contextmanager
def _beside(root: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """A folder of packs as the deployment has it, but for the changed one; and that one's id."""
    identity = folder / "pack.toml"
    if not identity.is_file():
        raise NotFound(f"{folder} is no country pack: it has no pack.toml.", field="pack")
    try:
        id_ = str(tomllib.loads(identity.read_text(encoding="utf-8"))["id"])
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError):
        raise Invalid(f"{identity} names no id.", field="pack", remedy='Write id = "..." in it.') from None
    with tempfile.TemporaryDirectory(prefix="kinward-packs-") as made:
        for each in root.iterdir():
            if each.name != id_:
                (Path(made) / each.name).symlink_to(each.resolve())
        (Path(made) / id_).symlink_to(folder.resolve())
        yield Path(made), id_


def _write(path: Path, result: Result) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(simulation.rows(result))


def _document(result: Result, question: Question) -> dict[str, Any]:
    return {
        "pack": question.laws[1].id,
        "placements_on": question.on,
        "decisions_from": question.since,
        "decisions_to": question.until,
        "area": question.area,
        "judged": {asked.value: result.judged[asked] for asked in Asked},
        "not_asked": {rule: each.not_asked for (rule,), each in result.by("rule").items() if each.not_asked},
        "cells": list(simulation.rows(result)),
        "note": TOLD,
    }


def _show(result: Result) -> None:
    for asked in Asked:
        judged = result.judged[asked]
        console.out.print(f"\n{judged:,} {asked.value}s judged by both laws.", markup=False)
        for title, names in (
            ("By rule", ("rule",)),
            ("By rule and area", ("rule", "area")),
            ("By rule and age", ("rule", "age")),
            ("By rule and care form", ("rule", "care_form")),
        ):
            found = {
                key[1:]: each
                for key, each in result.by("asked", *names).items()
                if key[0] == asked.value and (each.now or each.then)
            }
            if len(names) > 1:
                found = {key: each for key, each in found.items() if each.new or each.healed}
            if found:
                console.out.print(_table(title, names, found, differing=len(names) > 1))
            elif judged and names == ("rule", "area"):
                console.out.print("In none of them do the laws differ.")
        _show_not_asked(result, asked)
    console.out.print(f"\n{TOLD}", soft_wrap=True)


def _show_not_asked(result: Result, asked: Asked) -> None:
    """Of how many something could not be asked, and why."""
    for (of, rule), each in result.by("asked", "rule").items():
        if of == asked.value and each.not_asked:
            console.out.print(f"Not asked: {each.not_asked:,} {rule}: {NOT_ASKED[NoCase(rule)]}.", soft_wrap=True)


def _table(title: str, names: tuple[str, ...], found: dict[tuple[str, ...], Counted], *, differing: bool) -> Table:
    """The counts; the longer tables are of what the laws differ in."""
    table = Table(title=title + (", where the laws differ" if differing else ""), title_justify="left")
    for name in names:
        table.add_column(name.replace("_", " "), no_wrap=True)
    for name in ("not met now", "not met then", "new", "healed"):
        table.add_column(name, justify="right")
    for key, each in found.items():
        table.add_row(*key, *(f"{number:,}" for number in (each.now, each.then, each.new, each.healed)))
    return table
