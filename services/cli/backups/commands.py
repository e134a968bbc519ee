"""`kinward backup`: a backup of all databases, of the keys apart, and the proof that one can be restored."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import console
from services.cli.backups import making, manifest, note, places, proving, pruning
from services.cli.backups.alone import alone
from services.cli.backups.proving import Proof
from services.cli.options import DeploymentOption, JsonOption
from shared import config, countries
from shared.config import Settings
from shared.errors import ConfigurationError, Invalid
from shared.sealed import Passphrase, PrivateKey, PublicKey, Recipient, Unlocking, parts

ToOption = Annotated[list[Path] | None, typer.Option("--to", help="Public key (JWK) of who may open it; repeatable.")]
PassphraseOption = Annotated[Path | None, typer.Option("--passphrase-file", help="File with a passphrase, mode 0600.")]
KeyOption = Annotated[Path | None, typer.Option("--key", help="Private key (JWK) that opens it, mode 0600.")]
FileArgument = Annotated[Path, typer.Argument(help="A file that `kinward backup` wrote.")]
ScratchOption = Annotated[
    Path | None,
    typer.Option(
        "--scratch", help="Folder with room for the databases (default: beside the file, or the temporary one)."
    ),
]
ServiceOption = Annotated[list[str] | None, typer.Option("--service", help="Only this one; may be repeated.")]
PRIVATE, PUBLIC = "backup.private.jwk", "backup.jwk"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Backups of all databases, of the keys apart, and their proof.")
    group.callback(invoke_without_command=True)(backup)
    group.command("verify")(verify)
    group.command("show")(show)
    group.command("recipient")(recipient)
    group.command("prune")(prune)
    app.add_typer(group, name="backup")


@console.guarded
def backup(
    context: typer.Context,
    deployment: DeploymentOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the file (default: backups/ in the deployment's).")
    ] = None,
    to: ToOption = None,
    passphrase_file: PassphraseOption = None,
    service: ServiceOption = None,
    keys: Annotated[bool, typer.Option("--keys", help="The keys and settings instead, to be kept apart.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Then restore it beside everything and compare.")] = False,
    scratch: ScratchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all databases of one moment into one sealed file: the services', and the portal's. Keys are never in it.

    The services run meanwhile. Sealed for KINWARD_BACKUP_KEY_FILE unless --to or --passphrase-file say otherwise.
    """
    if context.invoked_subcommand is not None:
        return
    settings = config.load(deployment)
    recipients = _recipients(settings, to or (), passphrase_file)
    if keys:
        _keys(settings, out, recipients, as_json)
        return
    pack = countries.load(settings.pack, settings.countries)
    folder = out or settings.folder / "backups"
    proof = None
    with alone(settings, folder):
        with places.opened(settings, pack, service or ()) as found:
            made = making.backup(settings, found, folder, recipients)
        size = made.path.stat().st_size
        note.taken(settings, made.manifest, size)
        if verify:
            proof = proving.prove(made.path, made.key, scratch or proving.default_scratch(made.path), settings)
            note.verified(settings, made.manifest, made.path)
    if as_json:
        told = {"file": str(made.path), "bytes": size, "manifest": made.manifest}
        console.answer_json(told | {"proven": None if proof is None else proof.held})
        return
    for name, said in made.manifest["services"].items():
        console.out.print(f"{name:12} {_line(said)}", soft_wrap=True)
    console.out.print(f"{made.path}: {size:,} bytes, sealed.", soft_wrap=True)
    _tell(proof)
    console.out.print("Not in it: the keys (kinward backup --keys). Erased records: keep the newest erased.jsonl.")


