"""`kinward bundle`: the deployment's own bundles on their way to the parent, and bundles that came as files."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from services.cli.reporting_commands.acting import ACTOR, SERVICE, acts
from services.reporting import commands, domain, handlers, sending, trust, views
from shared.backoff import Backoff
from shared.config import Settings
from shared.errors import ConfigurationError, Unavailable
from shared.ids import new_id
from shared.runtime.deployment import Deployment

TRIES = 4
ALL = 1_000_000


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Signed bundles of figures: send, list, carry as files.", no_args_is_help=True)
    for command in (send, list_, export, receipt, ingest):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="bundle")


@console.guarded
def send(
    deployment: DeploymentOption = None,
    again: Annotated[
        bool, typer.Option("--all", help="Also those that the parent has taken; it changes nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send the bundles that the parent has not taken yet, in their order, and keep its signed receipts.

    Sending again is safe: the parent knows a bundle by its bytes and answers with the same receipt.
    """
    with composition.opened(deployment) as opened:
        url, token = _parent(opened.settings)
        with opened.reading(SERVICE) as session:
            places = views.unsent(session, str(opened.settings.parent), again=again)
        sent = []
        if places and not as_json:
            with console.progress(f"Sending to {opened.settings.parent}", len(places)) as show:
                for done, place in enumerate(places, start=1):
                    sent.append(_send(opened, place, url, token))
                    show(done)
        else:
            sent = [_send(opened, place, url, token) for place in places]
    if as_json:
        console.answer_json([{"seq": one.seq, "verdict": one.verdict} for one in sent])
    else:
        for one in sent:
            console.out.print(f"Bundle {one.seq}: {one.verdict}")
        if not sent:
            console.out.print("The parent has everything.")
    _end_by_verdicts(sent)


def _send(opened: Deployment, seq: int, url: str, token: str) -> domain.Bundle:
    with opened.reading(SERVICE) as session:
        raw = views.bundle_bytes(session, seq)
    answer = _with_patience(url, token, raw)
    return _record(opened, seq, answer)


def _record(opened: Deployment, seq: int, answer: bytes) -> domain.Bundle:
    trusted = trust.read(opened.settings.trusted_keys)
    with opened.transaction(SERVICE, ACTOR) as uow:
        command = commands.RecordReceipt(seq=seq, receipt=answer, trusted=trusted, **acts(opened))
        own: domain.Bundle = uow.execute(handlers.record_receipt, command)
    return own


def _with_patience(url: str, token: str, raw: bytes) -> bytes:
    """Try a few times, pausing longer each time. Raises what the last try raised."""
    pauses = Backoff(1, 10)
    for _ in range(TRIES - 1):
        try:
            return sending.deliver(url, token, raw)
        except Unavailable:
            time.sleep(pauses.wait())
    return sending.deliver(url, token, raw)


def _parent(settings: Settings) -> tuple[str, str]:
    """The parent's address and our token for it. Raises ConfigurationError naming what is missing."""
    if settings.parent is None or settings.parent_url is None:
        raise ConfigurationError(
            "this deployment has no parent", field="KINWARD_PARENT_URL", remedy="set it together with KINWARD_PARENT"
        )
    file = settings.parent_token_file or settings.folder / "parent.token"
    if not file.exists():
        raise ConfigurationError(
            f"there is no token for the parent at {file}", field="KINWARD_PARENT_TOKEN_FILE",
            remedy="ask the parent for a token of the role reporter",
        )  # fmt: skip
    return settings.parent_url, file.read_text(encoding="ascii").strip()


def _end_by_verdicts(sent: list[domain.Bundle]) -> None:
    if any(one.verdict is None or not one.verdict.sound for one in sent):
        raise typer.Exit(console.EXIT_REFUSED)


@console.guarded
def list_(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """List the deployment's own bundles and the parent's verdicts."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        rows = views.bundles(session, 0, ALL)
    if as_json:
        console.answer_json([dict(row._mapping) for row in rows])
        return
    printed = Table(box=None, pad_edge=False)
    for head in ("Bundle", "Period", "Revision", "For", "Made", "Verdict", "Received"):
        printed.add_column(head)
    for row in rows:
        verdict = row.verdict.value if row.verdict else "not sent"
        made, received = _instant(row.created_at), _instant(row.received_at)
        printed.add_row(str(row.seq), row.period, str(row.revision), row.audience, made, verdict, received)
    console.out.print(printed)


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


@console.guarded
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the bundle.")],
    seq: Annotated[int, typer.Option(help="The bundle's place in our sequence.")],
    deployment: DeploymentOption = None,
) -> None:
    """Write a bundle to a file that a person carries to the parent."""
    with composition.opened(deployment) as opened, opened.reading(SERVICE) as session:
        raw = views.bundle_bytes(session, seq)
    file.write_bytes(raw)
    console.out.print(f"Bundle {seq}: {len(raw):,} bytes in {file}", soft_wrap=True)


@console.guarded
def receipt(
    file: Annotated[Path, typer.Argument(help="The receipt that came back.")],
    seq: Annotated[int, typer.Option(help="The bundle that it is for.")],
    deployment: DeploymentOption = None,
) -> None:
    """Keep a receipt that came as a file, if the parent has signed it."""
    with composition.opened(deployment) as opened:
        own = _record(opened, seq, file.read_bytes())
    console.out.print(f"Bundle {own.seq}: {own.verdict}")
    _end_by_verdicts([own])


@console.guarded
def ingest(
    file: Annotated[Path, typer.Argument(help="A bundle that came as a file.")],
    deployment: DeploymentOption = None,
    receipt_file: Annotated[
        Path | None, typer.Option("--receipt", help="Where to write the receipt (default: FILE.receipt.json).")
    ] = None,
) -> None:
    """Take in a bundle that came as a file, as if it had come by HTTP, and write the receipt to carry back."""
    with composition.opened(deployment) as opened:
        settings = opened.settings
        command = commands.IngestBundle(
            id=new_id(),
            raw=file.read_bytes(),
            hub=opened.id,
            demo=settings.demo,
            trusted=trust.read(settings.trusted_keys),
            key=trust.ensure_signing_key(settings.signing_key_file),
            **acts(opened),
        )
        with opened.transaction(SERVICE, ACTOR) as uow:
            delivery = uow.execute(handlers.ingest_bundle, command)
    written = receipt_file or file.with_name(f"{file.name}.receipt.json")
    written.write_bytes(delivery.receipt)
    reasons = f" ({'; '.join(delivery.reasons)})" if delivery.reasons else ""
    console.out.print(f"{delivery.verdict}{reasons}; receipt in {written}", soft_wrap=True)
    if not delivery.verdict.sound:
        raise typer.Exit(console.EXIT_REFUSED)
