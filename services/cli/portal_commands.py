"""`kinward portal`: the web pages of a deployment, and what they are made of."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli import composition, console, portal_desk, portal_people, token_commands, waiting
from services.cli.options import DeploymentOption, JsonOption, WaitOption
from shared import config, logs

portal = typer.Typer(help="The web pages.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    portal_people.add_to(portal)
    app.add_typer(portal, name="portal")


@portal.command("serve")
@console.guarded
def serve(deployment: DeploymentOption = None, when_initialised: WaitOption = False) -> None:
    """Serve the portal of a deployment: plain WSGI, a client of the services' APIs. SIGTERM ends it."""
    from services.portal import server

    logs.configure()
    if when_initialised:
        waiting.wait_until_initialised(deployment)
    settings = config.load(deployment)
    composition.loopback_only(settings)
    token_commands.ensure_token_key(settings)
    with portal_desk.opened(settings, serving=True) as (pack, desk):
        server.serve(settings, pack, desk)


@portal.command("assets")
@console.guarded
def assets(
    modules: Annotated[Path, typer.Argument(help="The node_modules folder made by npm ci in services/portal/assets.")],
) -> None:
    """Copy style sheets, fonts, icons and htmx to where the pages load them from, with a manifest."""
    from services.portal import vendoring

    for each in vendoring.bring(modules):
        console.out.print(f"{each['name']} {each['version']} ({each['licence']})", soft_wrap=True, markup=False)


@portal.command("wording")
@console.guarded
def wording(
    deployment: DeploymentOption = None,
    as_json: JsonOption = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete them once they are printed.")] = False,
) -> None:
    """What readers say of the words of the pages: for who keeps a language's texts."""
    from services.portal.issuer import wording as kept

    with portal_desk.opened(config.load(deployment)) as (_pack, desk):
        found = kept.reports(desk)
        if as_json:
            console.answer_json([each.document() for each in found])
        for each in [] if as_json else found:
            better = f" -> {each.better}" if each.better else ""
            said = f"{each.at:%Y-%m-%d} {each.language} {each.page}: {each.words}{better}"
            console.out.print(said, soft_wrap=True, markup=False)
        if forget:
            kept.forget(desk, [each.id for each in found])
