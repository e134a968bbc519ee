"""`kinward doctor`: is everything as it should be, and what mends it. Not here: the checks (services.cli.doctor)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from services.cli import console
from services.cli.doctor import examining
from services.cli.doctor.finding import Answer, State
from services.cli.doctor.patient import Patient
from services.cli.options import DeploymentOption, JsonOption
from shared.errors import Invalid

STYLES = {
    State.OK: "green",
    State.WRONG: "bold red",
    State.NOTE: "yellow",
    State.UNKNOWN: "magenta",
    State.ABSENT: "dim",
}


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("doctor")(doctor)


@console.guarded
def doctor(
    deployment: DeploymentOption = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this check; may be repeated.")] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Write an archive for support there: without personal data.")
    ] = None,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", help="A log file whose end goes into the bundle; may be repeated."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look at everything that can be wrong and say what mends it. Exit code 1 if anything is wrong; changes nothing.

    Works when half of the deployment is down: what cannot be looked at is said to be unknown, with the reason.
    """
    checks = [check for check in examining.CHECKS if not only or check.id in only]
    if unknown := set(only or ()) - {check.id for check in checks}:
        raise Invalid(f"there is no check {', '.join(sorted(unknown))}", field="--only", remedy="see docs/doctor.md")
    with Patient(deployment) as patient:
        answers = []
        for answer in examining.examine(patient, checks):
            answers.append(answer)
            if not as_json:
                _tell(answer)
        if bundle is not None:
            from services.cli.doctor import bundle as bundling

            written = bundling.write(bundle, patient, answers, log or ())
            console.err.print(f"{bundle}: {', '.join(written)}. Look through it before you send it.", soft_wrap=True)
    if as_json:
        document = {"deployment": patient.id, "wrong": examining.ill(answers)}
        console.answer_json(document | {"checks": [answer.document() for answer in answers]})
    else:
        console.out.print(_summary(answers))
    if examining.ill(answers):
        raise typer.Exit(console.EXIT_REFUSED)


def _tell(answer: Answer) -> None:
    console.out.print(Text.assemble((f"{answer.state:8}", STYLES[answer.state]), f" {answer.check.id}"), soft_wrap=True)
    for found in answer.found:
        whose = f"{found.about}: " if found.about else ""
        console.out.print(f"           {whose}{found.text}", soft_wrap=True, markup=False)
        if answer.state is State.WRONG and not found.note and found.remedy:
            console.out.print(f"             remedy: {found.remedy}", soft_wrap=True, markup=False)
    if answer.state is State.WRONG and any(not found.note and not found.remedy for found in answer.found):
        console.out.print(f"             remedy: {answer.check.remedy}", soft_wrap=True, markup=False)


def _summary(answers: Sequence[Answer]) -> str:
    counted = {state: sum(answer.state is state for answer in answers) for state in State}
    told = ", ".join(f"{count} {state}" for state, count in counted.items() if count)
    return f"{len(answers)} checks: {told}."
