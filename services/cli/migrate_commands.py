"""`kinward migrate`: expand the databases before a rollout, contract them after it, say where each stands."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from services.cli import composition, console, portal_desk, waiting
from services.cli.options import DeploymentOption, JsonOption
from services.portal.issuer import desk
from shared import release
from shared.errors import ConfigurationError, Invalid
from shared.runtime.deployment import Deployment
from shared.steps import book, migrate, standing

PORTAL = portal_desk.DATABASE
Databases = dict[str, tuple[Engine, str]]
"""By service its engine and the package of its steps."""


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("migrate")(take)


@console.guarded
def take(
    service: Annotated[
        str, typer.Argument(help="registry, placements, social_work, reporting, portal, or all.")
    ] = "all",
    deployment: DeploymentOption = None,
    contract: Annotated[
        bool, typer.Option("--contract", help="Take away what older releases needed, when none of them runs any more.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Say where each database stands; change nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="As --status; exit code 78 if serve would refuse.")] = False,
    as_json: JsonOption = False,
    if_initialised: Annotated[bool, typer.Option("--if-initialised", help="Nothing before `kinward init`.")] = False,
) -> None:
    """Bring the databases of a deployment to this release, or one service's alone; one process at a time.

    The portal's database too, where KINWARD_PORTAL_DATABASE_URL is set. What only adds is done while the older release
    serves; what takes away is left for --contract, after the rollout.
    """
    if contract and (status or check):
        raise Invalid("--contract changes, --status and --check do not", field="--contract", rule="one-at-a-time")
    if if_initialised and not waiting.is_initialised(deployment):
        console.out.print("No deployment yet: kinward init")
        return
    with composition.opened(deployment) as opened, _databases(opened, service) as databases:
        if status or check:
            _tell(opened, databases, as_json=as_json, refuse=check)
            return
        applied = {name: migrate(engine, package, contract=contract) for name, (engine, package) in databases.items()}
        left = {
            name: [step.revision for step in standing(engine, package).to_contract]
            for name, (engine, package) in databases.items()
        }
    if as_json:
        console.answer_json(applied)
        return
    for name, revisions in applied.items():
        later = f"; after the rollout, by kinward migrate --contract: {', '.join(left[name])}" if left[name] else ""
        console.out.print(f"{name:12} {', '.join(revisions) or 'up to date'}{later}", soft_wrap=True)


@contextmanager
def _databases(opened: Deployment, service: str) -> Iterator[Databases]:
    """The databases that are meant. Raises ConfigurationError where the deployment has no such service."""
    with ExitStack() as stack:
        found: Databases = {}
        for name in opened.pack.services if service == "all" else [service] if service != PORTAL else []:
            found[name] = (opened.engine(name), opened.kind(name).migrations)
        if service == PORTAL or (service == "all" and opened.settings.portal.database):
            found[PORTAL] = (stack.enter_context(portal_desk.engine(opened.settings)), desk.MIGRATIONS)
        yield found


def _tell(opened: Deployment, databases: Databases, *, as_json: bool, refuse: bool) -> None:
    found = {name: _stands(name, *each, opened.id) for name, each in databases.items()}
    if as_json:
        console.answer_json({"release": release.VERSION, "databases": found})
    else:
        for name, each in found.items():
            console.out.print(f"{name:12} {each['revision'] or 'empty':18} {_words(each)}", soft_wrap=True)
            for process in each["processes"]:
                console.out.print(f"{'':12} runs: {process}", soft_wrap=True)
    if refuse and (unfit := [name for name, each in found.items() if each["refused"]]):
        first = found[unfit[0]]
        raise ConfigurationError(first["refused"], field=", ".join(unfit), rule=first["rule"], remedy=first["remedy"])


def _stands(name: str, engine: Engine, package: str, deployment: str) -> dict[str, Any]:
    """Where a database stands; `refused` says why serve would not start on it, or is None."""
    with engine.connect() as connection:
        processes = [str(each) for each in book.alive(connection)] if book.is_kept(connection) else []
    told: dict[str, Any] = {"revision": None, "processes": processes}
    told |= {"lacks": [], "to_contract": [], "ahead": [], "refused": None, "rule": None, "remedy": None}
    try:
        found = standing(engine, package)
        told |= {
            "revision": found.current,
            "lacks": [step.revision for step in found.lacking],
            "to_contract": [step.revision for step in found.to_contract],
            "ahead": [f"{each.step.revision} ({each.step.phase}, release {each.release})" for each in found.ahead],
        }
        found.require(name, f"run: kinward migrate --deployment {deployment}")
    except ConfigurationError as unfit:
        told |= {"refused": unfit.message, "rule": unfit.rule, "remedy": unfit.remedy}
    return told


def _words(told: dict[str, Any]) -> str:
    if told["refused"]:
        return f"refused: {told['refused']}; {told['remedy']}"
    if told["ahead"]:
        return f"ahead, and fit for release {release.VERSION}: {', '.join(told['ahead'])}"
    if told["to_contract"]:
        return f"fit; after the rollout, by kinward migrate --contract: {', '.join(told['to_contract'])}"
    return "up to date"
