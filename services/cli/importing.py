"""`kinward import`: a ministry's register file into the deployment's services, or what that would do."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import composition, console, register_check, register_file, register_import, register_mapping_file
from services.cli.options import DeploymentOption, JsonOption
from services.cli.register_check import Foreseen
from services.cli.register_mapping import Mapping
from services.registry.views import matching_runs as matching_views
from shared.countries import Pack
from shared.runtime.deployment import Deployment

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The register file (CSV or XLSX).")]
NameOption = Annotated[str, typer.Option("--register", help="Name of the register: its keys are known by it.")]
NewOption = Annotated[
    bool, typer.Option("--new-register", help="This is the first file of another register, with keys of its own.")
]
ErrorsOption = Annotated[
    Path | None, typer.Option(help="Where the error report goes (default: beside FILE, FILE.errors.csv).")
]
MappingOption = Annotated[
    str | None,
    typer.Option("--mapping", help="How to read another register: a mapping of the pack by name, or a .toml file."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Bring records of a ministry's register into a deployment.", no_args_is_help=True)
    group.command("register")(register)
    group.command("check")(check)
    app.add_typer(group, name="import")


@console.guarded
def register(
    file: FileArgument,
    deployment: DeploymentOption = None,
    name: NameOption = "main",
    new_register: NewOption = False,
    errors: ErrorsOption = None,
    again: Annotated[bool, typer.Option("--again", help="Start from the first line, mark or no mark.")] = False,
    mapping: MappingOption = None,
    processes: Annotated[int, typer.Option(min=1, max=16, help="How many take the children at once.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Import a register file: one line a care episode (docs/register-file.md).

    A bad line never stops the file: it goes to the error report with column, value, rule and remedy. Interrupted, the
    import goes on where it was; repeated, it changes nothing. Exit code 3 where some lines were refused.
    """
    report = errors or _report_of(file)
    with (
        composition.opened(deployment) as opened,
        console.progress(f"Importing {file.name} into {opened.id}", register_file.count_lines(file)) as show,
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
            processes=processes,
        )
        with opened.reading("registry") as session:
            due = matching_views.due(session)
    if as_json:
        console.answer_json(vars(done) | {"report": str(report), "due": due})
    else:
        _tell(done, report, due)
    if done.refused:
        raise typer.Exit(console.EXIT_INPUT_ERRORS)


@console.guarded
def check(
    file: FileArgument,
    deployment: DeploymentOption = None,
    name: NameOption = "main",
    new_register: NewOption = False,
    errors: ErrorsOption = None,
    mapping: MappingOption = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show words of the file that are no code, with what may be meant.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what the import of a register file would do; nothing is written but the error report.

    Exit code 3 where some lines would be refused.
    """
    report = errors or _report_of(file)
    with (
        composition.opened(deployment) as opened,
        console.progress(f"Checking {file.name} for {opened.id}", register_file.count_lines(file)) as show,
    ):
        found = register_check.check_register(
            opened,
            file,
            report,
            register=name,
            new_register=new_register,
            mapping=_mapping(opened, mapping),
            on_progress=show,
        )
        told = _document(found, opened.pack, report, show_values)
    if as_json:
        console.answer_json(told)
    else:
        _foretell(told)
    if found.refused:
        raise typer.Exit(console.EXIT_INPUT_ERRORS)


def _report_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.errors.csv")


def _mapping(deployment: Deployment, named: str | None) -> Mapping | None:
    if named is None:
        return None
    return register_mapping_file.load(named, deployment.pack, deployment.settings.countries, deployment.today())


def _tell(done: register_import.Progress, report: Path, due: int) -> None:
    if done.resumed_after:
        console.out.print(f"Resumed after line {done.resumed_after}.")
    made = ", ".join(f"{count:,} {what}" for what, count in sorted(done.made.items())) or "nothing new"
    console.out.print(f"{done.taken:,} lines taken: {made}.")
    if done.refused:
        console.out.print(f"{done.refused:,} lines refused; see {report}")
    if due:
        console.out.print(
            f"{due:,} records wait to be compared with the others, as a serving deployment does by and by. "
            "At once: kinward matching run --kind due",
            soft_wrap=True,
        )


def _document(found: Foreseen, pack: Pack, report: Path, show_values: bool) -> dict[str, Any]:
    """What a check found, for people and programs; words of the file only where they were asked for."""
    unknown = [
        {"column": column, "value": value, "lines": lines, "perhaps": code}
        for column, value, lines, code in found.unknown.suggestions(pack)
    ]
    counts = Counter(each["column"] for each in unknown)
    return {
        "lines": found.lines,
        "refused": found.refused,
        "children": found.children,
        "stays": found.stays,
        "lines_without_stay": found.without_stay,
        "same_number": found.same_number,
        "errors": [
            {"rule": rule, "column": column, "count": count, "lines": found.examples[rule, column]}
            for (rule, column), count in found.errors.most_common()
        ],
        "unknown_words": unknown if show_values else dict(counts),
        "report": str(report),
    }


def _foretell(told: dict[str, Any]) -> None:
    children, stays = told["children"], told["stays"]
    say = partial(console.out.print, markup=False, soft_wrap=True)
    say(f"{told['lines']:,} lines would be taken, {told['refused']:,} refused. Nothing was written.")
    say(f"Children: {children['new']:,} new, {children['known']:,} known; {children['changed']:,} changes.")
    say(f"Stays: {stays['new']:,} new, {stays['known']:,} known; {told['lines_without_stay']:,} lines without a stay.")
    if told["same_number"]:
        say(f"Lines whose number another child carries, perhaps the same child: {told['same_number']:,}.")
    for error in told["errors"]:
        lines = ", ".join(map(str, error["lines"]))
        where = f" in {error['column']}" if error["column"] else ""
        say(f"  {error['count']:>7,}  {error['rule']}{where}, such as line {lines}")
    words = told["unknown_words"]
    if isinstance(words, dict):
        for column, count in words.items():
            say(f"Words that are no code in {column}: {count} (--show-values shows them).")
    else:
        for word in words:
            meant = f', perhaps "{word["value"]}" = "{word["perhaps"]}"' if word["perhaps"] else ""
            say(f"No code in {word['column']}: {word['value']!r}, {word['lines']:,} lines{meant}")
    if told["refused"]:
        say(f"All errors with their values: {told['report']}")
