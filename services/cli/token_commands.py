"""`kinward token`: an access token for development and for programs, signed with the deployment's own key."""

import json
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from services.cli import console
from services.cli.options import DeploymentOption
from shared import clock, config, countries
from shared.auth import Principal, tokens
from shared.config import Settings
from shared.errors import Invalid


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("token")(token)


@console.guarded
def token(
    role: Annotated[list[str], typer.Option(help="A role of the pack; may be given several times.")],
    deployment: DeploymentOption = None,
    subject: Annotated[str, typer.Option(help="Who the token is for.")] = "developer",
    area: Annotated[list[str] | None, typer.Option(help="An area code, or * for all (default).")] = None,
    centre: Annotated[UUID | None, typer.Option(help="The centre the person belongs to.")] = None,
    provider: Annotated[UUID | None, typer.Option(help="The provider the person belongs to.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=24 * 60, help="How long it is valid.")] = 60,
) -> None:
    """Print an access token. Its key is made on first use; the public half goes into the deployment's JWKS file."""
    settings = config.load(deployment)
    pack = countries.load(settings.pack, settings.countries)
    unknown = sorted(set(role) - set(pack.roles))
    if unknown:
        raise Invalid(
            f"the pack {pack.id} knows no role {', '.join(unknown)}",
            field="role",
            rule="known-role",
            remedy=f"one of: {', '.join(sorted(pack.roles))}",
        )
    for name, belongs in (("centre", centre), ("provider", provider)):
        alone = [each for each in role if pack.roles[each].get("scope") == name]
        if alone and belongs is None:
            console.err.print(f"{', '.join(alone)}: reaches one {name} alone, and nothing without --{name}")
    areas = frozenset(area or ["*"])
    principal = Principal(subject, frozenset(role), areas, centre, provider, settings.deployment)
    typer.echo(issue(settings, principal, timedelta(minutes=minutes)))


def issue(settings: Settings, principal: Principal, lifetime: timedelta) -> str:
    """A token for `principal`, by the deployment's token key."""
    ensure_token_key(settings)
    return tokens.issue(principal, tokens.load_key(settings.token_key_file), lifetime, now=clock.now())


def ensure_token_key(settings: Settings) -> None:
    """Make the token key and publish its public half in the JWKS file, unless they are there."""
    if not settings.token_key_file.exists():
        settings.token_key_file.parent.mkdir(parents=True, exist_ok=True)
        tokens.write_key(settings.token_key_file, tokens.generate_key())
    if not settings.jwks.exists():
        key = tokens.load_key(settings.token_key_file)
        settings.jwks.write_text(json.dumps(tokens.public_jwks([key])), encoding="utf-8")
