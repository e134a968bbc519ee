"""`kinward pack check`: is a country pack sound?"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from services.cli import composition, console, import_steps, register_mapping_file
from services.cli.options import JsonOption
from shared import countries
from shared.config import SERVICES
from shared.errors import ConfigurationError

PackArgument = Annotated[str, typer.Argument(help="Id of the pack, such as kz.")]
RootOption = Annotated[Path, typer.Option("--countries", help="Folder of the packs.", envvar="KINWARD_COUNTRIES")]
ROOT = Path(__file__).parent.parent.parent / "countries"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Country packs: the data in which countries differ.", no_args_is_help=True)
    group.command("check")(check)
    app.add_typer(group, name="pack")


@console.guarded
def check(pack: PackArgument, root: RootOption = ROOT, as_json: JsonOption = False) -> None:
    """Check a pack with all it inherits. Each finding names file, key, rule and remedy; exit 1 if there is one."""
    findings = countries.check(pack, root, relied_on())
    with suppress(ConfigurationError):  # a pack that cannot be loaded has its findings above
        findings += register_mapping_file.pack_findings(countries.load(pack, root), root)
    if as_json:
        console.answer_json([vars_of(finding) for finding in findings])
    else:
        for finding in findings:
            console.out.print(f"{finding.file}  {finding.key}  [{finding.rule}]", markup=False)
            console.out.print(f"    {finding.message} {finding.remedy}", markup=False)
        console.out.print(f"{pack}: {len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}")
    if findings:
        raise typer.Exit(console.EXIT_REFUSED)


def relied_on() -> countries.ReliedOn:
    """The codes of a pack, by service and list, that the program asks for by name: in domains and import."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    domains = [(service, domain) for service in SERVICES for domain in composition.domain_of(service)]
    own = [(service, getattr(domain, "RELIED_ON", {})) for service, domain in domains]
    for service, wanted in (*own, *((step.service, step.relied_on) for step in import_steps.STEPS)):
        for list_name, codes in wanted.items():
            lists = found.setdefault(service, {})
            lists[list_name] = lists.get(list_name, frozenset()) | codes
    return found


def vars_of(finding: countries.Finding) -> dict[str, str]:
    """A finding as a plain dict."""
    return {name: str(getattr(finding, name)) for name in ("file", "key", "rule", "message", "remedy")}
