"""`kinward keys`: the keys that seal personal data. Not here: what is sealed (the services)."""

from typing import Annotated, Any

import typer

from services.cli import composition, console, operating
from services.cli.options import DeploymentOption, JsonOption
from shared import clock
from shared.errors import Refused
from shared.protection import rotation
from shared.runtime.deployment import Deployment

SEALING = ("registry",)
"""The services that keep data keys of subjects."""
KEEP = (
    "Keep copies of both files, apart from each other and from the databases' backups: without them nothing sealed "
    "can be read again, and whoever has all three reads it."
)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The keys that seal personal data.", no_args_is_help=True)
    for command in (init, rotate, status, retire):
        group.command(command.__name__)(command)
    app.add_typer(group, name="keys")


@console.guarded
def init(
    deployment: DeploymentOption = None,
    unless_there: Annotated[bool, typer.Option("--unless-there", help="Do nothing where there is a file.")] = False,
) -> None:
    """Make the key file, and a passphrase where there is none: once, before the first child is registered."""
    with composition.opened(deployment) as opened:
        if opened.keys.exists() and (unless_there or opened.settings.embedded):
            opened.keys.keys()
            console.out.print("There is a key file already, and it opens.")
            return
        opened.keys.create(clock.now())
        console.out.print(f"Made {opened.settings.keys_file}, under {opened.settings.keys_passphrase_file}.")
        console.out.print(KEEP)


@console.guarded
def rotate(
    deployment: DeploymentOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="No new key: wrap what an ended run left.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new key-encryption key and wrap every data key with it, while the services run."""
    with composition.opened(deployment) as opened:
        if not resume:
            opened.keys.write(opened.keys.keys().with_new_kek(), clock.now())
        done = {service: _rewrap(opened, service) for service in _sealing(opened)}
        current = opened.keys.current
    if as_json:
        console.answer_json({"current": current, "wrapped": done})
    else:
        told = ", ".join(f"{count:,} in {service}" for service, count in done.items())
        console.out.print(f"Key version {current} is in use; wrapped anew: {told}.")
        console.out.print("Copy the key file again. Backups made before need the older versions: see `keys retire`.")


@console.guarded
def status(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Say which key versions there are and how many data keys each of them wraps."""
    with composition.opened(deployment) as opened:
        keys = opened.keys.keys()
        used = {service: rotation.by_kek(opened.engine(service)) for service in _sealing(opened)}
        found: dict[str, Any] = {
            "file": str(opened.settings.keys_file),
            "current": keys.current,
            "versions": sorted(keys.keks),
            "index_version": keys.index_version,
            "wrapped": {service: {str(kek): n for kek, n in sorted(each.items())} for service, each in used.items()},
        }
    if as_json:
        console.answer_json(found)
        return
    console.out.print(
        f"{found['file']}: versions {', '.join(map(str, found['versions']))}; index {keys.index_version}."
    )
    for service, each in used.items():
        for version in sorted({*keys.keks, *each}):
            lacking = "" if version in keys.keks else "  NOT IN THE FILE: these cannot be read"
            current = " (current)" if version == keys.current else ""
            console.out.print(f"{service:12} version {version}{current}: {each[version]:,} data keys{lacking}")
    if any(version not in keys.keks for each in used.values() for version in each):
        raise typer.Exit(console.EXIT_REFUSED)


@console.guarded
def retire(
    version: Annotated[int, typer.Argument(help="The version of the key-encryption key to take out of the file.")],
    deployment: DeploymentOption = None,
) -> None:
    """Take an old key out of the file: what only backups still hold under it cannot be read any more."""
    with composition.opened(deployment) as opened:
        keys = opened.keys.keys()
        if version not in keys.keks:
            raise Refused(f"There is no key version {version}.", field="version", rule="known-version")
        if version == keys.current:
            raise Refused(
                "The current key stays.", field="version", rule="not-the-current", remedy="kinward keys rotate"
            )
        for service in _sealing(opened):
            if rotation.by_kek(opened.engine(service))[version]:
                raise Refused(
                    f"{service} has data keys wrapped with version {version}.",
                    field="version",
                    rule="unused-version",
                    remedy="kinward keys rotate --resume",
                )
        opened.keys.write(keys.without_kek(version), clock.now())
        _note(opened, "RetireKey", version)
        console.out.print(f"Key version {version} is no longer in the file.")


def _sealing(opened: Deployment) -> tuple[str, ...]:
    return tuple(service for service in SEALING if service in opened.pack.services)


def _rewrap(opened: Deployment, service: str) -> int:
    done = sum(rotation.rewrap(opened.engine(service), opened.keys))
    _note(opened, "RotateKeys", opened.keys.current)
    return done


def _note(opened: Deployment, action: str, version: int) -> None:
    for service in _sealing(opened):
        with opened.transaction(service, operating.operator()) as uow:
            uow.note(action, detail={"version": version})
