"""People who keep house together: where, who, what weighs on them, what help they draw, what is looked at again.

Not here: how they are related (families). A household is no placement.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from services.registry.domain.families import Party
from services.registry.domain.families_people import address_problems
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, NotFound, raise_all


class LivesThereAlready(Conflict):
    """Someone is a member of a household once at a time."""

    code = "member-already"
    title = "Member already"


class ReviewDateMissing(Invalid):
    """A fact of this kind is looked at again on a day (CARE C9)."""

    code = "review-date-missing"
    title = "Review date missing"


@dataclass(frozen=True)
class HouseholdChanged:
    """What may leave registry of a household: where, how many, what weighs on it."""

    household: UUID
    area: str
    members: int
    vulnerabilities: tuple[str, ...]


@dataclass(eq=False)
class Membership:
    """A child or a person lives in the household, from a day (None: unknown) to a day."""

    household: UUID
    id: UUID
    member: UUID
    member_kind: Party
    from_: date | None
    to: date | None = None


@dataclass(frozen=True)
class Enrolment:
    """The household draws help from a social-protection programme, perhaps under a number."""

    id: UUID
    programme: str
    from_: date | None
    to: date | None = None
    number: str = ""


@dataclass(eq=False)
class HouseholdFact:
    """What the pack's list household_fact names, of one child or of all, and when it is looked at again."""

    id: UUID
    household: UUID
    fact: str
    child: UUID | None
    from_: date | None
    to: date | None = None
    review_on: date | None = None


Part = TypeVar("Part", Enrolment, HouseholdFact)


@dataclass(eq=False)
class Household(Aggregate):
    """People who keep house together."""

    id: UUID
    area: str
    address: str = ""
    vulnerabilities: tuple[str, ...] = ()
    members: list[Membership] = field(default_factory=list)
    enrolments: tuple[Enrolment, ...] = ()
    facts: list[HouseholdFact] = field(default_factory=list)
    version: int = 0

    @classmethod
    def register(cls, id_: UUID, area: str, address: str, vulnerabilities: tuple[str, ...]) -> "Household":
        """A household nobody has registered before. Raises Invalid."""
        raise_all(address_problems(address))
        made = cls(id_, area, address, tuple(sorted(set(vulnerabilities))))
        made._tell()
        return made

    def amend(self, area: str, address: str, vulnerabilities: tuple[str, ...]) -> None:
        """Where it is and what weighs on it, as it is now. Raises Invalid."""
        raise_all(address_problems(address))
        self.area, self.address, self.vulnerabilities = area, address, tuple(sorted(set(vulnerabilities)))
        self._tell()

    def take_in(self, id_: UUID, member: UUID, kind: Party, *, from_: date | None, today: date) -> None:
        """A member from a day. Raises LivesThereAlready, Invalid."""
        _past(from_, "from", today)
        if any(each.member == member and each.to is None for each in self.members):
            raise LivesThereAlready("A member already.", field="member", rule="member-once")
        self.members.append(Membership(self.id, id_, member, kind, from_))
        self._tell()

    def let_go(self, member: UUID, *, on: date, today: date) -> None:
        """A member left on a day. Raises NotFound, Invalid."""
        found = next((each for each in self.members if each.member == member and each.to is None), None)
        if found is None:
            raise NotFound("No such member now.", field="member")
        _span(found.from_, on, today)
        found.to = on
        self._tell()

    def enrol(self, enrolment: Enrolment, *, today: date) -> None:
        """Help drawn from a programme. Raises Invalid."""
        _past(enrolment.from_, "from", today)
        if enrolment.to is not None:
            _span(enrolment.from_, enrolment.to, today)
        self.enrolments += (enrolment,)
        self._tell()

    def disenrol(self, id_: UUID, *, on: date, today: date) -> None:
        """The help ended on a day. Raises NotFound, Invalid."""
        found = _open(self.enrolments, id_, "enrolment")
        _span(found.from_, on, today)
        self.enrolments = tuple(replace(each, to=on) if each.id == id_ else each for each in self.enrolments)
        self._tell()

    def note(self, fact: HouseholdFact, *, reviewed: bool, today: date) -> None:
        """A fact; one that is `reviewed` needs a day for it. Raises ReviewDateMissing, Invalid, NotFound."""
        _past(fact.from_, "from", today)
        _due(fact.review_on, reviewed, today)
        if fact.child is not None and not any(each.member == fact.child and each.to is None for each in self.members):
            raise NotFound("No such member now.", field="child")
        self.facts.append(fact)
        self._tell()

    def review(self, id_: UUID, *, again_on: date | None, reviewed: bool, today: date) -> None:
        """The fact was looked at and still holds; the next look is on a day. Raises NotFound, ReviewDateMissing."""
        found = _open(self.facts, id_, "fact")
        _due(again_on, reviewed, today)
        found.review_on = again_on
        self._tell()

    def settle(self, id_: UUID, *, on: date, today: date) -> None:
        """The fact held until a day. Raises NotFound, Invalid."""
        found = _open(self.facts, id_, "fact")
        _span(found.from_, on, today)
        found.to, found.review_on = on, None
        self._tell()

    def _tell(self) -> None:
        now = sum(each.to is None for each in self.members)
        self.record(HouseholdChanged(self.id, self.area, now, self.vulnerabilities))


def _open(parts: Iterable[Part], id_: UUID, what: str) -> Part:
    found = next((each for each in parts if each.id == id_ and each.to is None), None)
    if found is None:
        raise NotFound(f"No such {what} now.", field=what)
    return found


def _past(day: date | None, field_: str, today: date) -> None:
    if day is not None and day > today:
        raise Invalid("Not in the future.", field=field_, rule="not-in-the-future")


def _span(from_: date | None, to: date, today: date) -> None:
    _past(to, "to", today)
    if from_ is not None and to < from_:
        raise Invalid("It cannot end before it began.", field="to", rule="ends-after-beginning")


def _due(day: date | None, reviewed: bool, today: date) -> None:
    if reviewed and day is None:
        raise ReviewDateMissing("Say when this is looked at again.", field="review_on", rule="review-date")
    if day is not None and day <= today:
        raise Invalid("The next look lies ahead.", field="review_on", rule="in-the-future")


class Households(Protocol):
    """The households of a deployment."""

    def get(self, id_: UUID) -> Household:
        """The household, locked for change. Raises NotFound."""

    def add(self, household: Household) -> None:
        """Take in a new household."""
