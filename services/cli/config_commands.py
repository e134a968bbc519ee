"""`kinward config check`: is this deployment fit to start?"""

import os

import typer

from services.cli import composition, console
from services.cli.options import DeploymentOption, JsonOption
from shared import config, countries

SECRET_MARKS = ("URL", "URI", "KEY", "TOKEN")


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    group = typer.Typer(help="Settings of a deployment.", no_args_is_help=True)
    group.command("check")(check)
    app.add_typer(group, name="config")


@console.guarded
def check(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """List every variable and whether it is set; refuse what is missing or unsafe. Secret values stay hidden."""
    settings = config.load(deployment)
    composition.loopback_only(settings)
    pack = countries.load(settings.pack, settings.countries)
    from_file = config.read_env_file(settings.folder / "deployment.env")
    rows = [
        {"variable": name, "set": _where(name, from_file), "value": _shown(name, from_file), "meaning": meaning}
        for name, meaning in config.VARIABLES.items()
    ]
    missing = [] if settings.embedded else [service for service in pack.services if service not in settings.databases]
    if as_json:
        console.answer_json({"deployment": settings.deployment, "variables": rows, "missing_databases": missing})
    else:
        for row in rows:
            console.out.print(f"{row['variable']:34} {row['set']:12} {row['value']}\n{'':34} {row['meaning']}")
    for service in missing:
        settings.database(service)


def _where(name: str, from_file: dict[str, str]) -> str:
    return "environment" if os.environ.get(name) else "file" if name in from_file else "-"


def _shown(name: str, from_file: dict[str, str]) -> str:
    value = os.environ.get(name) or from_file.get(name) or ""
    return "(set, hidden)" if value and any(mark in name for mark in SECRET_MARKS) else value
