"""What happens when placements is asked about providers and whereabouts, or hears of a child.

Each handler locks the child's whereabouts first and calls one method of it (lock order: child, then provider).
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.placements import commands, domain
from services.placements.domain import gatekeeping_facts, judgement
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_cases import GatekeepingCases
from services.placements.domain.gatekeeping_states import CaseStatus
from services.placements.domain.rules import When, refuse
from shared import uow
from shared.errors import Invalid
from shared.happening import Happening, touching
from shared.ids import new_id

SEPARATION = "separation-of-duties"


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def whereabouts(self) -> domain.WhereaboutsOfAll:
        """The whereabouts of all children."""

    @property
    def register_lines(self) -> domain.RegisterLines:
        """The lines of registers that were taken."""

    @property
    def providers(self) -> domain.Providers:
        """The providers."""

    @property
    def rooms(self) -> domain.Rooms:
        """Who lives and is expected at the providers."""

    @property
    def gatekeeping_cases(self) -> GatekeepingCases:
        """The gatekeeping cases, some of which wait for a stay."""

    @property
    def law(self) -> domain.LawBook:
        """What the country pack says."""

    @property
    def surroundings(self) -> domain.Surroundings:
        """The places and the siblings around a child."""

    @property
    def today(self) -> date:
        """The day in the pack's time zone, of what is done now."""

    @property
    def at(self) -> datetime:
        """The moment of what is done now."""


def register_provider(uow: UnitOfWork, command: commands.RegisterProvider) -> domain.Provider:
    """Take up a provider. Raises ProviderKeyTaken where its register has another one under the key."""
    if command.key and uow.providers.holding(command.key) is not None:
        raise domain.ProviderKeyTaken("The register knows another provider under this key.", field="key")
    provider = domain.Provider.open(
        command.id, command.kind, command.area, command.name, places=command.places, key=command.key
    )
    uow.providers.add(provider)
    return provider


def authorise_placement(uow: UnitOfWork, command: commands.AuthorisePlacement) -> domain.Whereabouts:
    """Permit a stay that is to begin. Raises the error of the rule that says no (CARE C1).

    Where a case waits for it, it is permitted by who has seen the case as it is. Raises PreconditionMissing, Stale.
    """
    child = uow.whereabouts.of(command.child)
    require_provider(uow, command.stay)
    uow.rooms.lock(command.stay.provider)  # of two who fill the last place, one waits and is refused
    act = acting(uow, command.today)
    child.authorise(command.id, command.stay, command.other_reasons, act, command.decision)
    _require_separate(uow, child, command.id, act)
    for case in _waiting(uow, child, command.id):
        case.require_seen(command.case_version)
        case.permit()
    return child


def authorise_stay(uow: UnitOfWork, command: commands.AuthoriseStay) -> domain.Whereabouts:
    """Permit that a child stays where it is. Raises the error of the rule that says no (CARE C1).

    What was read is the child's whereabouts; a case that waits for it is told.
    """
    child = uow.whereabouts.holding(command.id)
    uow.rooms.lock(child.placement(command.id).provider)
    act = acting(uow, command.today)
    child.authorise_stay(command.id, command.planned_to, command.other_reasons, act, command.decision)
    _require_separate(uow, child, command.id, act)
    for case in _waiting(uow, child, command.id):
        case.permit()
    return child


def record_whereabouts(uow: UnitOfWork, command: commands.RecordWhereabouts) -> domain.Whereabouts:
    """Write down where a child is or was; rules not met open breaches (CARE C1)."""
    child, act = uow.whereabouts.of(command.child), acting(uow, command.today)
    require_provider(uow, command.stay)
    if command.arrived_at and command.arrived_at.astimezone(uow.law.calendar.zone).date() != command.stay.from_:
        raise domain.Impossible("The hour is one of the first day.", field="arrived_at", rule="hour-of-the-first-day")
    if command.arrived_at and command.arrived_at > command.at:
        raise domain.Impossible("It lies in the future.", field="arrived_at", rule="not-in-the-future")
    child.record_whereabouts(
        command.id, command.stay, command.ground, act, ends_former=command.ends_former, at=command.arrived_at
    )
    return child


