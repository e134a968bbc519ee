"""`kinward trust`: whose signatures this deployment believes, and its own key."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.cli import console
from services.cli.options import DeploymentOption, JsonOption
from services.reporting import trust
from services.reporting.federation import keys
from shared import config


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Keys of other deployments, and our own.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("show-key")(show_key)
    app.add_typer(group, name="trust")


@console.guarded
def add(
    file: Annotated[
        Path, typer.Argument(help="The other deployment's public key, as `kinward trust show-key` prints.")
    ],
    issuer: Annotated[str, typer.Option(help="The other deployment's id.")],
    deployment: DeploymentOption = None,
    areas: Annotated[list[str] | None, typer.Option(help="An area that it may report; none for a parent.")] = None,
    from_seq: Annotated[int, typer.Option(help="Its first bundle that this key may sign.")] = 1,
    until_seq: Annotated[int | None, typer.Option(help="The last one (default: no end).")] = None,
) -> None:
    """Believe a key: of a reporter, for the areas it may report; of the parent, for its receipts.

    Compare the key's thumbprint with its owner by another way than the one the file came by.
    """
    settings = config.load(deployment)
    entry = trust.entry_of(file, issuer, areas or (), from_seq, until_seq)
    settings.trusted_keys.parent.mkdir(parents=True, exist_ok=True)
    trust.add(settings.trusted_keys, entry)
    console.out.print(f"{issuer}: key {entry.kid} is trusted", soft_wrap=True)


@console.guarded
def list_(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """List the trusted keys."""
    entries = trust.read(config.load(deployment).trusted_keys)
    if as_json:
        console.answer_json([trust.document(entry) for entry in entries])
        return
    printed = Table(box=None, pad_edge=False)
    for head in ("Issuer", "Areas", "Bundles", "Thumbprint"):
        printed.add_column(head, overflow="fold")
    for entry in entries:
        span = f"{entry.from_seq} to {entry.until_seq or '…'}"
        printed.add_row(entry.issuer, " ".join(sorted(entry.areas)) or "(receipts)", span, entry.kid)
    console.out.print(printed)


@console.guarded
def show_key(deployment: DeploymentOption = None) -> None:
    """Print this deployment's public key, made on first use; the private one stays in its file, mode 0600."""
    key = trust.ensure_signing_key(config.load(deployment).signing_key_file)
    sys.stdout.write(json.dumps(keys.public_jwk(key), sort_keys=True) + "\n")
