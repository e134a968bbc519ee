"""What happens when a whole register is looked through for records of one child."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import matching_runs as commands
from services.registry.domain import matching_runs as domain
from services.registry.domain.matching_runs import RunKind
from shared import uow
from shared.ids import new_id

CHUNKS: Mapping[RunKind, int] = {RunKind.REGISTER: 2_000, RunKind.DUE: 500, RunKind.INDEX: 2_000}
"""So many children a transaction: a second or two of work, and a few tens of megabytes."""
TIMER = "timer"
A_TURN = 500
"""So many in one transaction of a timer, whose process does nothing else meanwhile; full loads follow each other, up to
20,000 children in a turn of some minutes."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def match_runs(self) -> domain.Runs:
        """The runs there were."""

    @property
    def looking(self) -> domain.Looking:
        """The register as runs go through it."""


def begin_run(uow: UnitOfWork, command: commands.BeginRun) -> domain.Run:
    """Begin to look through; the timers, or who drives it, go on with it. Raises RunInHand where one is not over."""
    if uow.match_runs.running(command.kind) is not None:
        raise domain.RunInHand(
            f"A run of the kind {command.kind} is not over yet.",
            field="kind",
            rule="one-run-a-kind",
            remedy="Let it go on, or stop it.",
        )
    return _begun(uow, command.id, command.kind, command.actor, command.at)


def stop_run(uow: UnitOfWork, command: commands.StopRun) -> domain.Run:
    """End a run before its end. Raises RunInHand where it is over."""
    run = uow.match_runs.get(command.id)
    run.stop(command.at)
    return run


def run_chunk(uow: UnitOfWork, run: domain.Run, at: datetime, most: int | None = None) -> int:
    """Look at the next children of a run, `most` at once; how many. With 0 it is at its end."""
    if run.kind is RunKind.REGISTER and not run.begun:
        uow.looking.prepare()
    children = uow.looking.following(run.kind, run.after, most or CHUNKS[run.kind])
    if not children:
        if run.kind is RunKind.INDEX:
            uow.looking.indexed()
        run.finish(at)
        return 0
    run.advance(children, _looked_at(uow, run, children, at))
    return len(children)


def go_on(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Go on with the runs that nobody else has in hand, one chunk each; how many children were looked at.

    Records whose terms were made otherwise share none, so that nothing else is looked at until all are made anew.
    """
    if uow.looking.behind() and not uow.match_runs.is_running(RunKind.INDEX):
        return run_chunk(uow, _begun(uow, new_id(), RunKind.INDEX, TIMER, at), at, A_TURN)
    runs = uow.match_runs.free()
    if uow.match_runs.is_running(RunKind.INDEX):
        runs = [run for run in runs if run.kind is RunKind.INDEX]
    return sum(run_chunk(uow, run, at, A_TURN) for run in runs)


def look_at_due(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Look at those who have waited longest since they were registered, imported or changed; how many.

    Waits for runs that make terms anew, or that look at the same children.
    """
    uow.looking.measure(at)
    if uow.looking.behind() or any(map(uow.match_runs.is_running, (RunKind.INDEX, RunKind.DUE))):
        return 0
    children = uow.looking.due(A_TURN)
    if children:
        uow.looking.compare(children, before=at, at=at)
        uow.looking.settle(children)
    return len(children)


def _begun(uow: UnitOfWork, id_: UUID, kind: RunKind, actor: str, at: datetime) -> domain.Run:
    run = domain.Run(id_, kind, asked_by=actor, asked_at=at, children=uow.looking.count(kind))
    uow.match_runs.add(run)
    return run


def _looked_at(uow: UnitOfWork, run: domain.Run, children: Sequence[UUID], at: datetime) -> int:
    if run.kind is RunKind.INDEX:
        uow.looking.index(children)
        return 0
    whole = run.kind is RunKind.REGISTER
    found = uow.looking.compare(children, before=run.asked_at, at=at, counted=whole)
    if not whole:
        uow.looking.settle(children)
    return found


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"matching-runs": go_on, "matching-due": look_at_due}
