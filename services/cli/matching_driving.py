"""A run over the register driven to its end by the command line, a chunk a transaction. Not here: what is printed."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from services.cli import operating
from services.cli.matching_crew import Crew
from services.registry.commands import matching_runs as commands
from services.registry.domain.matching_runs import RunKind, RunStatus
from services.registry.handlers import matching_runs as handlers
from services.registry.views import matching_runs as views
from shared import clock, failpoints
from shared.backoff import Backoff
from shared.ids import new_id
from shared.runtime.deployment import Deployment

TRIES = 6
"""A chunk that met another's work is tried so often, with pauses up to some seconds between."""
Answer = TypeVar("Answer")
Progress = Callable[[dict[str, Any]], None]


def is_behind(deployment: Deployment) -> bool:
    """Whether terms are to be made anew before anything else is looked at."""
    with deployment.reading("registry") as session:
        return views.is_behind(session, deployment.pack)


def drive(
    deployment: Deployment, kind: RunKind, on_progress: Progress = lambda _: None, *, processes: int = 1
) -> dict[str, Any]:
    """Go on with the run of a kind, or begin one, to its end; the run as it is shown.

    A run over the whole register is taken by so many `processes` at once.
    Raises OperationalError and IntegrityError where a chunk fails again and again, Unavailable where a process ended.
    """
    run = _in_hand(deployment, kind)
    shown = _shown(deployment, run)
    on_progress(shown)
    if kind is RunKind.REGISTER and processes > 1:
        _together(deployment, run, on_progress, processes)
        shown = _shown(deployment, run)
    while shown["status"] == RunStatus.RUNNING:
        _tried(deployment, partial(_next, run=run))
        failpoints.hit("chunk.committed")
        shown = _shown(deployment, run)
        on_progress(shown)
    return shown


def _together(deployment: Deployment, run: UUID, on_progress: Progress, processes: int) -> None:
    """Several processes look at a chunk each; that they did is noted in order, so that the run is never ahead of them.

    Of what was found in a chunk that was looked at and not noted before a crash, the pairs are there, not the count.
    """
    begun, after = _tried(deployment, lambda uow: _prepared(uow, run))

    def look(children: Sequence[UUID]) -> int:
        return _tried(
            deployment,
            lambda uow: uow.looking.compare(children, before=begun, at=clock.now(), counted=True),
        )

    def chunks(after: UUID | None) -> Iterator[Sequence[UUID]]:
        while children := _tried(deployment, partial(_following, after=after)):
            yield children
            after = children[-1]

    with Crew(deployment, look, processes) as crew:
        for children, found in crew.found(chunks(after)):
            if not _tried(deployment, partial(_note, run=run, children=children, found=found)):
                return
            failpoints.hit("chunk.committed")
            on_progress(_shown(deployment, run))


def _prepared(uow: Any, run: UUID) -> tuple[datetime, UUID | None]:
    """When a run over the register began and after whom it goes on; before its first child terms are counted."""
    found = uow.match_runs.get(run)
    if not found.begun:
        uow.looking.prepare()
    return found.asked_at, found.after


def _following(uow: Any, after: UUID | None) -> list[UUID]:
    found: list[UUID] = uow.looking.following(RunKind.REGISTER, after, handlers.CHUNKS[RunKind.REGISTER])
    return found


def _note(uow: Any, run: UUID, children: Sequence[UUID], found: int) -> bool:
    """The run has come so far, unless somebody has stopped it, or taken it further, meanwhile."""
    going = uow.match_runs.get(run)
    if going.status is not RunStatus.RUNNING:
        return False
    if going.after is None or going.after < children[0]:
        going.advance(children, found)
    return True


def _in_hand(deployment: Deployment, kind: RunKind) -> UUID:
    """The id of the run that is not over, or of a new one."""
    with deployment.transaction("registry", operating.operator()) as uow:
        found = views.running_id(uow.session, kind)
        if found is None:
            asking = commands.BeginRun(
                id=new_id(), kind=kind, actor=operating.operator(), at=clock.now(), today=deployment.today()
            )
            found = uow.execute(handlers.begin_run, asking).id
    return found


def _tried(deployment: Deployment, act: Callable[[Any], Answer]) -> Answer:
    """In one transaction; again, after a pause, where it met another's work."""
    pause = Backoff(0.2, 5)
    for _ in range(TRIES):
        try:
            with deployment.transaction("registry", operating.operator()) as uow:
                return act(uow)
        except (IntegrityError, OperationalError, StaleDataError):
            time.sleep(pause.wait())
    with deployment.transaction("registry", operating.operator()) as uow:
        return act(uow)


def _next(uow: Any, run: UUID) -> None:
    """A chunk, unless somebody has stopped the run or brought it to its end meanwhile."""
    found = uow.match_runs.get(run)
    if found.status is RunStatus.RUNNING:
        handlers.run_chunk(uow, found, clock.now())


def _shown(deployment: Deployment, run: UUID) -> dict[str, Any]:
    with deployment.reading("registry") as session:
        return views.run(session, run)
