"""Who acts on streams from the command line, where, and what the audit log keeps of it. Not here: the commands."""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import Connection, select

from shared import audit, clock
from shared.envelope import source_urn
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.runtime.deployment import Deployment
from shared.stream import overview
from shared.stream.overview import ParkedEvent
from shared.stream.parking import Key
from shared.technical_tables import stream

SHADOW = "-shadow"
"""What the name of a rebuild's consumer ends with: its rows are in the database of the service that it is for."""

Consumer = Annotated[str, typer.Argument(help="Who consumes, as `kinward stream status` names it.")]
Source = Annotated[str, typer.Argument(help="The service whose events they are.")]


def operator() -> str:
    """Who acts: the account of this machine that the command runs as."""
    try:
        return f"command-line:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's account may have no name
        return f"command-line:{os.getuid()}"


def service_of(consumer: str) -> str:
    """The service in whose database a consumer's rows are."""
    return consumer.removesuffix(SHADOW)


def short(source: str) -> str:
    """The service of a source's URN."""
    return source.rpartition(":")[2]


@contextmanager
def transaction(opened: Deployment, consumer: str) -> Iterator[Connection]:
    """A transaction in the consumer's database. Raises ConfigurationError where there is no such service."""
    opened.kind(service_of(consumer))
    with opened.engine(service_of(consumer)).begin() as connection:
        yield connection


@contextmanager
def steering(opened: Deployment, consumer: str) -> Iterator[Connection]:
    """As `transaction`. Raises NotFound for one that has never consumed."""
    with transaction(opened, consumer) as connection:
        if not consumes(connection, consumer):
            raise NotFound(
                f"{consumer} has never consumed anything.",
                field="consumer",
                remedy=f"Who does: kinward stream status --deployment {opened.id}",
            )
        yield connection


def consumes(connection: Connection, consumer: str) -> bool:
    """Whether it has ever consumed."""
    return connection.execute(select(stream.c.consumer).where(stream.c.consumer == consumer)).scalar() is not None


def note(
    connection: Connection, action: str, consumer: str, detail: Mapping[str, Any], *, subject: UUID | None = None
) -> None:
    """One audit row in the act's own transaction; `detail` holds codes, counts and ids."""
    row = audit.AuditRow(
        id=new_id(),
        at=clock.now(),
        actor=operator(),
        roles=(),
        action=action,
        subject=subject,
        outcome=audit.DONE,
        request_id=None,
        correlation_id=new_id(),
        detail={"consumer": consumer, **detail},
    )
    audit.append(connection, [row])


def parked_at(
    connection: Connection, opened: Deployment, consumer: str, source: str, sequence: int, epoch: str | None
) -> ParkedEvent:
    """The one event that is parked at a place. Raises Invalid where there is none, or one in each of several epochs."""
    urn = source_urn(opened.id, source)
    found = [
        each
        for each in overview.parked(connection, consumer=consumer)
        if (each.source, each.sequence) == (urn, sequence) and str(each.epoch).startswith(epoch or "")
    ]
    if len(found) != 1:
        several = f"in the epochs {', '.join(str(each.epoch) for each in found)}: name one by --epoch"
        raise Invalid(
            f"{'Several events are' if found else 'Nothing is'} parked at {source} {sequence} for {consumer}.",
            field="sequence",
            remedy=several if found else "What is: kinward parked list",
        )
    return found[0]


def key_of(parked: ParkedEvent) -> Key:
    """What a parked event is known by."""
    return parked.source, parked.epoch, parked.sequence
