"""`kinward matching`: a register looked through for records of one child, and how far that is. Not here: the looks."""

from typing import Annotated, Any

import typer

from services.cli import composition, console, matching_driving, matching_weights
from services.cli.options import DeploymentOption, JsonOption
from services.registry.domain.matching_runs import RunKind
from services.registry.views import matching_learning as learning
from services.registry.views import matching_runs as views
from shared.runtime.deployment import Deployment

LOOKED_AT = {RunKind.REGISTER: "register", RunKind.DUE: "new and changed records"}
KindOption = Annotated[
    RunKind, typer.Option("--kind", help="register: every record; due: what was imported or changed; index: terms.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Records of one child, looked for in the whole register.", no_args_is_help=True)
    for command in (run, index, status):
        group.command(command.__name__)(command)
    matching_weights.add_to(group)
    app.add_typer(group, name="matching")


@console.guarded
def run(
    deployment: DeploymentOption = None,
    kind: KindOption = RunKind.REGISTER,
    processes: Annotated[int, typer.Option(min=1, max=16, help="How many look through the whole register.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Look through the register now, to its end; what may be one child comes to the review list.

    Interrupted (Ctrl-C, a crash), it goes on where it was: by itself in a serving deployment, or when this is run
    again. Nothing is decided: a person does (GET /registry/matching/pairs).
    """
    _drive(deployment, kind, as_json, processes)


@console.guarded
def index(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Make anew what records are found by, where it is missing or was made by an older release or key."""
    _drive(deployment, RunKind.INDEX, as_json)


@console.guarded
def status(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Say how many records are due, which runs there are, how many pairs wait for a person, and what finds nothing."""
    with composition.opened(deployment) as opened, opened.reading("registry") as session:
        found = views.status(session, opened.pack)
        found["coverage"] = learning.coverage(session, opened.pack, opened.today())
    if as_json:
        console.answer_json(found)
        return
    console.out.print(f"{found['children']:,} records can be found; terms of {found['stale']:,} are to be made anew.")
    since = f", the first since {found['due_since']:%Y-%m-%d %H:%M} UTC" if found["due_since"] else ""
    console.out.print(f"{found['due']:,} are due to be compared with the others{since}.")
    told = ", ".join(f"{count:,} {likelihood}" for likelihood, count in found["pairs"].items())
    console.out.print(f"Pairs that wait for a person: {told}.")
    for each in found["runs"]:
        ended = f"ended {each['ended_at']:%Y-%m-%d %H:%M}" if each["ended_at"] else "going on"
        console.out.print(
            f"{each['kind']:9} {each['status']:8} {each['looked']:>9,} of {each['children']:,} looked at, "
            f"{each['found']:,} pairs found; asked by {each['asked_by']}, {ended}"
        )
    for line in matching_weights.silent(found["coverage"]):
        console.out.print(line, markup=False)


def _drive(deployment: str | None, kind: RunKind, as_json: bool, processes: int = 1) -> None:
    """Make terms anew first, where any would be made otherwise now: else records of one child would share none."""
    with composition.opened(deployment) as opened:
        first = [RunKind.INDEX] if kind is not RunKind.INDEX and matching_driving.is_behind(opened) else []
        done = [_driven(opened, each, processes) for each in (*first, kind)]
    if as_json:
        console.answer_json(done[-1])
        return
    for each in done:
        if each["kind"] == RunKind.INDEX:
            console.out.print(f"{each['looked']:,} records can be found by what they hold now ({each['status']}).")
        else:
            told = f"{each['looked']:,} records looked at, {each['found']:,} new pairs for a person to decide"
            console.out.print(f"{told} ({each['status']}).")


def _driven(opened: Deployment, kind: RunKind, processes: int) -> dict[str, Any]:
    label = "Making terms anew" if kind is RunKind.INDEX else f"Looking through the {LOOKED_AT[kind]}"
    with console.progress(f"{label} of {opened.id}", None) as show:
        return matching_driving.drive(
            opened, kind, lambda run: show(run["looked"], run["children"]), processes=processes
        )
