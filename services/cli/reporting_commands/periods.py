"""`kinward period close`: compute, check and sign a period's figures."""

from typing import Annotated, cast

import typer

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from services.cli.reporting_commands.acting import ACTOR, SERVICE, acts, busy
from services.cli.reporting_commands.figures import PeriodOption
from services.reporting import commands, handlers, release, trust
from services.reporting.store import UnitOfWork
from shared.ids import new_id


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Reporting periods: close them.", no_args_is_help=True)
    group.callback()(_keep_group)
    group.command("close")(close)
    app.add_typer(group, name="period")


def _keep_group() -> None:
    """With one command alone typer would drop the group's name."""


@console.guarded
def close(
    period: PeriodOption,
    deployment: DeploymentOption = None,
    note: Annotated[str | None, typer.Option(help="Why the figures hold, where a finding asks for a word.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute, check and sign a period's figures, and build the bundle for the parent.

    Figures that are signed already are not signed again; changed ones make the next revision.
    """
    with composition.opened(deployment) as opened:
        settings = opened.settings
        command = commands.ClosePeriod(
            id=new_id(),
            period=period,
            issuer=opened.id,
            audience=settings.parent or opened.id,
            key=trust.ensure_signing_key(settings.signing_key_file),
            code_version=release.code_version(),
            note=note,
            **acts(opened),
        )
        with busy(f"Counting, checking and signing {period}"), opened.transaction(SERVICE, ACTOR) as uow:
            closed = uow.execute(handlers.close_period, command)
            bundle = cast(UnitOfWork, uow).bundles.of(closed.id).seq
    changed = closed.id == command.id
    if as_json:
        console.answer_json(
            {"period": period, "revision": closed.revision, "bundle": bundle, "cells": closed.cells, "changed": changed}
        )
    elif changed:
        console.out.print(
            f"{opened.pack.name}, {period}: {closed.cells:,} figures signed, revision {closed.revision}, "
            f"bundle {bundle} for {closed.audience}.",
            soft_wrap=True,
        )
    else:
        console.out.print(f"{period}: nothing has changed since revision {closed.revision}; no new bundle.")
