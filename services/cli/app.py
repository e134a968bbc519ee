"""The command tree of `kinward`; only the room of the command at hand is imported, so that a small one starts fast."""

import importlib
import sys
from typing import Annotated

import typer

from shared import release

HELP = """Kinward: child care reform, run and measured.

Every command works on one deployment (--deployment, or KINWARD_DEPLOYMENT). Exit codes: 0 done, 1 refused by a rule,
2 wrong usage, 3 some input lines have errors, 75 try again later, 78 configuration.
"""

ROOMS: dict[str, tuple[str, ...]] = {
    "services.cli.init_commands": ("init",),
    "services.cli.serving": ("serve",),
    "services.cli.portal_commands": ("portal",),
    "services.cli.i18n_commands": ("i18n",),
    "services.cli.importing": ("import",),
    "services.cli.matching_commands": ("matching",),
    "services.cli.export_commands": ("export",),
    "services.cli.stream_commands": ("stream",),
    "services.cli.parked_commands": ("parked",),
    "services.cli.orphan_commands": ("orphans",),
    "services.cli.source_commands": ("restored",),
    "services.cli.erasure_commands": ("erasures",),
    "services.cli.backups.commands": ("backup",),
    "services.cli.backups.restore_command": ("restore",),
    "services.cli.timer_commands": ("timers",),
    "services.cli.rules_commands": ("rules",),
    "services.cli.turn_commands": ("placements",),
    "services.cli.rebuild_commands": ("rebuild",),
    "services.cli.audit_commands": ("audit",),
    "services.cli.token_commands": ("token",),
    "services.cli.key_commands": ("keys",),
    "services.cli.config_commands": ("config",),
    "services.cli.migrate_commands": ("migrate",),
    "services.cli.doctor_commands": ("doctor",),
    "services.cli.pack_commands": ("pack",),
    "services.cli.policy_commands": ("policy",),
    "services.cli.reporting_commands.figures": ("figures", "figures-note"),
    "services.cli.reporting_commands.periods": ("period",),
    "services.cli.reporting_commands.bundles": ("bundle",),
    "services.cli.reporting_commands.trusted": ("trust",),
    "services.cli.reporting_commands.hub": ("hub",),
    "services.cli.documents": ("docs",),
    "services.cli.demo.commands": ("demo",),
}
"""Module by module, the commands that it adds (each has `add_to(app)`), in the order of `--help`."""


def tree(command: str | None = None) -> typer.Typer:
    """The whole tree, or the part that has `command`; for an unknown word the whole one, which says what it knows."""
    app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(_whole)  # a tree with one command stays a tree
    app.info.help = HELP
    wanted = [room for room, commands in ROOMS.items() if command in commands]
    for room in wanted or (ROOMS if command != "--version" else ()):
        importlib.import_module(room).add_to(app)
    return app


def _say(version: bool) -> None:
    if version:
        typer.echo(release.line())
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", help="Say which release and commit this is.", is_eager=True, callback=_say)
]


def _whole(version: VersionOption = False) -> None:
    pass


def run() -> None:
    """Run the command line."""
    tree(next(iter(sys.argv[1:]), None))(prog_name="kinward")
