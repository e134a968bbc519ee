"""`kinward audit`: whether the audit logs are as they were written, and where they stand. Not here: reading them."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import audit_anchors, composition, console
from services.cli.audit_anchors import Anchor
from services.cli.options import DeploymentOption, JsonOption
from shared import audit_check, clock
from shared.audit_check import Break, Head, Kind, Verdict
from shared.errors import ConfigurationError
from shared.runtime.deployment import Deployment

ServiceOption = Annotated[list[str] | None, typer.Option("--service", help="Only this one; may be repeated.")]
TOLD = {
    Kind.CHANGED: "a row says something else than was written",
    Kind.MISSING: "a row was taken out",
    Kind.INSERTED: "a row was put in that the chain does not hold",
    Kind.MOVED: "rows were given each other's place",
    Kind.CUT: "the rows from here on are gone",
    Kind.REWRITTEN: "somewhere up to here the chain was written anew: the anchor holds another hash",
}


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Whether the audit logs are as they were written.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("anchor")(anchor)
    app.add_typer(group, name="audit")


@console.guarded
def verify(
    deployment: DeploymentOption = None,
    service: ServiceOption = None,
    anchor: Annotated[
        list[Path] | None, typer.Option("--anchor", help="A file of `kinward audit anchor`; may be repeated.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The public key that signed the anchors, if it is not today's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute every hash of the audit logs anew. Exit code 1 where a chain is broken: the first place, and how.

    A chain that was rewritten to its end, head and all, is found only by an anchor that was kept elsewhere.
    """
    with composition.opened(deployment) as opened:
        services = _services(opened, service)
        public = audit_anchors.own_key(opened.settings.signing_key_file)
        if key is not None:
            public = audit_anchors.public_key(key)
        anchors = [audit_anchors.read(file, opened.id, public) for file in anchor or ()]
        found = {name: _verdict(opened, name, anchors) for name in services}
    unsigned = sum(not each.signed for each in anchors)
    if as_json:
        console.answer_json([_document(name, *each) for name, each in found.items()])
    else:
        for name, each in found.items():
            console.out.print(f"{name:12} {_line(*each)}", soft_wrap=True)
    if unsigned:
        console.err.print(f"{unsigned} of the anchors are not signed: they are worth what their keeper is.")
    if any(verdict.broken for verdict, _ in found.values()):
        raise typer.Exit(console.EXIT_REFUSED)


@console.guarded
def anchor(
    deployment: DeploymentOption = None,
    service: ServiceOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it there; a file that is there stays.")] = None,
) -> None:
    """Print where every audit log's chain stands, signed where the deployment has a signing key.

    Keep it where who may write to the databases cannot. It holds numbers and hashes, nothing about anybody.
    """
    with composition.opened(deployment) as opened:
        heads = {name: _head(opened, name) for name in _services(opened, service)}
        at = clock.now()
        made = audit_anchors.document(opened.id, heads, at, audit_anchors.own_key(opened.settings.signing_key_file))
        audit_anchors.note_taken(opened.settings.folder, at)
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(
            f"{out} cannot be written: {error.strerror}", field="out", remedy="another name"
        ) from error
    for name, each in heads.items():
        console.out.print(f"{name:12} {each.sequence:,} rows, {each.hash.hex()[:16]}…", soft_wrap=True)


def _services(opened: Deployment, named: Sequence[str] | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(named or opened.pack.services))
    for each in wanted:
        opened.kind(each)  # refuses one that this deployment does not run
    opened.require_migrated(wanted)
    return wanted


def _head(opened: Deployment, service: str) -> Head:
    with audit_check.snapshot(opened.engine(service)) as connection:
        found = audit_check.head(connection)
    if found is None:
        raise ConfigurationError(
            f"the chain of {service} has lost its head", field=service, remedy="kinward audit verify"
        )
    return found


def _verdict(opened: Deployment, service: str, anchors: Sequence[Anchor]) -> tuple[Verdict, int]:
    """What holds, and with how many anchors it was compared."""
    heads = [each.heads[service] for each in anchors if service in each.heads]
    passed: dict[int, bytes] = {}
    for head in heads:
        if passed.setdefault(head.sequence, head.hash) != head.hash:
            return Verdict(0, Break(head.sequence, Kind.REWRITTEN)), len(heads)
    with audit_check.snapshot(opened.engine(service)) as connection:
        return audit_check.verify(connection, passed), len(heads)


def _line(verdict: Verdict, anchors: int) -> str:
    if verdict.broken is None:
        through = f", through {anchors} anchor{'s' * (anchors > 1)}" if anchors else ""
        return f"ok, {verdict.rows:,} rows{through}"
    return f"BROKEN at {verdict.broken.sequence:,}: {verdict.broken.kind} ({TOLD[verdict.broken.kind]})"


def _document(service: str, verdict: Verdict, anchors: int) -> dict[str, Any]:
    broken = verdict.broken
    return {
        "service": service,
        "ok": broken is None,
        "rows": verdict.rows,
        "anchors": anchors,
        "broken": None if broken is None else {"sequence": broken.sequence, "kind": broken.kind},
    }
