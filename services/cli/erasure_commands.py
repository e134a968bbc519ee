"""`kinward erasures`: what was erased, whether it still is, and erasing again what a restored backup brought back.

Not here: deciding an erasure, which two persons do over HTTP; the list of erased ids itself (shared/deny_list).
"""

from datetime import UTC, date
from typing import Any
from uuid import UUID

import typer

from services.cli import composition, console, operating
from services.cli.options import DeploymentOption, JsonOption
from services.registry.commands import sealing_erasure as commands
from services.registry.domain.sealing_erasure import Ground
from services.registry.handlers import sealing_erasure as handlers
from services.registry.views import sealing_erasure as views
from shared import clock
from shared.deny_list import Erased
from shared.errors import Refused
from shared.ids import new_id
from shared.runtime.deployment import Deployment

REGISTRY = "registry"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Records that were erased, and backups that bring them back.", no_args_is_help=True)
    group.command("list")(list_erasures)
    group.command("check")(check)
    group.command("replay")(replay)
    group.command("bind")(bind)
    app.add_typer(group, name="erasures")


@console.guarded
def list_erasures(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """The ids on the list of erased records, with when and on what ground."""
    with composition.opened(deployment) as opened:
        lines = opened.erased.read()
    if as_json:
        console.answer_json([{"id": line.id, "at": line.at, "ground": line.ground} for line in lines])
        return
    for line in lines:
        console.out.print(f"{line.id}  {line.at.astimezone(UTC):%Y-%m-%d %H:%M}  {line.ground}", soft_wrap=True)
    console.out.print(f"{len(lines):,} on the list {opened.erased.path}", soft_wrap=True)


@console.guarded
def check(deployment: DeploymentOption = None) -> None:
    """Whether everything on the list is gone. Ends with 1 where a record or its key is there again."""
    with composition.opened(deployment) as opened:
        there = still_there(opened)
    if there:
        raise Refused(
            f"{len(there):,} erased records are there: {', '.join(map(str, there[:10]))}",
            rule="erased-is-gone", remedy=f"run: kinward erasures replay --deployment {opened.id}",
        )  # fmt: skip
    console.out.print("Nothing that was erased is there.")


@console.guarded
def replay(deployment: DeploymentOption = None, as_json: JsonOption = False) -> None:
    """Erase again what is on the list and there: after a restore, which `kinward restored` does by itself."""
    with composition.opened(deployment) as opened:
        done = erase_again(opened)
    if as_json:
        console.answer_json({"erased_again": done})
        return
    console.out.print(told(len(done)))


@console.guarded
def bind(deployment: DeploymentOption = None) -> None:
    """Bind the list anew as it stands, where it was changed and no sound copy is left. Look at its lines first.

    The old files stay beside it (.aside). What stands in the list is erased again by a restore.
    """
    with composition.opened(deployment) as opened:
        opened.erased.begin_anew(dict.fromkeys(line.erased for line in opened.erased.lines()))
        count = len(opened.erased.read())
    console.out.print(f"{count:,} on the list {opened.erased.path}, bound anew.", soft_wrap=True)


def still_there(opened: Deployment) -> list[UUID]:
    """Those on the list of whom registry holds a row or a key, in the order of the list."""
    listed = _listed(opened)
    if not listed:
        return []
    with opened.reading(REGISTRY) as session:
        there = views.present(session, list(listed))
    return [id_ for id_ in listed if id_ in there]


def erase_again(opened: Deployment) -> list[UUID]:
    """Erase those on the list that are there, each in a transaction of its own; may be repeated at any point."""
    listed, there = _listed(opened), still_there(opened)
    for id_ in there:
        with opened.transaction(REGISTRY, operating.operator()) as uow:
            _erase(uow, listed[id_], opened.today())
    return there


def _erase(uow: Any, line: Erased, today: date) -> None:
    """Erase one; it may have gone with the record that it was merged into, and a key may be left alone."""
    if views.recorded(uow.session, line.id):
        command = commands.RepeatErasure(
            id=new_id(), child=line.id, ground=Ground(line.ground), actor=uow.context.actor, at=clock.now(), today=today
        )
        uow.execute(handlers.repeat_erasure, command)
    else:
        uow.keys.destroy(line.id)


def told(count: int) -> str:
    """What to say of an erasing again."""
    return f"{count:,} erased records had come back and were erased again." if count else "No erased record came back."


def _listed(opened: Deployment) -> dict[UUID, Erased]:
    return {line.id: line for line in opened.erased.read()}
