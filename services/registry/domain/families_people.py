"""Adults around a child: relatives and carers. What is said of one is stated as a whole, and kept when it changes.

Not here: how they are related to a child (families), who may read what (api), encryption (store).
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.registry.domain import Birth, Identifier, Name, children_numbers, names
from shared.aggregate import Aggregate
from shared.errors import Invalid, below, raise_all

LONGEST_ADDRESS = 1000


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


@dataclass(frozen=True)
class RelativeChanged:
    """Where a person lives, and whether dead. `withheld`: the person wished not to be named, and is told of no more."""

    person: UUID
    area: str
    deceased: bool
    withheld: bool


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
    def register(
        cls, id_: UUID, number: int, particulars: Particulars, *, today: date, law: children_numbers.NumberRules
    ) -> "Person":
        """A person nobody has registered before. Raises Invalid."""
        raise_all(below("particulars", _problems(particulars, today, law)))
        return cls(id_, number, particulars)

    def amend(
        self,
        particulars: Particulars,
        *,
        on: date | None,
        today: date,
        by: str,
        at: datetime,
        law: children_numbers.NumberRules,
    ) -> None:
        """What is said changes from the day `on`; None: what was said was wrong. Raises Invalid."""
        raise_all(below("particulars", _problems(particulars, today, law)))
        if on is not None and on > today:
            raise Invalid("A change cannot lie in the future.", field="on", rule="not-in-the-future")
        if on is not None and particulars.birth is not None and particulars.birth.certainly_after(on):
            raise Invalid("Nothing changed in a life before it began.", field="on", rule="after-birth")
        self.revisions.append(PersonRevision(self.id, self.version, at, by, self.particulars, on))
        was, self.particulars = self._told(), particulars
        if self._told() == was:
            self.version += 1
        else:
            self.record(self._told())

    def _told(self) -> RelativeChanged:
        said = self.particulars
        return RelativeChanged(self.id, said.area, said.deceased, withheld=said.confidential)


def as_written(said: Particulars, law: children_numbers.NumberRules) -> Particulars:
    """What is said in its one written form: names, numbers, the address."""
    return replace(
        said,
        names=tuple(names.as_written(name) for name in said.names),
        identifiers=tuple(children_numbers.as_written(each, law.number_rule(each.kind)) for each in said.identifiers),
        address=names.written(said.address),
    )


def _problems(said: Particulars, today: date, law: children_numbers.NumberRules) -> Iterator[Invalid]:
    """All that is wrong with what is said, each with its field and rule; never what it holds."""
    yield from names.problems(said.names)
    yield from children_numbers.problems(said.identifiers, law)
    birth, died = said.birth, said.died_on
    if birth is not None and birth.certainly_after(today):
        yield Invalid("Nobody is registered before birth.", field="birth", rule="not-in-the-future")
    if died is not None and not said.deceased:
        yield Invalid("Who has a day of death is deceased.", field="died_on", rule="deceased")
    if died is not None and died > today:
        yield Invalid("A death cannot lie in the future.", field="died_on", rule="not-in-the-future")
    if died is not None and birth is not None and birth.certainly_after(died):
        yield Invalid("Nobody dies before birth.", field="died_on", rule="after-birth")
    yield from address_problems(said.address)


def address_problems(text: str) -> Iterator[Invalid]:
    """What is wrong with the writing of an address: too long, or with characters nobody sees."""
    if len(text) > LONGEST_ADDRESS:
        yield Invalid(f"At most {LONGEST_ADDRESS} characters.", field="address", rule="address-length")
    if any(unicodedata.category(each)[0] == "C" for each in text.replace("\n", "")):
        yield Invalid("Holds a character that nobody sees. Type it again.", field="address", rule="address-characters")


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
