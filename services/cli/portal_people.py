"""Accounts by two persons at the server: `kinward portal init`, `kinward portal invite` and `kinward portal recover`.

Each of the two has a passphrase of their own. For the beginning, when nobody has an account yet, and for the day when
no administrator can sign in. Not here: what an account is (services.portal.issuer), and everyday invitations.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from services.cli import console, portal_desk
from services.cli.options import DeploymentOption
from services.portal.issuer import accounts, operators
from services.portal.issuer.desk import By, Desk
from shared import clock, config
from shared.errors import Conflict, Invalid, NotFound

LoginOption = Annotated[str, typer.Option("--login", help="The person's sign-in name.")]
NameOption = Annotated[str, typer.Option("--name", help="The person's name, as pages show it.")]
ORDINALS = ("first", "second")


def add_to(group: typer.Typer) -> None:
    """Add these commands."""
    for command in (init, invite, recover):
        group.command(command.__name__)(command)


@console.guarded
def init(login: LoginOption, name: NameOption, deployment: DeploymentOption = None) -> None:
    """Appoint two operators and invite the first administrator. Each operator types a new passphrase."""
    with _desk(deployment) as (desk, url):
        if operators.are_there(desk):
            raise Conflict(
                "The portal has its operators already.", rule="operators-once", remedy="kinward portal recover"
            )
        now = clock.now()
        operators.appoint(desk, passphrases(new=True), now)
        by = By("operators", operators.AT_THE_SERVER)
        _, shown = operators.invite(desk, by, login, name, "administrator", now)
        hand_over(url, shown.code)


@console.guarded
def invite(
    login: LoginOption,
    name: NameOption,
    role: Annotated[str, typer.Option(help="The role, everywhere in the deployment.")] = "administrator",
    deployment: DeploymentOption = None,
) -> None:
    """Invite somebody by both operators' word, such as the second administrator: in force at once."""
    with _desk(deployment) as (desk, url):
        by = operators.vouched(desk, passphrases(), clock.now())
        if role not in desk.roles:
            raise Invalid(f"The pack knows no role {role}.", field="role", rule="known-role")
        _, shown = operators.invite(desk, by, login, name, role, clock.now())
        hand_over(url, shown.code)


@console.guarded
def recover(login: LoginOption, deployment: DeploymentOption = None) -> None:
    """Give an account a new invitation by both operators' word: password and second factor are forgotten."""
    with _desk(deployment) as (desk, url):
        by = operators.vouched(desk, passphrases(), clock.now())
        found = accounts.named(desk, login)
        if found is None:
            raise NotFound("There is no such account.")
        shown = accounts.reset(desk, by, found.id, clock.now(), two=True)
        hand_over(url, shown.code)


@contextmanager
def _desk(deployment: str | None) -> Iterator[tuple[Desk, str]]:
    settings = config.load(deployment)
    with portal_desk.opened(settings) as (_, desk):
        yield desk, settings.portal.url


def passphrases(*, new: bool = False) -> dict[str, str]:
    """What both type; nothing of a passphrase is shown."""
    found: dict[str, str] = {}
    for which in ORDINALS:
        person = typer.prompt(f"Name of the {which} operator")
        found[person] = typer.prompt(f"Passphrase of {person}", hide_input=True, confirmation_prompt=new)
    return found


def hand_over(url: str, code: str) -> None:
    """Print the address of an invitation."""
    console.out.print(
        "Give this address to the person, and to nobody else; it is good once, for seven days:", markup=False
    )
    console.out.print(f"{url}/invitation/{code}", soft_wrap=True, markup=False)
