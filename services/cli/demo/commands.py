"""`kinward demo`: two countries and a hub on this machine, with invented children."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from services.cli import console
from services.cli.demo.journey import DEPLOYMENTS, Journey
from services.cli.demo.stage import Stage
from shared import config


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("demo")(demo)


@console.guarded
def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the results and end.")] = False,
    home: Annotated[Path | None, typer.Option(help="Folder of the demo's deployments; begins empty.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the registers and the hub's table.")] = Path("demo-out"),
) -> None:
    """Run the whole way on this machine: registers, import, figures, signed bundles, UNICEF's table; then keep serving.

    Kazakhstan, Uzbekistan and a UNICEF hub, each its own process with its own PostgreSQL. Nothing leaves this machine,
    no child is real, and your own deployments are not touched.
    """
    # SIGTERM and a closed terminal end the demo as Ctrl-C does, so that what it started is stopped.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    place = home or config.default_home() / "demo"
    with Stage(place, DEPLOYMENTS) as stage:
        journey = Journey(stage, out.resolve())
        try:
            journey.run()
            if not once:
                journey.open_pages()
                journey.tell_addresses()
                console.out.print("\nServing until Ctrl-C.")
                stage.wait()
        except KeyboardInterrupt:
            console.err.print("Stopping.")
            raise typer.Exit(128 + signal.SIGINT) from None
    if not once and os.isatty(1):
        console.out.print("Stopped.")
