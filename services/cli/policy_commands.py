"""`kinward policy show`: who may do what, how far, on which records, seeing which fields. One table out of the pack."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from services.cli import console
from services.cli.options import JsonOption
from services.cli.pack_commands import ROOT, RootOption
from shared import countries
from shared.auth import Grant, Policy
from shared.errors import ConfigurationError

PackOption = Annotated[str, typer.Option("--pack", help="Id of the pack, such as kz.", envvar="KINWARD_PACK")]
RoleOption = Annotated[str, typer.Option("--role", help="This role alone.")]
HEADS = ("role", "label", "scope", "records", "fields", "permissions")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The policy: what each role grants.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("show")(show)
    app.add_typer(group, name="policy")


@console.guarded
def show(
    pack: PackOption = "_base", role: RoleOption = "", root: RootOption = ROOT, as_json: JsonOption = False
) -> None:
    """Show the policy of a pack, or one role of it. Exit 78 where the policy is amiss."""
    roles = countries.load(pack, root).roles
    if role and role not in roles:
        raise ConfigurationError(
            f"{pack} has no role {role}", field="role", remedy=f"one of {', '.join(sorted(roles))}"
        )
    found = rows({role: roles[role]} if role else roles)
    if as_json:
        console.answer_json(found)
        return
    for row in found:
        console.out.print(
            f"{row['role']} ({row['label']}): scope {row['scope']}, records {row['records']}", markup=False
        )
        console.out.print(f"    sees   {', '.join(row['fields']) or 'no field of a record'}", markup=False)
        for name in row["permissions"] or ["nothing by itself"]:
            console.out.print(f"    may    {name}", markup=False)


def rows(roles: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The table, a row a role, in the order of the pack. Raises ConfigurationError where a row is amiss."""
    policy = Policy.from_roles(roles)
    return [_row(role, str(roles[role]["label"]), grant) for role, grant in policy.grants().items()]


def _row(role: str, label: str, grant: Grant) -> dict[str, Any]:
    fields, permissions = sorted(grant.fields), sorted(grant.permissions)
    return dict(zip(HEADS, (role, label, grant.scope.value, grant.records.value, fields, permissions), strict=True))
