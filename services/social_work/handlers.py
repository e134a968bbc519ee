"""What happens when social_work is asked, or hears something: one function per command or event. The caller commits.

Lock order: the child, its cases, then centre, then worker.
"""

from typing import Protocol
from uuid import UUID

from services.social_work import commands, domain
from shared import uow
from shared.happening import Happening, touching


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over social_work's database."""

    @property
    def centres(self) -> domain.Centres:
        """The centres."""

    @property
    def workers(self) -> domain.Workers:
        """The workers."""

    @property
    def cases(self) -> domain.Cases:
        """The cases."""

    @property
    def children(self) -> domain.KnownChildren:
        """The children heard of."""


def open_centre(uow: UnitOfWork, command: commands.OpenCentre) -> domain.Centre:
    """A centre begins to work."""
    centre = domain.Centre.open(command.id, command.name, command.area, command.key)
    uow.centres.add(centre)
    return centre


def register_worker(uow: UnitOfWork, command: commands.RegisterWorker) -> domain.Worker:
    """A worker joins a centre."""
    centre = uow.centres.get(command.centre)
    worker = domain.Worker.register_at(command.id, centre.id, command.account, command.key)
    uow.workers.add(worker)
    return worker


def open_case(uow: UnitOfWork, command: commands.OpenCase) -> domain.Case:
    """A centre takes charge. A child not heard of yet is accepted; registry's event will confirm it."""
    child, centre = uow.children.get(command.child), uow.centres.get(command.centre)
    case = domain.Case.open(command.id, child.id, command.kind, centre.id, on=command.opened_on, today=command.today)
    uow.cases.add(case)
    return case


def assign_case(uow: UnitOfWork, command: commands.AssignCase) -> domain.Case:
    """Put a worker in charge."""
    case = uow.cases.get(command.id)
    case.assign(uow.workers.get(command.worker), on=command.on, today=command.today)
    return case


def close_case(uow: UnitOfWork, command: commands.CloseCase) -> domain.Case:
    """Finish a case. Raises LastCaseOfAChildInCare (CARE C17)."""
    case = uow.cases.get(command.id)
    domain.may_close(case, uow.cases.of(case.child), uow.children.get(case.child))
    case.close(reason=command.reason, on=command.closed_on, today=command.today)
    return case


def record_case_closed(uow: UnitOfWork, command: commands.RecordCaseClosed) -> domain.Case:
    """Write down that a case was closed; a child still in care then shows on the list of those without one."""
    case = uow.cases.get(command.id)
    case.close(reason=command.reason, on=command.closed_on, today=command.today)
    return case


def note_child(uow: UnitOfWork, event: Happening) -> None:
    """Registry stated a child (registered, amended or corrected)."""
    uow.children.get(event.subject).state(event.data["area"])


def note_child_withdrawn(uow: UnitOfWork, event: Happening) -> None:
    """Registry's entry was made in error."""
    uow.children.get(event.subject).withdraw()


@touching("into")
def note_child_merged(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record gave way to another one: its cases are read with that one's."""
    uow.children.get(event.subject).merge(UUID(event.data["into"]))


@touching("out_of")
def note_child_unmerged(uow: UnitOfWork, event: Happening) -> None:
    """They were two children after all."""
    uow.children.get(event.subject).merge(None)


def note_child_sealed(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was sealed: its cases are shown to nobody any more."""
    uow.children.get(event.subject).seal()


def note_child_erased(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was erased: what is known here under its id goes, and what was told of it."""
    uow.children.forget(event.subject)


def note_placement_started(uow: UnitOfWork, event: Happening) -> None:
    """The child is in care."""
    uow.children.get(event.subject).placed(UUID(event.data["placement"]))


def note_placement_ended(uow: UnitOfWork, event: Happening) -> None:
    """The child left this placement."""
    uow.children.get(event.subject).left(UUID(event.data["placement"]))


def note_placement_corrected(uow: UnitOfWork, event: Happening) -> None:
    """A placement was never so, or has other dates."""
    over = event.data["withdrawn"] or event.data["to"] is not None
    child, placement = uow.children.get(event.subject), UUID(event.data["placement"])
    child.left(placement) if over else child.placed(placement)


CONSUMED = {
    "registry.child-registered.v1": note_child,
    "registry.child-amended.v1": note_child,
    "registry.child-corrected.v1": note_child,
    "registry.child-withdrawn.v1": note_child_withdrawn,
    "registry.child-merged.v1": note_child_merged,
    "registry.child-unmerged.v1": note_child_unmerged,
    "registry.child-sealed.v1": note_child_sealed,
    "registry.child-erased.v1": note_child_erased,
    "placements.placement-started.v1": note_placement_started,
    "placements.placement-ended.v1": note_placement_ended,
    "placements.placement-corrected.v1": note_placement_corrected,
}
"""What is listened to, and who handles it. A handler of a type that is new here asks for nothing of the past."""