@console.guarded
def verify(
    file: FileArgument,
    deployment: DeploymentOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    scratch: ScratchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that a backup can be restored: into a scratch server of its own, migrations, audit chains, logs, counts.

    Needs no database and no deployment; where the deployment's key file is at hand, its keys are tried too.
    """
    settings = config.load(deployment) if deployment or os.environ.get("KINWARD_DEPLOYMENT") else None
    proof = proving.prove(file, opening(key, passphrase_file), scratch or proving.default_scratch(file), settings)
    if settings is not None:
        note.verified(settings, proof.manifest.document, file)
    if as_json:
        console.answer_json({"proven": proof.held, "manifest": proof.manifest.document})
        return
    _tell(proof)


@console.guarded
def show(file: FileArgument, key: KeyOption = None, passphrase_file: PassphraseOption = None) -> None:
    """Read a whole file, check every byte of it, and print its manifest: what it holds, of which moment and release."""
    kind = parts.kind(file)
    console.answer_json(manifest.read(parts.manifest(file, opening(key, passphrase_file), kind)).document)


@console.guarded
def recipient(
    out: Annotated[Path, typer.Option("--out", help="Folder for both files; nothing there is replaced.")],
) -> None:
    """Make a pair of keys for backups: the public one stays with the deployment, the private one never does."""
    private, public = PrivateKey.generated().documents()
    _new(out / PRIVATE, private)
    _new(out / PUBLIC, public)
    console.out.print(f"Made {out / PUBLIC}: put it where KINWARD_BACKUP_KEY_FILE says.", soft_wrap=True)
    console.out.print(f"Made {out / PRIVATE}: keep it, with a copy, where the deployment is not.", soft_wrap=True)


@console.guarded
def prune(
    deployment: DeploymentOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the backups (default: backups/ in the deployment's).")
    ] = None,
    daily: Annotated[int, typer.Option("--keep-daily", min=1, help="Of so many days the newest.")] = 7,
    weekly: Annotated[int, typer.Option("--keep-weekly", min=0, help="Of so many weeks the newest.")] = 5,
    monthly: Annotated[int, typer.Option("--keep-monthly", min=0, help="Of so many months the newest.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete old backups of this deployment's databases; the newest stays, and the newest that was proven.

    Keep them no longer than a record may outlive its erasure: an erased child is in every backup from before.
    """
    settings = config.load(deployment)
    if out is not None and not out.is_dir():
        raise Invalid(f"There is no folder {out}.", field="--out", rule="folder-there", remedy="name the one it is")
    there = pruning.found(out or settings.folder / "backups", settings.deployment)
    last = note.read(settings)["proven"]
    proven = next((moment for moment, path in there.items() if path.name == last), None)
    stays = pruning.kept(there, daily=daily, weekly=weekly, monthly=monthly, proven=proven)
    gone = [path for moment, path in sorted(there.items()) if moment not in stays]
    for path in gone:
        if not dry_run:
            _delete(path)
    if as_json:
        console.answer_json({"deleted": [] if dry_run else gone, "kept": [there[moment] for moment in sorted(stays)]})
        return
    for path in gone:
        console.out.print(f"{'would delete' if dry_run else 'deleted'} {path}", soft_wrap=True)
    console.out.print(f"{len(stays)} backups are kept.")


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be deleted: {error.strerror}", field="--out") from None


def opening(key: Path | None, passphrase_file: Path | None) -> Unlocking:
    """What opens a file. Raises Invalid unless exactly one is named, ConfigurationError."""
    if (key is None) == (passphrase_file is None):
        raise Invalid("One of --key and --passphrase-file opens it.", field="--key", rule="one-of-two")
    return PrivateKey.read(key) if key is not None else Passphrase.read(passphrase_file or Path())


def _recipients(settings: Settings, to: Sequence[Path], passphrase_file: Path | None) -> list[Recipient]:
    found: list[Recipient] = [PublicKey.read(each) for each in to]
    if passphrase_file is not None:
        found.append(Passphrase.read(passphrase_file))
    if not found:
        if not settings.backup.key_file.exists():
            raise ConfigurationError(
                "nobody is named who may open the backup", field="KINWARD_BACKUP_KEY_FILE", rule="backups-are-sealed",
                remedy="give --passphrase-file FILE, or make keys: kinward backup recipient --out DIR",
            )  # fmt: skip
        found.append(PublicKey.read(settings.backup.key_file))
    return found


def _keys(settings: Settings, out: Path | None, recipients: Sequence[Recipient], as_json: bool) -> None:
    if out is None:
        raise Invalid("Say where the keys go.", field="--out", rule="keys-apart", remedy="a folder on another disk")
    made = making.key_files(settings, out, recipients)
    note.keys_copied(settings)
    if as_json:
        console.answer_json({"file": str(made.path), "manifest": made.manifest})
        return
    console.out.print(f"{made.path}: {', '.join(made.manifest['parts'])}, sealed.", soft_wrap=True)
    console.out.print("Keep it apart from the backups, and no longer than the backups that it opens.")


def _new(path: Path, document: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be made: {error.strerror}", field="out") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(document, stream)


def _line(said: dict[str, Any]) -> str:
    rows = sum(said["tables"].values())
    log = f", {said['events']:,} events up to {said['sequence']:,}" if "epoch" in said else ""
    return f"{rows:,} rows in {len(said['tables'])} tables{log}"


def _tell(proof: Proof | None) -> None:
    """What was proven."""
    if proof is None:
        return
    for line in proof.held:
        console.out.print(f"  proven: {line}", soft_wrap=True)
    console.out.print(f"Restored and compared: the backup of {proof.manifest.taken_at} holds what it says.")
