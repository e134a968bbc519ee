"""reporting's commands: figures, periods, bundles, trust, and what a hub shows.

Here and not in services/reporting, because they open a deployment as every command does (services.cli.composition).
"""

import typer

from services.cli.reporting_commands import bundles, figures, hub, periods, trusted


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for group in (figures, periods, bundles, trusted, hub):
        group.add_to(app)