def take_register_line(uow: UnitOfWork, command: commands.TakeRegisterLine) -> domain.Whereabouts:
    """Record the stay that a line tells of, or see what it says anew of the one recorded before.

    That one is another child's where registry's entry was withdrawn and the child registered anew under the key.
    """
    child, line = uow.whereabouts.of(command.child), uow.register_lines.find(command.key)
    if line is None or not child.has(line.placement):
        record_whereabouts(uow, command)
        uow.register_lines.add(domain.RegisterLine(command.key, command.id, domain.Said.of(command.stay)))
    else:
        child.repeat(line.placement, command.stay, line.hear(command.stay), acting(uow, command.today))
    return child


def start_placement(uow: UnitOfWork, command: commands.StartPlacement) -> domain.Whereabouts:
    """The child came to the place that was authorised."""
    child = uow.whereabouts.holding(command.id)
    child.start(command.id, command.on, acting(uow, command.today))
    return child


def move_placement(uow: UnitOfWork, command: commands.MovePlacement) -> domain.Whereabouts:
    """The child left where it was and came to the place that was authorised; within one form it is no exit."""
    child = uow.whereabouts.holding(command.id)
    child.move(command.id, command.on, command.reason, acting(uow, command.today))
    return child


def confirm_whereabouts(uow: UnitOfWork, command: commands.ConfirmWhereabouts) -> domain.Whereabouts:
    """Settle a whereabouts conflict for the claim."""
    child = uow.whereabouts.holding(command.id)
    child.confirm(command.id, command.on, acting(uow, command.today))
    return child


def end_placement(uow: UnitOfWork, command: commands.EndPlacement) -> domain.Whereabouts:
    """The child left; the destination decides how it counts (TransMonEE 7.2-7.7)."""
    child = uow.whereabouts.holding(command.id)
    child.end(command.id, command.on, command.reason, command.destination, acting(uow, command.today))
    return child


def correct_placement(uow: UnitOfWork, command: commands.CorrectPlacement) -> domain.Whereabouts:
    """Put right what was never so (COUNTING F27: figures are restated); what a register said of it is answered."""
    child = uow.whereabouts.holding(command.id)
    require_provider(uow, command.stay)
    child.correct(command.id, command.stay, acting(uow, command.today))
    uow.register_lines.answer(command.id)
    return child


def withdraw_placement(uow: UnitOfWork, command: commands.WithdrawPlacement) -> domain.Whereabouts:
    """Mark a placement as entered in error, or a plan as given up: kept, counted nowhere."""
    child = uow.whereabouts.holding(command.id)
    child.withdraw(command.id, acting(uow, command.today))
    return child


def note_child(uow: UnitOfWork, event: Happening) -> None:
    """Registry stated a child (registered, amended or corrected): confirmed, and open rules are judged anew (C12)."""
    child, data = uow.whereabouts.of(event.subject), event.data
    born_from, born_to = _day(data["born_from"]), _day(data["born_to"])
    known = replace(
        child.known, born_from=born_from, born_to=born_to, area=data["area"], sex=data.get("sex"), confirmed=True
    )
    child.hear(known, acting(uow, uow.today))


def note_child_withdrawn(uow: UnitOfWork, event: Happening) -> None:
    """Registry's entry was made in error: its breaches heal, and it takes no more placements."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, withdrawn=True, confirmed=True), acting(uow, uow.today))


@touching("into")
def note_child_merged(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record gave way to another one: both histories stay, and are read together under that one."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, merged_into=UUID(event.data["into"])), acting(uow, uow.today))


@touching("out_of")
def note_child_unmerged(uow: UnitOfWork, event: Happening) -> None:
    """They were two children after all."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, merged_into=None), acting(uow, uow.today))


def note_child_joined(uow: UnitOfWork, event: Happening) -> None:
    """Another record gave way to this one: what it holds counts here too."""
    child = uow.whereabouts.of(event.subject)
    merged = child.known.merged | {UUID(event.data["merged"])}
    child.hear(replace(child.known, merged=merged), acting(uow, uow.today))


def note_child_parted(uow: UnitOfWork, event: Happening) -> None:
    """What the other record holds is another child's."""
    child = uow.whereabouts.of(event.subject)
    merged = child.known.merged - {UUID(event.data["parted"])}
    child.hear(replace(child.known, merged=merged), acting(uow, uow.today))


