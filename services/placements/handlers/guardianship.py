"""What happens when registry tells of a child's guardian, when a guardian reports, and when a report is overdue.

Each handler locks the child's whereabouts first. Not here: who is guardian (registry's legal measures).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import guardianship as commands
from services.placements.domain.guardianship import (
    CARE_LOST,
    SUPERVISED,
    Appointed,
    CareLoss,
    CareLosses,
    Guardianship,
    Guardianships,
    GuardianshipState,
    require_consent,
    unrepresented_since,
)
from services.placements.handlers import leaving_care, placements
from shared.happening import Happening
from shared.ids import new_id

A_TURN = 500
REPORT, VISIT = "guardian_report", "guardian_visit"


class KnowsGuardians(Protocol):
    """A transaction in which guardians are known."""

    @property
    def guardianships(self) -> Guardianships:
        """The supervised guardianships."""


class UnitOfWork(leaving_care.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def care_losses(self) -> CareLosses:
        """The measures by which children lost parental care."""

    def measure_effect(self, kind: str) -> str:
        """What a kind of legal measure does."""


def receive_guardian_report(uow: UnitOfWork, command: commands.ReceiveGuardianReport) -> Guardianship:
    """Take in what a guardian reported, or what a visit found."""
    uow.whereabouts.of(uow.guardianships.child_of(command.id))
    held = uow.guardianships.get(command.id)
    name = VISIT if command.report.visit else REPORT
    next_due = uow.way_home_law.last_day(name, command.report.on, held.area)
    held.receive(command.report, next_due, command.today)
    return held


def require_fit_to_consent(uow: KnowsGuardians, child: UUID, person: UUID | None, provider: UUID | None) -> None:
    """Raise GuardianOfTheInstitution where who consents for a child heads the institution that it concerns.

    `person`: by registry's person; None: whoever is guardian. `provider`: whose matter it is.
    """
    require_consent(uow.guardianships.of(child), person, provider)


def note_measure(uow: UnitOfWork, event: Happening) -> None:
    """Registry recorded a measure: of a guardian, or of the loss of parental care."""
    _take(uow, event.subject, event.data, withdrawn=False)


def note_measure_corrected(uow: UnitOfWork, event: Happening) -> None:
    """Registry put a measure right, or there never was one."""
    _take(uow, event.subject, event.data, withdrawn=bool(event.data["withdrawn"]))


def note_measure_commenced(uow: UnitOfWork, event: Happening) -> None:
    """A measure has come into force."""
    _follow(uow, event, GuardianshipState.IN_FORCE, None)


def note_measure_appealed(uow: UnitOfWork, event: Happening) -> None:
    """A measure rests until an appeal is decided, or rests no more."""
    state = GuardianshipState.SUSPENDED if event.data["suspended"] else GuardianshipState.IN_FORCE
    _follow(uow, event, state, None)


def note_measure_ended(uow: UnitOfWork, event: Happening) -> None:
    """A measure holds no longer."""
    _follow(uow, event, GuardianshipState.ENDED, date.fromisoformat(event.data["on"]))


def note_guardian_reported(uow: UnitOfWork, event: Happening) -> None:
    """A guardian reported to registry: the report is in."""
    uow.whereabouts.of(event.subject)
    held = uow.guardianships.find(UUID(event.data["measure"]))
    if held is not None:
        on = date.fromisoformat(event.data["on"])
        held.reported(on, uow.way_home_law.last_day(REPORT, on, held.area))


def watch_guardians(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Reports and visits that are overdue, also since before a time when nobody ran this; children who moved."""
    due = uow.guardianships.stirring(today, A_TURN)
    for id_ in due:
        child = uow.whereabouts.of(uow.guardianships.child_of(id_))
        uow.guardianships.get(id_).go_on(_area(child), today)
    return len(due)


def _take(uow: UnitOfWork, subject: UUID, data: Mapping[str, Any], *, withdrawn: bool) -> None:
    effect, id_ = uow.measure_effect(str(data["kind"])), UUID(data["measure"])
    if effect != CARE_LOST and effect not in SUPERVISED:
        return
    child = uow.whereabouts.of(subject)
    acts = bool(data["in_force"])
    from_, to = date.fromisoformat(data["from"]), date.fromisoformat(data["to"]) if data["to"] else None
    over = to is not None and to <= uow.today
    if effect == CARE_LOST:
        person = UUID(data["person"]) if data["person"] else None
        _lose(uow, CareLoss(id_, child.id, from_, person, to, acts and not withdrawn))
    else:
        said = _appointed(data, from_, to)
        held = uow.guardianships.find(id_)
        if held is None:
            held = Guardianship(id_, child.id, _area(child), new_id(), said)
            uow.guardianships.add(held)
        held.appointed = said
        state = GuardianshipState.IN_FORCE if acts else GuardianshipState.ENDED if over else GuardianshipState.ANNOUNCED
        _hear(uow, held, GuardianshipState.WITHDRAWN if withdrawn else state, from_ if acts else to or from_)
    _judge(uow, child)


def _follow(uow: UnitOfWork, event: Happening, state: GuardianshipState, ended: date | None) -> None:
    child, id_ = uow.whereabouts.of(event.subject), UUID(event.data["measure"])
    held, loss = uow.guardianships.find(id_), uow.care_losses.find(id_)
    if held is not None:
        _hear(uow, held, state, ended or max(held.appointed.from_, held.since or held.appointed.from_))
    if loss is not None:
        loss.in_force, loss.to = state is GuardianshipState.IN_FORCE, ended or loss.to
    if held is not None or loss is not None:
        _judge(uow, child)


def _hear(uow: UnitOfWork, held: Guardianship, state: GuardianshipState, on: date) -> None:
    law = uow.way_home_law
    held.hear(state, on, (law.last_day(REPORT, on, held.area), law.last_day(VISIT, on, held.area)))


def _lose(uow: UnitOfWork, said: CareLoss) -> None:
    loss = uow.care_losses.find(said.id)
    if loss is None:
        uow.care_losses.add(said)
    else:
        loss.from_, loss.person, loss.to, loss.in_force = said.from_, said.person, said.to, said.in_force


def _judge(uow: UnitOfWork, child: domain.Whereabouts) -> None:
    """Who represents the child may have changed: the rules that hang on it are judged anew, and its majority."""
    act = placements.acting(uow, uow.today)  # what time brought until now is judged by who was known until now
    child.unrepresented_since = unrepresented_since(uow.care_losses.of(child.id), uow.guardianships.of(child.id))
    child.review(act)
    for way in uow.reintegrations.of(child.id):
        way.seen = -1


def _appointed(data: Mapping[str, Any], from_: date, to: date | None) -> Appointed:
    person, provider = data["holder_person"], data["holder_provider"]
    return Appointed(
        kind=str(data["kind"]),
        holder_kind=str(data["holder_kind"]),
        person=UUID(person) if person else None,
        provider=UUID(provider) if provider else None,
        body=str(data["body"]),
        from_=from_,
        to=to,
    )


def _area(child: domain.Whereabouts) -> str | None:
    return child.active.area if child.active else child.known.area


CONSUMED: Mapping[str, Callable[[Any, Happening], None]] = {
    "registry.legal-measure-recorded.v1": note_measure,
    "registry.legal-measure-corrected.v1": note_measure_corrected,
    "registry.legal-measure-commenced.v1": note_measure_commenced,
    "registry.legal-measure-appealed.v1": note_measure_appealed,
    "registry.legal-measure-ended.v1": note_measure_ended,
    "registry.legal-measure-reported.v1": note_guardian_reported,
}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"guardians": watch_guardians}
