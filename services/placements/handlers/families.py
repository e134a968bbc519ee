"""What happens when placements is asked about providers in detail and carer families, or a family's time passes.

A family's provider carries what rules and the search read of it; the two are changed together, the provider locked
first. The children who live there are looked at anew by the day's turn.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import families as commands
from services.placements.domain import families, families_parts
from services.placements.domain.families_facts import CARER_FAMILY
from services.placements.handlers import placements
from shared.errors import Conflict

ROUND = 500


class Concerning(Protocol):
    """The children whom something outside their own record concerns."""

    def concern_provider(self, provider: UUID, on: date) -> None:
        """Look at all children with this provider anew, from a day on."""


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def families(self) -> families.Families:
        """The carer families."""

    @property
    def turn(self) -> Concerning:
        """Whose day has come."""

    @property
    def family_law(self) -> Callable[[date, str], families_parts.FamilyLaw]:
        """What the country pack says of carer families on a day in an area."""

    def describe_family(self, family: UUID, religion: str, ethnicity: str) -> None:
        """Keep what a family says of itself. Raises Refused where the country pack does not permit it."""


def amend_provider(uow: UnitOfWork, command: commands.AmendProvider) -> domain.Provider:
    """State anew what is known of a provider. Raises Conflict for a carer family, whose approval says it.

    One that never applied is amended, but not approved so; what is on record of it, as before its application, may
    stay or be cut.
    """
    provider = uow.providers.get(command.id)
    if uow.families.find(command.id) is not None:
        raise Conflict(
            "What a carer family may do, its approval says.", field="id", remedy="Amend or approve the family."
        )
    if provider.kind == CARER_FAMILY and command.details.approval.gives_more_than(provider.approval):
        raise Conflict(
            "A carer family is not approved by an amendment.", field="approval", rule="family-approved-in-its-course",
            remedy="Let the family apply, under the id of its provider.",
        )  # fmt: skip
    provider.amend(command.details)
    uow.turn.concern_provider(provider.id, command.today)
    return provider


def apply_family(uow: UnitOfWork, command: commands.ApplyFamily) -> families.CarerFamily:
    """A family applies: it becomes a provider that needs an approval, unless children are placed with it already."""
    if not uow.providers.exists(command.id):
        made = domain.Provider.open(
            command.id, CARER_FAMILY, command.area, f"{CARER_FAMILY} {command.id.hex[-8:]}", places=None, key=None
        )
        uow.providers.add(made)
    provider = uow.providers.get(command.id)
    if provider.kind != CARER_FAMILY:
        raise Conflict("This provider is no carer family.", field="provider")
    known = uow.families.find(command.id)
    if known is None:
        family = families.CarerFamily.apply(
            command.id, command.area, command.carers, command.own_children, command.languages, command.on
        )
        uow.families.add(family)
    else:
        family = known
        family.apply_again(command.on)
        family.amend(command.area, command.carers, command.own_children, command.languages)
    _carry(uow, provider, family, command.today)
    return family


def amend_family(uow: UnitOfWork, command: commands.AmendFamily) -> families.CarerFamily:
    """Who belongs to it, where it lives, what is spoken there."""
    provider, family = _both(uow, command.id)
    family.amend(command.area, command.carers, command.own_children, command.languages)
    _carry(uow, provider, family, command.today)
    return family


def assess_family(uow: UnitOfWork, command: commands.AssessFamily) -> families.CarerFamily:
    """An assessor reports."""
    family = uow.families.get(command.id)
    assessment = families.Assessment(on=command.on, by=command.actor, recommendation=command.recommendation)
    family.assess(assessment, command.today)
    return family


def train_family(uow: UnitOfWork, command: commands.TrainFamily) -> families.CarerFamily:
    """The carers took a course."""
    family = uow.families.get(command.id)
    family.train(families.Training(command.kind, command.hours, command.on), command.today)
    return family


def approve_family(uow: UnitOfWork, command: commands.ApproveFamily) -> families.CarerFamily:
    """Children can be placed with the family; refused to whoever assessed it."""
    provider, family = _both(uow, command.id)
    family.approve(command.terms, command.actor, uow.family_law(command.today, family.area), command.today)
    _carry(uow, provider, family, command.today)
    return family


def suspend_family(uow: UnitOfWork, command: commands.SuspendFamily) -> families.CarerFamily:
    """No further child is placed there for the time being."""
    provider, family = _both(uow, command.id)
    family.suspend(command.reason, command.on)
    _carry(uow, provider, family, command.today)
    return family


def reinstate_family(uow: UnitOfWork, command: commands.ReinstateFamily) -> families.CarerFamily:
    """The suspension is over; who assessed the family does not say so."""
    provider, family = _both(uow, command.id)
    family.reinstate(command.actor, command.on)
    _carry(uow, provider, family, command.today)
    return family


def refuse_family(uow: UnitOfWork, command: commands.RefuseFamily) -> families.CarerFamily:
    """The family is not approved."""
    provider, family = _both(uow, command.id)
    family.refuse(command.reason, command.on)
    _carry(uow, provider, family, command.today)
    return family


def withdraw_family(uow: UnitOfWork, command: commands.WithdrawFamily) -> families.CarerFamily:
    """The family cares no longer, or asks no longer to."""
    provider, family = _both(uow, command.id)
    family.withdraw(command.reason, command.on)
    _carry(uow, provider, family, command.today)
    return family


def describe_family(uow: UnitOfWork, command: commands.DescribeFamily) -> families.CarerFamily:
    """Keep what the family says of its religion and ethnicity, where the country pack permits that."""
    family = uow.families.get(command.id)
    uow.describe_family(family.id, command.religion, command.ethnicity)
    return family


def end_approvals(uow: UnitOfWork, _at: datetime, today: date) -> int:
    """Approvals that ended lapse; those that end soon are told. How many families that were."""
    return sum(family.pass_time(today) for family in uow.families.due(today, ROUND))


def _both(uow: UnitOfWork, id_: UUID) -> tuple[domain.Provider, families.CarerFamily]:
    return uow.providers.get(id_), uow.families.get(id_)


def _carry(uow: UnitOfWork, provider: domain.Provider, family: families.CarerFamily, today: date) -> None:
    """Let the provider say what the family's approval says, and have the children there looked at anew."""
    provider.amend(family.offers(provider, today))
    provider.approval_needed = True
    uow.turn.concern_provider(provider.id, today)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {"family-approvals": end_approvals}
