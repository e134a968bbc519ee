"""`kinward import register`: a ministry's register file into the deployment's services."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli import composition, console, register_file, register_import, register_mapping_file
from services.cli.options import DeploymentOption, JsonOption
from services.cli.register_mapping import Mapping
from shared.runtime.deployment import Deployment

MappingOption = Annotated[
    str | None,
    typer.Option("--mapping", help="How to read another register: a mapping of the pack by name, or a .toml file."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Bring records of a ministry's register into a deployment.", no_args_is_help=True)
    group.command("register")(register)
    group.callback()(_keep_group)
    app.add_typer(group, name="import")


def _keep_group() -> None:
    """Bring records of a ministry's register into a deployment."""


@console.guarded
def register(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The register file (CSV or XLSX).")],
    deployment: DeploymentOption = None,
    name: Annotated[str, typer.Option("--register", help="Name of the register: its keys are known by it.")] = "main",
    new_register: Annotated[
        bool, typer.Option("--new-register", help="This is the first file of another register, with keys of its own.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Where the error report goes (default: beside FILE, FILE.errors.csv).")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Start from the first line, mark or no mark.")] = False,
    mapping: MappingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a register file: one line a care episode (docs/register-file.md).

    A bad line never stops the file: it goes to the error report with column, value, rule and remedy. Interrupted, the
    import goes on where it was; repeated, it changes nothing. Exit code 3 where some lines were refused.
    """
    report = errors or file.with_name(f"{file.name}.errors.csv")
    total = register_file.count_lines(file)
    with (
        composition.opened(deployment) as opened,
        console.progress(f"Importing {file.name} into {opened.id}", total) as show,
    ):
        done = register_import.import_register(
            opened,
            file,
            report,
            register=name,
            new_register=new_register,
            again=again,
            mapping=_mapping(opened, mapping),
            on_progress=show,
        )
    if as_json:
        console.answer_json(vars(done) | {"report": str(report)})
    else:
        _tell(done, report)
    if done.refused:
        raise typer.Exit(console.EXIT_INPUT_ERRORS)


def _mapping(deployment: Deployment, named: str | None) -> Mapping | None:
    if named is None:
        return None
    return register_mapping_file.load(named, deployment.pack, deployment.settings.countries, deployment.today())


def _tell(done: register_import.Progress, report: Path) -> None:
    if done.resumed_after:
        console.out.print(f"Resumed after line {done.resumed_after}.")
    made = ", ".join(f"{count:,} {what}" for what, count in sorted(done.made.items())) or "nothing new"
    console.out.print(f"{done.taken:,} lines taken: {made}.")
    if done.refused:
        console.out.print(f"{done.refused:,} lines refused; see {report}")
