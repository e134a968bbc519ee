"""The command tree of `kinward`: each service's own commands, and those that compose several."""

import typer

from services.cli import (
    config_commands,
    documents,
    importing,
    pack_commands,
    reporting_commands,
    serving,
    stream_commands,
    token_commands,
)
from services.cli.demo import commands as demo_commands

HELP = """Kinward: child care reform, run and measured.

Every command works on one deployment (--deployment, or KINWARD_DEPLOYMENT). Exit codes: 0 done, 1 refused by a rule,
2 wrong usage, 3 some input lines have errors, 75 try again later, 78 configuration.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
for group in (
    serving,
    importing,
    stream_commands,
    token_commands,
    config_commands,
    pack_commands,
    documents,
    reporting_commands,
    demo_commands,
):
    group.add_to(app)


def run() -> None:
    """Run the command line."""
    app(prog_name="kinward")
