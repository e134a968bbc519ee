"""`kinward restored`: tells services that their databases came back from a backup. Not here: what an epoch is."""

import getpass
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli import composition, console, erasure_commands
from services.cli.options import DeploymentOption, JsonOption
from shared import audit, clock, event_log
from shared.ids import new_id
from shared.runtime.deployment import Deployment

ACTION = "BeginEpoch"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("restored")(restored)


@console.guarded
def restored(
    services: Annotated[list[str] | None, typer.Argument(help="The services whose databases were restored.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All services of the deployment.")] = False,
    deployment: DeploymentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell services that their databases were restored from a backup: each begins a new epoch of its event log at once.

    Needed after a dump was read back into the same PostgreSQL cluster, or a copy of its files was put back, best before
    the services run again. A restore into another cluster, a recovery to a point in time and a promoted standby are
    noticed without it; said once too often it does no harm. Consumers that have seen no more than the backup holds go
    on by themselves; the others stop with an alarm, because they hold events that the backup lacks: see
    `kinward orphans list`. Records that were erased since the backup was taken are erased again.
    """
    if bool(services) == everything:
        raise typer.BadParameter("name the services that were restored, or give --all")
    with composition.opened(deployment) as opened:
        wanted = tuple(opened.pack.services if everything else dict.fromkeys(services or ()))
        for service in wanted:
            opened.kind(service)  # refuses one that this deployment does not run, before anything is done
        opened.require_migrated(wanted)
        if erasure_commands.REGISTRY in wanted:
            opened.erased.read()  # refuses a list that was changed, before anything is done
        begun = {service: begin(opened, service) for service in wanted}
        again = erasure_commands.erase_again(opened) if erasure_commands.REGISTRY in wanted else []
    if as_json:
        documents = [_document(service, each) for service, each in begun.items()]
        console.answer_json([each | _again(each, again) for each in documents])
        return
    for service, each in begun.items():
        console.out.print(f"{service:12} {_told(each)}", soft_wrap=True)
    if again:
        console.out.print(erasure_commands.told(len(again)))


def begin(opened: Deployment, service: str) -> event_log.Begun:
    """A new epoch and its line in the audit log, in one transaction."""
    with opened.engine(service).begin() as connection:
        audit.hold(connection)
        begun = event_log.begin_epoch(connection, "restored")
        row = audit.AuditRow(
            id=new_id(),
            at=clock.now(),
            actor=f"command-line:{_account()}",
            roles=(),
            action=ACTION,
            subject=begun.epoch.id,
            outcome=audit.DONE,
            request_id=None,
            correlation_id=new_id(),
            detail={name: value for name, value in _document(service, begun).items() if value is not None},
        )
        audit.append(connection, [row])
    return begun


def _account() -> str:
    """Who is at the operating system; a container's may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _document(service: str, begun: event_log.Begun) -> dict[str, Any]:
    parent = begun.epoch.parent
    follows = None if parent is None else asdict(parent) | {"epoch": str(parent.epoch), "id": str(parent.id)}
    return {
        "service": service,
        "epoch": str(begun.epoch.id),
        "ordinal": begun.ordinal,
        "reason": begun.reason,
        "parent": follows,
        "unpublished": begun.unpublished,
    }


def _again(document: dict[str, Any], ids: list[UUID]) -> dict[str, Any]:
    """The erased ids that came back with registry's backup and were erased again."""
    return {"erased_again": ids} if document["service"] == erasure_commands.REGISTRY else {}


def _told(begun: event_log.Begun) -> str:
    parent = begun.epoch.parent
    follows = "follows nothing" if parent is None else f"follows epoch {parent.epoch} after event {parent.sequence:,}"
    return f"epoch {begun.epoch.id} has begun (number {begun.ordinal}); it {follows}"
