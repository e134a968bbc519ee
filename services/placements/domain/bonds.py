"""Bonds of brothers and sisters, and the contact of those who live apart (CARE C12). Parts of whereabouts.

They count by an existing bond (unknown is yes), not by blood; one who harmed the other does not count. What takes a
bond away (no bond, harmed) holds once a second person has signed it. Not here: who is a sibling (registry), the rule
siblings-together (rules_siblings).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import possible
from services.placements.domain.alarms import Due
from services.placements.domain.placement import Impossible
from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts

OVERDUE = "SIBLING_CONTACT_OVERDUE"
RELIED_ON = {"alarm_kind": frozenset({OVERDUE})}
OWNER = "social_worker"
DAY = timedelta(days=1)


class Bond(StrEnum):
    """Whether brothers and sisters have a bond; unknown counts as yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class BondStatus(StrEnum):
    """Whether what was found holds: without a second signature a bond is not taken away."""

    PROPOSED = "proposed"
    STANDING = "standing"
    REPLACED = "replaced"


TRANSITIONS: dict[BondStatus, frozenset[BondStatus]] = {
    BondStatus.PROPOSED: frozenset({BondStatus.STANDING, BondStatus.REPLACED}),
    BondStatus.STANDING: frozenset({BondStatus.REPLACED}),
    BondStatus.REPLACED: frozenset(),
}


class SecondSignatureIsAnothers(Conflict):
    """Who decided does not sign as the second person."""

    code = "second-signature-is-anothers"
    title = "Second signature of another person"


@dataclass(frozen=True, kw_only=True)
class SiblingBondFound:
    """Somebody found whether a child and its brother or sister have a bond; `standing`: it holds."""

    child: UUID
    bond_id: UUID
    sibling: UUID
    bond: str
    harmed: bool
    standing: bool


@dataclass(frozen=True, kw_only=True)
class ContactPlanned:
    """Brothers and sisters who live apart meet, or speak, until a day; the last time was `last`."""

    child: UUID
    bond_id: UUID
    sibling: UUID
    due: date | None
    last: date | None

    def settles(self) -> tuple[UUID, ...]:
        """What was overdue has been, or has another day."""
        return (self.bond_id,)


@dataclass(frozen=True, kw_only=True)
class ContactOverdue:
    """Brothers and sisters who live apart should have had contact until a day."""

    child: UUID
    bond_id: UUID
    sibling: UUID
    due: date
    area: str | None

    def alarm(self) -> Due:
        """The child's worker sees to it."""
        return Due(kind=OVERDUE, about=self.bond_id, role=OWNER, area=self.area, due=self.due, child=self.child)


@dataclass(eq=False)
class SiblingBond:
    """What was found of a child and one sibling. Contact every so many days is due on a day, where they live apart."""

    id: UUID
    child: UUID
    sibling: UUID
    bond: Bond
    harmed: bool
    status: BondStatus
    decided_by: str
    decided_on: date
    second_by: str | None = None
    contact_every: int | None = None
    contact_due: date | None = None
    contact_last: date | None = None
    overdue_told: date | None = None

    @property
    def parts(self) -> bool:
        """Whether it takes away that they belong together."""
        return self.bond is Bond.NO or self.harmed

    def enter(self, status: BondStatus) -> None:
        """Go over into another status. Raises Conflict where TRANSITIONS has no such step."""
        if status not in TRANSITIONS[self.status]:
            raise Conflict(f"A bond that is {self.status} cannot become {status}.", field="status")
        self.status = status

    def found(self) -> SiblingBondFound:
        """What is told of it."""
        return SiblingBondFound(
            child=self.child, bond_id=self.id, sibling=self.sibling, bond=self.bond.value, harmed=self.harmed,
            standing=self.status is BondStatus.STANDING,
        )  # fmt: skip

    def planned(self) -> ContactPlanned:
        """What is told of the plan of contact."""
        return ContactPlanned(
            child=self.child, bond_id=self.id, sibling=self.sibling, due=self.contact_due, last=self.contact_last
        )


