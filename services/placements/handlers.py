"""What happens when placements is asked, or hears something: one function per command or event. The caller commits.

Each handler locks the child's whereabouts first and calls one method of it (lock order: child, then provider).
"""

from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.placements import commands, domain
from shared import uow
from shared.errors import Invalid
from shared.happening import Happening, touching
from shared.ids import new_id


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
    def law(self) -> domain.LawBook:
        """What the country pack says."""

    @property
    def today(self) -> date:
        """The day in the pack's time zone, of what is done now."""


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
    """Permit a stay that is to begin. Raises the error of the rule that says no (CARE C1)."""
    child = uow.whereabouts.of(command.child)
    _require_provider(uow, command.stay)
    child.authorise(command.id, command.stay, command.other_reasons, _act(uow, command.today))
    return child


def authorise_stay(uow: UnitOfWork, command: commands.AuthoriseStay) -> domain.Whereabouts:
    """Permit that a child stays where it is. Raises the error of the rule that says no (CARE C1)."""
    child = uow.whereabouts.holding(command.id)
    child.authorise_stay(command.id, command.planned_to, command.other_reasons, _act(uow, command.today))
    return child


def record_whereabouts(uow: UnitOfWork, command: commands.RecordWhereabouts) -> domain.Whereabouts:
    """Write down where a child is or was; rules not met open breaches (CARE C1)."""
    child, act = uow.whereabouts.of(command.child), _act(uow, command.today)
    _require_provider(uow, command.stay)
    child.record_whereabouts(command.id, command.stay, command.ground, act, ends_former=command.ends_former)
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
        child.repeat(line.placement, command.stay, line.hear(command.stay), _act(uow, command.today))
    return child


def start_placement(uow: UnitOfWork, command: commands.StartPlacement) -> domain.Whereabouts:
    """The child came to the place that was authorised."""
    child = uow.whereabouts.holding(command.id)
    child.start(command.id, command.on, _act(uow, command.today))
    return child


def move_placement(uow: UnitOfWork, command: commands.MovePlacement) -> domain.Whereabouts:
    """The child left where it was and came to the place that was authorised; within one form it is no exit."""
    child = uow.whereabouts.holding(command.id)
    child.move(command.id, command.on, command.reason, _act(uow, command.today))
    return child


def confirm_whereabouts(uow: UnitOfWork, command: commands.ConfirmWhereabouts) -> domain.Whereabouts:
    """Settle a whereabouts conflict for the claim."""
    child = uow.whereabouts.holding(command.id)
    child.confirm(command.id, command.on, _act(uow, command.today))
    return child


def end_placement(uow: UnitOfWork, command: commands.EndPlacement) -> domain.Whereabouts:
    """The child left; the destination decides how it counts (TransMonEE 7.2-7.7)."""
    child = uow.whereabouts.holding(command.id)
    child.end(command.id, command.on, command.reason, command.destination, _act(uow, command.today))
    return child


def correct_placement(uow: UnitOfWork, command: commands.CorrectPlacement) -> domain.Whereabouts:
    """Put right what was never so (COUNTING F27: figures are restated); what a register said of it is answered."""
    child = uow.whereabouts.holding(command.id)
    _require_provider(uow, command.stay)
    child.correct(command.id, command.stay, _act(uow, command.today))
    uow.register_lines.answer(command.id)
    return child


def withdraw_placement(uow: UnitOfWork, command: commands.WithdrawPlacement) -> domain.Whereabouts:
    """Mark a placement as entered in error, or a plan as given up: kept, counted nowhere."""
    child = uow.whereabouts.holding(command.id)
    child.withdraw(command.id, _act(uow, command.today))
    return child


def note_child(uow: UnitOfWork, event: Happening) -> None:
    """Registry stated a child (registered, amended or corrected): confirmed, and open rules are judged anew (C12)."""
    child, data = uow.whereabouts.of(event.subject), event.data
    born_from, born_to = _day(data["born_from"]), _day(data["born_to"])
    known = replace(child.known, born_from=born_from, born_to=born_to, area=data["area"], confirmed=True)
    child.hear(known, _act(uow, uow.today))


def note_child_withdrawn(uow: UnitOfWork, event: Happening) -> None:
    """Registry's entry was made in error: its breaches heal, and it takes no more placements."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, withdrawn=True, confirmed=True), _act(uow, uow.today))


@touching("into")
def note_child_merged(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record gave way to another one: both histories stay, and are read together under that one."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, merged_into=UUID(event.data["into"])), _act(uow, uow.today))


@touching("out_of")
def note_child_unmerged(uow: UnitOfWork, event: Happening) -> None:
    """They were two children after all."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, merged_into=None), _act(uow, uow.today))


def note_child_sealed(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was sealed: what is known here under its id is shown to nobody any more."""
    child = uow.whereabouts.of(event.subject)
    child.hear(replace(child.known, sealed=True), _act(uow, uow.today))


def note_child_erased(uow: UnitOfWork, event: Happening) -> None:
    """Registry's record was erased: what is known here under its id goes, and what was told of it."""
    uow.whereabouts.forget(event.subject)


def _act(uow: UnitOfWork, today: date) -> domain.Act:
    return domain.Act(today, uow.law, new_id)


def _require_provider(uow: UnitOfWork, stay: domain.Stay) -> None:
    if stay.provider is not None and not uow.providers.exists(stay.provider):
        raise Invalid("No provider with this id.", field="provider", rule="provider-known", remedy="Register it first.")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CONSUMED = {
    "registry.child-registered.v1": note_child,
    "registry.child-amended.v1": note_child,
    "registry.child-corrected.v1": note_child,
    "registry.child-withdrawn.v1": note_child_withdrawn,
    "registry.child-merged.v1": note_child_merged,
    "registry.child-unmerged.v1": note_child_unmerged,
    "registry.child-sealed.v1": note_child_sealed,
    "registry.child-erased.v1": note_child_erased,
}
"""What is listened to, and who handles it. A handler of a type that is new here asks for nothing of the past."""
