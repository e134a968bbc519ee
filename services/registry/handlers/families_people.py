"""What happens when asked about persons and households. Not here: relationships (families)."""

from typing import Protocol

from services.registry.commands import families as commands
from services.registry.domain import children, families, families_households, families_people
from services.registry.domain.children_numbers import NumberRules
from shared import uow
from shared.errors import NotFound


class Facts(Protocol):
    """What the country pack says of facts about households."""

    def reviewed(self, fact: str) -> bool:
        """Whether such a fact is looked at again on a day. Raises Invalid for an unknown code."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def children(self) -> children.Children:
        """The children of the deployment."""

    @property
    def people(self) -> families_people.People:
        """Adults around children."""

    @property
    def identity_law(self) -> NumberRules:
        """What the country pack says of numbers."""

    @property
    def households(self) -> families_households.Households:
        """The households."""

    @property
    def family_law(self) -> Facts:
        """What the country pack says of families."""


def register_person(uow: UnitOfWork, command: commands.RegisterPerson) -> families_people.Person:
    """Register a person. Raises IdentifierTaken where another is found under one of the identifiers."""
    said = _stated(uow, command)
    made = families_people.Person.register(
        command.id, uow.people.next_number(), said, today=command.today, law=uow.identity_law
    )
    uow.people.add(made)
    return made


def amend_person(uow: UnitOfWork, command: commands.AmendPerson) -> families_people.Person:
    """Say anew what is said of a person; what was said is kept."""
    person = uow.people.get(command.id)
    said = _stated(uow, command)
    person.amend(said, on=command.on, today=command.today, by=command.actor, at=command.at, law=uow.identity_law)
    return person


def register_household(uow: UnitOfWork, command: commands.RegisterHousehold) -> families_households.Household:
    """Register a household."""
    made = families_households.Household.register(command.id, command.area, command.address, command.vulnerabilities)
    uow.households.add(made)
    return made


def amend_household(uow: UnitOfWork, command: commands.AmendHousehold) -> families_households.Household:
    """Say anew where a household is and what weighs on it."""
    household = uow.households.get(command.id)
    household.amend(command.area, command.address, command.vulnerabilities)
    return household


def take_in(uow: UnitOfWork, command: commands.TakeIn) -> families_households.Household:
    """A child or a person lives in the household. Raises NotFound for either."""
    if command.member_kind is families.Party.CHILD:
        uow.children.get(command.member)
    else:
        uow.people.get(command.member)
    household = uow.households.get(command.id)
    household.take_in(command.membership, command.member, command.member_kind, from_=command.from_, today=command.today)
    return household


def let_go(uow: UnitOfWork, command: commands.LetGo) -> families_households.Household:
    """A member left the household."""
    household = uow.households.get(command.id)
    household.let_go(command.member, on=command.to, today=command.today)
    return household


def enrol_household(uow: UnitOfWork, command: commands.EnrolHousehold) -> families_households.Household:
    """The household draws help from a programme."""
    household = uow.households.get(command.id)
    enrolment = families_households.Enrolment(
        command.enrolment, command.programme, command.from_, command.to, command.number
    )
    household.enrol(enrolment, today=command.today)
    return household


def disenrol_household(uow: UnitOfWork, command: commands.DisenrolHousehold) -> families_households.Household:
    """The help ended."""
    household = uow.households.get(command.id)
    household.disenrol(command.enrolment, on=command.to, today=command.today)
    return household


def note_household_fact(uow: UnitOfWork, command: commands.NoteHouseholdFact) -> families_households.Household:
    """Note a fact; the pack says whether it needs a day on which it is looked at again (CARE C9)."""
    household = uow.households.get(command.id)
    fact = families_households.HouseholdFact(
        command.note, household.id, command.fact, command.child, command.from_, review_on=command.review_on
    )
    household.note(fact, reviewed=uow.family_law.reviewed(command.fact), today=command.today)
    return household


def review_household_fact(uow: UnitOfWork, command: commands.ReviewHouseholdFact) -> families_households.Household:
    """A fact was looked at: it still holds, or held until a day."""
    household = uow.households.get(command.id)
    fact = next((each for each in household.facts if each.id == command.note), None)
    if fact is None:
        raise NotFound("No such fact now.", field="fact")
    if command.to is not None:
        household.settle(fact.id, on=command.to, today=command.today)
    else:
        reviewed = uow.family_law.reviewed(fact.fact)
        household.review(fact.id, again_on=command.review_on, reviewed=reviewed, today=command.today)
    return household


def _stated(uow: UnitOfWork, command: commands.RegisterPerson | commands.AmendPerson) -> families_people.Particulars:
    """What is said in its written form. Raises IdentifierTaken where another is found under one of the identifiers."""
    said = families_people.as_written(command.particulars, uow.identity_law)
    for place, identifier in enumerate(() if said.confidential else said.identifiers):
        if uow.people.holding(identifier) not in (None, command.id):
            raise children.IdentifierTaken(
                "Another person carries this identifier.", field=f"identifiers.{place}", rule="identifier-free"
            )
    return said
