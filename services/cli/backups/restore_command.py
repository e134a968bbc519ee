"""`kinward restore`: databases, or keys, back out of a file that `kinward backup` wrote."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import composition, console, erasure_commands
from services.cli.backups import key_files, manifest, places, restoring
from services.cli.backups.commands import FileArgument, KeyOption, PassphraseOption, ServiceOption, opening
from services.cli.backups.restoring import Restored, Standing, Wanted
from services.cli.options import DeploymentOption, JsonOption
from shared import config, countries
from shared.sealed import parts


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("restore")(restore)


@console.guarded
def restore(
    file: FileArgument,
    deployment: DeploymentOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    service: ServiceOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what is there now.")] = False,
    erased: Annotated[
        list[Path] | None, typer.Option("--erased", help="A copy of erased.jsonl, the newest there is; repeatable.")
    ] = None,
    nobody_erased: Annotated[
        bool, typer.Option("--nobody-erased-since", help="There is no list because nobody was erased.")
    ] = False,
    erased_unproven: Annotated[
        bool,
        typer.Option(
            "--erased-unproven", help="Take lists of the erased that were changed or cut, and bind them anew."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Restore databases from a backup, all of it or some services, while these are stopped; or the keys from theirs.

    Every byte is checked before anything is changed. Then each service begins a new epoch, records that were erased
    since are erased again, and each consumer is compared with its sources: what heals by itself, and what is lost, by
    name. Restore keys first.
    """
    unlocking = opening(key, passphrase_file)
    settings = config.load(deployment)
    if parts.kind(file) == manifest.KEYS:
        kept = key_files.restore(settings, file, unlocking, replace=replace)
        for name, told in kept.items():
            console.out.print(f"{name:16} {told}", soft_wrap=True)
        return
    wanted = Wanted(file, unlocking, tuple(service or ()), replace, tuple(erased or ()), nobody_erased, erased_unproven)
    found = restoring.look(settings, wanted)
    pack = countries.load(settings.pack, settings.countries)
    with places.opened(settings, pack, found.of(wanted.services)) as there:
        restoring.restore(settings, there, found, wanted)
        with composition.opened(deployment) as opened:
            done = restoring.behind(opened, there, found, wanted)
    if as_json:
        console.answer_json(_document(done))
        return
    _tell(done)


def _document(done: Restored) -> dict[str, Any]:
    return {
        "deployment": done.manifest.deployment,
        "taken_at": done.manifest.taken_at,
        "services": list(done.services),
        "migrated": done.migrated,
        "epochs": {service: str(begun.epoch.id) for service, begun in done.begun.items()},
        "erased_again": done.erased_again,
        "signed_out": done.signed_out,
        "standings": [
            {"consumer": each.consumer, "source": each.source, "unknown": each.unknown,
             "orphans": [{"event_id": one.event_id, "type": one.type, "subject": one.subject} for one in each.orphans]}
            for each in done.standings
        ],
    }  # fmt: skip


def _tell(done: Restored) -> None:
    for service in done.services:
        more = f", migrated: {', '.join(done.migrated[service])}" if done.migrated[service] else ""
        epoch = f"; epoch {done.begun[service].epoch.id} has begun" if service in done.begun else ""
        console.out.print(f"{service:12} as of {done.manifest.taken_at}{more}{epoch}", soft_wrap=True)
    if erasure_commands.REGISTRY in done.services:
        console.out.print(erasure_commands.told(len(done.erased_again)))
    if places.PORTAL in done.services:
        console.out.print(f"portal: {done.signed_out} sign-ins ended; accounts are as they were then: look at them.")
    for each in done.standings:
        if each.orphans or each.unknown:
            console.out.print(_standing(each), soft_wrap=True)
    if not any(each.orphans or each.unknown for each in done.standings):
        console.out.print("No fork: every consumer goes on by itself, asking for what it lacks.")


def _standing(each: Standing) -> str:
    if each.unknown:
        return f"{each.consumer:12} {each.source}: not compared: {each.unknown}"
    kinds = Counter(one.type for one in each.orphans)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    remedy = "is rebuilt by itself" if each.consumer == "reporting" else "read and resolve them: kinward orphans list"
    return f"{each.consumer:12} FORK: knows {len(each.orphans)} events that {each.source} has lost ({told}); {remedy}"
