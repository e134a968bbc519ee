"""`kinward pack`: is a country pack sound, what does it say, what does it not know; and a new one to begin with."""

from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.cli import (
    composition,
    console,
    import_steps,
    pack_law_check,
    pack_making,
    pack_missing,
    pack_printing,
    register_mapping_file,
)
from services.cli.options import JsonOption
from services.placements.views import law
from services.registry.domain import matching_coverage as coverage
from shared import clock, countries
from shared.config import SERVICES
from shared.errors import ConfigurationError, Invalid

PackArgument = Annotated[str, typer.Argument(help="Id of the pack, such as kz.")]
RootOption = Annotated[Path, typer.Option("--countries", help="Folder of the packs.", envvar="KINWARD_COUNTRIES")]
ROOT = Path(__file__).parent.parent.parent / "countries"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Country packs: the data in which countries differ.", no_args_is_help=True)
    group.command("check")(check)
    group.command("show")(show)
    group.command("missing")(missing)
    group.command("new")(new)
    app.add_typer(group, name="pack")


@console.guarded
def check(pack: PackArgument, root: RootOption = ROOT, as_json: JsonOption = False) -> None:
    """Check a pack with all it inherits. Each finding names file, key, rule and remedy; exit 1 if there is one.

    Warnings name letters and rules of the pack's languages that the search for the same child does not have.
    """
    findings = countries.check(pack, root, relied_on()) + pack_law_check.findings(pack, root)
    with suppress(ConfigurationError):  # a pack that cannot be loaded has its findings above
        findings += register_mapping_file.pack_findings(countries.load(pack, root), root)
    if as_json:
        console.answer_json([vars_of(finding) for finding in findings])
    else:
        for finding in findings:
            console.out.print(f"{finding.file}  {finding.key}  [{finding.rule}]", markup=False)
            console.out.print(f"    {finding.message} {finding.remedy}", markup=False)
        console.out.print(f"{pack}: {len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}")
        for warning in warnings(pack, root):
            console.out.print(f"warning: {warning}", markup=False)
    if findings:
        raise typer.Exit(console.EXIT_REFUSED)


@console.guarded
def show(
    pack: PackArgument,
    area: Annotated[str, typer.Option("--area", help="Code of an area; without one, the whole deployment.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day, as 2026-03-10; without one, today.")] = "",
    root: RootOption = ROOT,
    as_json: JsonOption = False,
) -> None:
    """Print the law in force: numbers that rules use and who decides, each with its basis."""
    loaded = countries.load(pack, root)
    day = _day(on) if on else clock.day_in(loaded.zone, clock.now())
    if area and not loaded.has_area(area, day):
        raise Invalid(f"{pack} has no area {area} on {day}.", field="area", remedy="Name a code of its areas.csv.")
    found = law.in_force(loaded, area or None, day)
    if as_json:
        console.answer_json(found)
    else:
        for line in pack_printing.law_in_force(found):
            console.out.print(line, markup=False, soft_wrap=True)


@console.guarded
def missing(pack: PackArgument, root: RootOption = ROOT, as_json: JsonOption = False) -> None:
    """Print what the pack does not know yet, in the order in which it matters."""
    found = pack_missing.missing(pack_missing.chain(pack, root))
    if as_json:
        console.answer_json([asdict(each) for each in found])
    else:
        for line in pack_printing.missing(found):
            console.out.print(line, markup=False, soft_wrap=True)


@console.guarded
def new(
    pack: PackArgument,
    name: Annotated[str, typer.Option("--name", help="Name of the country or province.")],
    iso3: Annotated[str, typer.Option("--iso3", help="ISO 3166-1 code of three letters.")],
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone, such as Asia/Dushanbe.")],
    language: Annotated[list[str], typer.Option("--language", help="ISO 639 code; may be given several times.")],
    script: Annotated[list[str], typer.Option("--script", help="ISO 15924 code; may be given several times.")],
    inherits: Annotated[
        str, typer.Option("--inherits", help="The pack it inherits; of a province, its country.")
    ] = "_base",
    root: RootOption = ROOT,
) -> None:
    """Make a pack in which everything is to be confirmed, check it, and say what to settle first."""
    made = pack_making.NewPack(
        id=pack, name=name, iso3=iso3, zone=zone, languages=language, scripts=script, inherits=inherits
    )
    folder = pack_making.write(made, root, ROOT)
    console.out.print(f"{folder}: written", markup=False, soft_wrap=True)
    for finding in countries.check(pack, root, relied_on()):
        console.out.print(f"{finding.file}  {finding.key}  [{finding.rule}]", markup=False, soft_wrap=True)
        console.out.print(f"    {finding.message} {finding.remedy}", markup=False, soft_wrap=True)
    for line in pack_printing.missing(pack_missing.missing(pack_missing.chain(pack, root))):
        console.out.print(line, markup=False, soft_wrap=True)
    console.out.print(f"Next: fill the files, then `kinward pack check {pack}` (docs/own-pack.md).", soft_wrap=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is no day.", field="on", remedy="Write it as 2026-03-10.") from None


def warnings(pack: str, root: Path) -> list[str]:
    """What the search for the same child cannot read of the pack's languages; nothing where it keeps no children."""
    try:
        loaded = countries.load(pack, root)
    except ConfigurationError:  # its findings are told
        return []
    if "registry" not in loaded.services:
        return []
    found = [each for language in loaded.languages for each in coverage.of_language(language, loaded.languages)]
    return [f"pack.toml  languages  {each.subject}  [{each.kind}] {each.reason}" for each in found]


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