def record(child: "Whereabouts", id_: UUID, sibling: UUID, bond: Bond, act: "Act", *, harmed: bool, by: str) -> None:
    """Write down what was found; what takes a bond away waits for a second signature and meanwhile changes nothing.

    Raises Invalid where registry names no such sibling.
    """
    possible.require_entry(child.known)
    if sibling not in child.known.siblings:
        raise Invalid("Registry names no such brother or sister.", field="sibling", rule="sibling-is-known")
    made = SiblingBond(id_, child.id, sibling, bond, harmed, BondStatus.PROPOSED, decided_by=by, decided_on=act.today)
    for each in child.bonds:
        if each.sibling == sibling and each.status is BondStatus.PROPOSED:
            each.enter(BondStatus.REPLACED)
    if not made.parts:
        _stand(child, made)
    child.bonds.append(made)
    child.record(made.found())
    child.review(act)


def sign(child: "Whereabouts", id_: UUID, act: "Act", *, by: str) -> None:
    """The second signature. Raises SecondSignatureIsAnothers for the one who decided."""
    made = find(child, id_)
    if made.status is not BondStatus.PROPOSED:
        raise Conflict(f"Not possible for a bond that is {made.status}.", field="bond")
    if by == made.decided_by:
        raise SecondSignatureIsAnothers("The second signature is another person's.", field="by", rule="two-persons")
    made.second_by = by
    _stand(child, made)
    child.record(made.found())
    child.review(act)


def plan_contact(child: "Whereabouts", id_: UUID, every: int | None, due: date | None, act: "Act") -> None:
    """Contact of those who live apart: every so many days, the next one until `due`; None ends the plan."""
    made = _standing(child, id_)
    if (every is None) != (due is None) or (every is not None and every < 1):
        raise Invalid("A plan has an interval and a first day, or neither.", field="every", rule="contact-plan")
    if due is not None and due < act.today:
        raise Impossible("The next contact lies ahead.", field="due", rule="not-in-the-past")
    made.contact_every, made.contact_due = every, due
    child.record(made.planned())
    child.review(act)


def have_contact(child: "Whereabouts", id_: UUID, on: date, act: "Act") -> None:
    """They met, or spoke, on a day; the next time is due after the plan's interval."""
    made = _standing(child, id_)
    if on > act.today:
        raise Impossible("It lies in the future.", field="on", rule="not-in-the-future")
    made.contact_last = max(on, made.contact_last or on)
    if made.contact_every is not None:
        made.contact_due = max(made.contact_due or on, made.contact_last + timedelta(days=made.contact_every))
    child.record(made.planned())
    child.review(act)


def find(child: "Whereabouts", id_: UUID) -> SiblingBond:
    """What was found of a child and a sibling. Raises NotFound."""
    for each in child.bonds:
        if each.id == id_:
            return each
    raise NotFound("No bond with this id.", field="bond")


def notice(child: "Whereabouts", act: "Act") -> None:
    """Contact that is overdue is told once for each day that it was due."""
    for each in child.bonds:
        if each.status is BondStatus.STANDING and _late(each, act.today) and _wanted(child, each):
            due = each.overdue_told = each.contact_due
            assert due is not None
            area = child.active.area if child.active else child.known.area
            child.record(ContactOverdue(child=child.id, bond_id=each.id, sibling=each.sibling, due=due, area=area))


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The days on which time alone changes something."""
    for each in child.bonds:
        if each.status is BondStatus.STANDING and each.contact_due and each.overdue_told != each.contact_due:
            yield each.contact_due + DAY


def _late(bond: SiblingBond, today: date) -> bool:
    return bond.contact_due is not None and bond.contact_due < today and bond.overdue_told != bond.contact_due


def _wanted(child: "Whereabouts", bond: SiblingBond) -> bool:
    known = child.known
    return bond.sibling in known.siblings and not (known.withdrawn or known.died_on)


def _standing(child: "Whereabouts", id_: UUID) -> SiblingBond:
    possible.require_entry(child.known)
    made = find(child, id_)
    if made.status is not BondStatus.STANDING:
        raise Conflict(f"Not possible for a bond that is {made.status}.", field="bond")
    return made


def _stand(child: "Whereabouts", made: SiblingBond) -> None:
    """It holds from now on; what was found before is replaced, and a plan of contact goes on."""
    made.enter(BondStatus.STANDING)
    for each in child.bonds:
        if each is not made and each.sibling == made.sibling and each.status is BondStatus.STANDING:
            each.enter(BondStatus.REPLACED)
            made.contact_every, made.contact_due = each.contact_every, each.contact_due
            made.contact_last, made.overdue_told = each.contact_last, each.overdue_told
