"""`kinward i18n`: the catalogues of the portal's languages, how far each is, and what a machine finds wrong in them."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from services.cli import console, portal_texts
from services.portal.i18n import catalogues, checks, sources, status
from services.portal.i18n.catalogues import Entry, Key, Source
from services.portal.languages import AVAILABLE
from shared import clock
from shared.errors import Invalid

ENGINE = "draft"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The portal's languages: reviewed texts, machine drafts.", no_args_is_help=True)
    for command in (extract, status_, check, missing, draft):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="i18n")


JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document for programs.")]
LanguageArgument = Annotated[str, typer.Argument(help="A language, e.g. ky.")]


@console.guarded
def extract() -> None:
    """Take the English texts out of templates and code; texts that are no more leave the drafts, reviewed ones stay."""
    known = portal_texts.extract()
    catalogues.SOURCES.parent.mkdir(exist_ok=True)
    catalogues.SOURCES.write_text(sources.template(known.values()), encoding="utf-8")
    floors = {}
    for language in status.others():
        _write_drafts(language, known, {})
        path = catalogues.reviewed_file(language)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sources.po(language, (), X_Reviewed_By=""), encoding="utf-8")
        floors[language] = status.of(language, known).reviewed
    before = status.floors() if (catalogues.SOURCES.parent / status.FLOOR).exists() else {}
    kept = {language: max(count, before.get(language, 0)) for language, count in floors.items()}
    (catalogues.SOURCES.parent / status.FLOOR).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    console.out.print(f"{len(known)} texts")


@console.guarded
def status_(as_json: JsonOption = False) -> None:
    """Of each language: reviewed, drafts, stale drafts, missing."""
    found = [status.of(language, catalogues.sources()) for language in status.others()]
    if as_json:
        console.answer_json([each.document() for each in found])
        return
    table = Table("language", "texts", "reviewed", "draft", "stale", "missing", "protected")
    for each in found:
        table.add_row(each.language, *(str(value) for name, value in each.document().items() if name != "language"))
    console.out.print(table)


@console.guarded
def check() -> None:
    """What a machine finds wrong: placeholders, tags, plural forms, letters, marks; exit 1 if there is anything."""
    known = catalogues.sources()
    found = status.lost(known)
    if dict(known) != portal_texts.extract():
        found.append("the texts have changed: kinward i18n extract")
    for language in status.others():
        reviewed = catalogues.read(catalogues.reviewed_file(language))
        for file in (reviewed, catalogues.read(catalogues.drafts_file(language))):
            found += [f"{language}: {each}" for each in checks.findings(language, file)]
        if reviewed.entries and not reviewed.reviewer:
            found.append(f"{language}: reviewed texts, but {catalogues.REVIEWER} names nobody")
    for each in found:
        console.out.print(each, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(console.EXIT_REFUSED)
    console.out.print("nothing found")


@console.guarded
def missing(language: LanguageArgument) -> None:
    """The texts that a language has neither reviewed nor as a fresh draft, as JSON for `kinward i18n draft`."""
    found = status.missing(_known(language), catalogues.sources())
    console.answer_json([_asked(each) for each in found])


@console.guarded
def draft(
    language: LanguageArgument,
    file: Annotated[Path, typer.Argument(help="What `missing` gave, each with its strings.")],
) -> None:
    """Take machine drafts; texts that the portal does not have, and strings that fail a check, are left out."""
    known, taken, left = catalogues.sources(), {}, 0
    forms = catalogues.read(catalogues.drafts_file(_known(language))).forms
    for each in json.loads(file.read_text(encoding="utf-8")):
        source = known.get((each.get("context"), each["text"]))
        entry = Entry(source, tuple(each.get("strings", ())), source.sha) if source else None
        if entry is None or not all(entry.strings) or (wrong := list(checks.of_entry(language, entry, forms))):
            left += 1
            reason = "no such text" if entry is None else ", ".join(wrong) if all(entry.strings) else "empty"
            console.err.print(f"{each['text'][:60]!r}: {reason}", markup=False, soft_wrap=True)
            continue
        taken[entry.source.key] = entry
    _write_drafts(language, known, taken)
    console.out.print(f"{len(taken)} drafts taken, {left} left out")


def _write_drafts(language: str, known: dict[Key, Source] | Any, taken: dict[Key, Entry]) -> None:
    """Write the drafts that have a text in the portal still; stale ones stay, so that they can be told."""
    path = catalogues.drafts_file(language)
    before = catalogues.read(path)
    kept = {each.source.key: each for each in before.entries if each.source.key in known} | taken
    date = clock.now().date().isoformat() if taken else (before.headers or {}).get("X-Date", "")
    path.parent.mkdir(exist_ok=True)
    ordered = [kept[key] for key in known if key in kept]
    path.write_text(sources.po(language, ordered, X_Engine=ENGINE, X_Date=date), encoding="utf-8")


def _known(language: str) -> str:
    if language not in AVAILABLE or language == "en":
        raise Invalid(f"{language} is not a language of the portal", remedy=", ".join(status.others()))
    return language


def _asked(source: Source) -> dict[str, object]:
    return {"context": source.context, "text": source.text, "plural": source.plural, "strings": []}
