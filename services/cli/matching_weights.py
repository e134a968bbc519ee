"""`kinward matching weights` and `kinward matching coverage`: what matching has learnt, and what it cannot find.

Adopting is not here: a person does it over the API, under an account of their own, and not the one who proposed.
"""

from typing import Annotated, Any

import typer

from services.cli import composition, console, operating
from services.cli.options import DeploymentOption, JsonOption
from services.registry.commands.matching_learning import ProposeWeights
from services.registry.handlers import matching_learning as handlers
from services.registry.views import matching_learning as views
from shared import clock
from shared.ids import new_id

SHOWN = 50
NumberOption = Annotated[int | None, typer.Option("--number", help="This set in full: each weight before and after.")]
ProposeOption = Annotated[bool, typer.Option("--propose", help="Estimate weights from the decisions and propose them.")]


def add_to(group: typer.Typer) -> None:
    """Add these commands to `kinward matching`."""
    for command in (weights, coverage):
        group.command(command.__name__)(command)


@console.guarded
def weights(
    deployment: DeploymentOption = None,
    number: NumberOption = None,
    propose: ProposeOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the sets of weights with their figures, show one, or propose one. Adopted by a person, over the API."""
    with composition.opened(deployment) as opened:
        if propose:
            with opened.transaction("registry", operating.operator()) as uow:
                asking = ProposeWeights(id=new_id(), actor=operating.operator(), at=clock.now(), today=opened.today())
                number = uow.execute(handlers.propose_weights, asking).number
        with opened.reading("registry") as session:
            found = views.weight_sets(session, None, None, SHOWN) if number is None else [_full(session, number)]
    if as_json:
        console.answer_json(found if number is None else found[0])
        return
    in_force = next((each["number"] for each in found if each["in_force"]), None)
    if number is None:
        console.out.print(f"In force: {'the default (set 0)' if in_force is None else f'set {in_force}'}.")
    for each in found:
        _print(each)


@console.guarded
def coverage(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Say what records are found by, and name every letter, rule, kind of term and level that finds nothing."""
    with composition.opened(deployment) as opened, opened.reading("registry") as session:
        found = views.coverage(session, opened.pack, opened.today())
    if as_json:
        console.answer_json(found)
        return
    sample = found["sample"]
    told = f"{sample['records']:,} of {found['children']:,} records looked at"
    console.out.print(f"{told}: the {sample['newest']:,} newest and {sample['random']:,} drawn at random.")
    for each in found["scripts"]:
        terms = ", ".join(f"{count:,} by {kind.replace('_', ' ')}" for kind, count in each["terms"].items())
        missing = f"{each['without']:,} by identifier alone"
        console.out.print(f"{each['script'] or 'no name':8} {each['records']:>7,} records: {terms}; {missing}")
    for line in silent(found):
        console.out.print(line, markup=False)


def silent(found: dict[str, Any]) -> list[str]:
    """A line for each thing that finds nothing, and how far the decisions are from an estimate."""
    decided = found["decisions"]
    lines = [f"{each['kind']:9} {each['subject']:8} {each['reason']}" for each in found["silent"]]
    return [
        *lines,
        f"Decided: {decided['same']:,} same (weights can be estimated from {decided['same_needed']:,}), "
        f"{decided['different']:,} different (from {decided['different_needed']:,}).",
    ]


def _full(session: Any, number: int) -> dict[str, Any]:
    return views.weight_set(session, number)


def _print(found: dict[str, Any]) -> None:
    counted = found["counted"]
    console.out.print(
        f"set {found['number']:>3} {found['status']:8} proposed by {found['proposed_by']} "
        f"{found['proposed_at']:%Y-%m-%d}: {counted['same']:,} same, {counted['different']:,} different, "
        f"{counted['random']:,} random pairs; beside set {found['compared_with']}",
        markup=False,
    )
    for name in ("precision", "recall", "shown"):
        before, after = (found[side].get(name) for side in ("before", "after"))
        if before is not None or after is not None:
            console.out.print(f"    {name:9} {_number(before)} -> {_number(after)}", markup=False)
    moved = ", ".join(f"{count:,} {move.replace('_', ' to ')}" for move, count in found["moved"].items())
    console.out.print(f"    moved     {moved or 'none'}", markup=False)
    for each in found.get("weights", ()):
        fact = f"{each['fact']} {each['level']}"
        pairs = f"{each['same']:>6,} {each['different']:>6,} {each['random']:>7,}"
        console.out.print(f"    {fact:22} {_number(each['before'])} {_number(each['after'])} {pairs}", markup=False)


def _number(value: float | None) -> str:
    return "     -" if value is None else f"{value:>6.2f}"
