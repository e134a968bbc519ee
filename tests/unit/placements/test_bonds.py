"""Bonds of brothers and sisters: found, signed by a second person where they part, and contact of those apart."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import bonds
from services.placements.domain.bonds import Bond, BondStatus
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Conflict, Invalid, NotFound

LAW = PackLaw(countries.load("kz", Path(__file__).parents[3] / "countries"))
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
SISTER = UUID(int=77)


class OneChild:
    """A child with a sister."""

    def __init__(self) -> None:
        self.ids: Iterator[int] = count(1)
        self.child = domain.Whereabouts(UUID(int=0), domain.KnownChild(area="KZ-75", siblings=frozenset({SISTER})))

    def act(self, today: date = TODAY) -> domain.Act:
        return domain.Act(today, LAW, lambda: UUID(int=next(self.ids)))

    def found(self, bond: Bond = Bond.YES, harmed: bool = False, by: str = "anna", sibling: UUID = SISTER) -> UUID:
        id_ = UUID(int=next(self.ids))
        bonds.record(self.child, id_, sibling, bond, self.act(), harmed=harmed, by=by)
        return id_

    def status(self, id_: UUID) -> BondStatus:
        return bonds.find(self.child, id_).status

    def told(self, kind: type) -> list[object]:
        return [fact for *_, fact in self.child.pull_facts() if isinstance(fact, kind)]


@pytest.fixture
def one() -> OneChild:
    return OneChild()


def test_a_bond_holds_at_once_and_the_next_finding_takes_its_place(one: OneChild) -> None:
    first, second = one.found(), one.found(Bond.UNKNOWN)
    assert (one.status(first), one.status(second)) == (BondStatus.REPLACED, BondStatus.STANDING)


@pytest.mark.parametrize(("bond", "harmed"), [(Bond.NO, False), (Bond.YES, True)])
def test_what_takes_a_bond_away_waits_for_the_signature_of_another(one: OneChild, bond: Bond, harmed: bool) -> None:
    first = one.found()
    second = one.found(bond, harmed)
    assert (one.status(first), one.status(second)) == (BondStatus.STANDING, BondStatus.PROPOSED)
    with pytest.raises(bonds.SecondSignatureIsAnothers):
        bonds.sign(one.child, second, one.act(), by="anna")
    bonds.sign(one.child, second, one.act(), by="boris")
    assert (one.status(first), one.status(second)) == (BondStatus.REPLACED, BondStatus.STANDING)
    assert [each.standing for each in one.told(bonds.SiblingBondFound)] == [True, False, True]
    with pytest.raises(Conflict):
        bonds.sign(one.child, second, one.act(), by="clara")


def test_a_proposal_gives_way_to_the_next_one(one: OneChild) -> None:
    first, second = one.found(Bond.NO), one.found(Bond.NO, by="boris")
    assert (one.status(first), one.status(second)) == (BondStatus.REPLACED, BondStatus.PROPOSED)


def test_only_siblings_whom_registry_names_have_a_bond(one: OneChild) -> None:
    with pytest.raises(Invalid):
        one.found(sibling=UUID(int=5))
    with pytest.raises(NotFound):
        bonds.find(one.child, UUID(int=5))


def test_contact_that_is_overdue_is_told_once_and_settled_by_the_next(one: OneChild) -> None:
    id_ = one.found()
    bonds.plan_contact(one.child, id_, 30, TODAY + 10 * DAY, one.act())
    assert list(bonds.changes_on(one.child)) == [TODAY + 11 * DAY]
    one.child.review(one.act(TODAY + 10 * DAY))
    assert one.told(bonds.ContactOverdue) == []
    one.child.review(one.act(TODAY + 11 * DAY))
    one.child.review(one.act(TODAY + 15 * DAY))
    (overdue,) = one.told(bonds.ContactOverdue)
    assert (overdue.due, overdue.alarm().about, overdue.alarm().area) == (TODAY + 10 * DAY, id_, "KZ-75")
    bonds.have_contact(one.child, id_, TODAY + 16 * DAY, one.act(TODAY + 16 * DAY))
    (settled,) = one.told(bonds.ContactPlanned)
    assert (settled.due, settled.settles()) == (TODAY + 46 * DAY, (id_,))


def test_a_plan_of_contact_goes_on_under_the_next_finding_and_ends_when_it_is_ended(one: OneChild) -> None:
    bonds.plan_contact(one.child, one.found(), 30, TODAY + 10 * DAY, one.act())
    id_ = one.found(Bond.UNKNOWN)
    assert bonds.find(one.child, id_).contact_due == TODAY + 10 * DAY
    bonds.plan_contact(one.child, id_, None, None, one.act())
    assert list(bonds.changes_on(one.child)) == []


@pytest.mark.parametrize(("every", "due"), [(30, None), (None, TODAY), (0, TODAY), (30, TODAY - DAY)])
def test_a_plan_that_is_none_is_refused(one: OneChild, every: int | None, due: date | None) -> None:
    id_ = one.found()
    with pytest.raises(Invalid):
        bonds.plan_contact(one.child, id_, every, due, one.act())
    with pytest.raises(domain.Impossible):
        bonds.have_contact(one.child, id_, TODAY + DAY, one.act())
    assert bonds.find(one.child, id_).contact_due is None


def test_what_does_not_hold_yet_has_no_contact_plan(one: OneChild) -> None:
    id_ = one.found(Bond.NO)
    with pytest.raises(Conflict):
        bonds.plan_contact(one.child, id_, 30, TODAY, one.act())
