"""Adults around a child: relatives and carers. What is said of one is stated as a whole, and kept when it changes.

Not here: how they are related to a child (families), who may read what (api), encryption (store).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.registry.domain import Birth, Identifier, Name
from shared.aggregate import Aggregate
from shared.errors import Invalid


@dataclass(frozen=True)
class Particulars:
    """What is said of a person. Nothing of it must be known: the mother of a foundling may be nobody but that.

    `account` is the subject of a member of staff's account, whose own kin are kept from them. `confidential`: the
    person wished not to be named (CARE C8), as a mother may at birth.
    """

    area: str
    names: tuple[Name, ...] = ()
    birth: Birth | None = None
    identifiers: tuple[Identifier, ...] = ()
    phones: tuple[str, ...] = ()
    address: str = ""
    languages: tuple[str, ...] = ()
    account: str | None = None
    confidential: bool = False
    deceased: bool = False
    died_on: date | None = None


@dataclass(eq=False)
class PersonRevision:
    """What was said of a person before: until the day `on`, or in error where there is no day. Kept, never deleted."""

    person: UUID
    version: int
    at: datetime
    actor: str
    before: Particulars
    on: date | None = None


@dataclass(eq=False)
class Person(Aggregate):
    """An adult relative or carer, as registry knows them."""

    id: UUID
    number: int
    particulars: Particulars
    revisions: list[PersonRevision] = field(default_factory=list)
    version: int = 1

    @classmethod
    def register(cls, id_: UUID, number: int, particulars: Particulars, *, today: date) -> "Person":
        """A person nobody has registered before. Raises Invalid."""
        _check(particulars, today)
        return cls(id_, number, particulars)

    def amend(self, particulars: Particulars, *, on: date | None, today: date, by: str, at: datetime) -> None:
        """What is said changes from the day `on`; None: what was said was wrong. Raises Invalid."""
        _check(particulars, today)
        if on is not None and on > today:
            raise Invalid("A change cannot lie in the future.", field="on", rule="not-in-the-future")
        if on is not None and particulars.birth is not None and particulars.birth.certainly_after(on):
            raise Invalid("Nothing changed in a life before it began.", field="on", rule="after-birth")
        self.revisions.append(PersonRevision(self.id, self.version, at, by, self.particulars, on))
        self.particulars = particulars
        self.version += 1


def _check(particulars: Particulars, today: date) -> None:
    birth, died = particulars.birth, particulars.died_on
    if birth is not None and birth.certainly_after(today):
        raise Invalid("Nobody is registered before birth.", field="birth", rule="not-in-the-future")
    if died is not None and not particulars.deceased:
        raise Invalid("Who has a day of death is deceased.", field="died_on", rule="deceased")
    if died is not None and died > today:
        raise Invalid("A death cannot lie in the future.", field="died_on", rule="not-in-the-future")
    if died is not None and birth is not None and birth.certainly_after(died):
        raise Invalid("Nobody dies before birth.", field="died_on", rule="after-birth")
    if len(set(particulars.identifiers)) < len(particulars.identifiers):
        raise Invalid("The same identifier is given twice.", field="identifiers", rule="identifier-once")


class People(Protocol):
    """The persons of a deployment."""

    def get(self, id_: UUID) -> Person:
        """The person, locked for change. Raises NotFound."""

    def add(self, person: Person) -> None:
        """Take in a new person."""

    def holding(self, identifier: Identifier) -> UUID | None:
        """The person found under an identifier; who wished not to be named is found under none."""

    def next_number(self) -> int:
        """The next number for a short reference."""