def note_siblings_linked(uow: UnitOfWork, event: Happening) -> None:
    """Registry names brothers and sisters."""
    child = uow.whereabouts.of(event.subject)
    siblings = child.known.siblings | {UUID(each) for each in event.data["siblings"]}
    child.hear(replace(child.known, siblings=siblings), acting(uow, uow.today))


def note_siblings_unlinked(uow: UnitOfWork, event: Happening) -> None:
    """They are no brothers and sisters."""
    child = uow.whereabouts.of(event.subject)
    siblings = child.known.siblings - {UUID(each) for each in event.data["siblings"]}
    child.hear(replace(child.known, siblings=siblings), acting(uow, uow.today))


def note_child_died(uow: UnitOfWork, event: Happening) -> None:
    """The child died."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, died_on=_day(event.data["died_to"])), acting(uow, uow.today))


def note_death_retracted(uow: UnitOfWork, event: Happening) -> None:
    """The child lives."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, died_on=None), acting(uow, uow.today))


def note_child_sealed(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was sealed: what is known here under its id is shown to nobody any more."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, sealed=True), acting(uow, uow.today))


def note_child_erased(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was erased: what is known here under its id goes, and what was told of it."""
    uow.whereabouts.forget(event.subject)


def acting(uow: UnitOfWork, today: date) -> domain.Act:
    """The day, the law and what is around a child, for what is done within this transaction.

    Children read for change whose day has come unseen are looked at first: what is done now was not so before.
    """
    act = domain.Act(today, uow.law, new_id, uow.surroundings, uow.at)
    for child in uow.whereabouts.taken_up():
        with suppress(Invalid):  # such as a code that its pack has no more: the act itself will say so
            child.catch_up(act)
    return act


def require_provider(uow: UnitOfWork, stay: domain.Stay) -> None:
    """Raise Invalid for a provider that nobody knows, or a house that it has not."""
    if stay.provider is not None and not uow.providers.exists(stay.provider):
        raise Invalid("No provider with this id.", field="provider", rule="provider-known", remedy="Register it first.")
    if stay.unit is not None and (stay.provider is None or not uow.providers.has_unit(stay.provider, stay.unit)):
        raise Invalid("The provider has no such house or group.", field="unit", rule="unit-known")


def _require_separate(uow: UnitOfWork, child: domain.Whereabouts, placement: UUID, act: domain.Act) -> None:
    """Refuse a stay at a place whose own staff sat on the panel of the case that was decided."""
    stay = child.placement(placement)
    decision = next((each for each in child.decisions if each.id == stay.decision), None)
    for case in uow.gatekeeping_cases.on_decision(decision.id) if decision else ():
        leading = uow.gatekeeping_cases.get(case.joined_into) if case.joined_into else None
        known = gatekeeping_facts.facts(case, leading)
        now = judgement.situation(child, stay, When.PERMISSION, act, case=known, decision=decision)
        verdict = domain.RULES[SEPARATION].verdict(now)
        refuse([verdict] if verdict and not verdict.met else [])


def _waiting(uow: UnitOfWork, child: domain.Whereabouts, placement: UUID) -> list[GatekeepingCase]:
    """The cases that wait for what the decision behind a placement permits."""
    decision = child.placement(placement).decision
    found = uow.gatekeeping_cases.on_decision(decision) if decision else []
    return [case for case in found if case.status is CaseStatus.DECIDED]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CONSUMED = {
    "registry.child-registered.v1": note_child,
    "registry.child-amended.v1": note_child,
    "registry.child-corrected.v1": note_child,
    "registry.child-withdrawn.v1": note_child_withdrawn,
    "registry.child-merged.v1": note_child_merged,
    "registry.child-unmerged.v1": note_child_unmerged,
    "registry.child-joined.v1": note_child_joined,
    "registry.child-parted.v1": note_child_parted,
    "registry.child-died.v1": note_child_died,
    "registry.child-death-retracted.v1": note_death_retracted,
    "registry.siblings-linked.v1": note_siblings_linked,
    "registry.siblings-unlinked.v1": note_siblings_unlinked,
    "registry.child-sealed.v1": note_child_sealed,
    "registry.child-erased.v1": note_child_erased,
}
"""What is listened to, and who handles it. A handler of a type that is new here asks for nothing of the past."""
