"""A child in care has an open case and a named worker; who has not is known at once, and an alarm when time is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import care_cases
from services.placements.domain.care_cases import WorkerFound, WorkerLost
from services.placements.domain.situation import NoSurroundings, OtherRecord, StayElsewhere
from services.placements.law import PackLaw
from shared import countries

LAW = PackLaw(countries.load("kz", Path(__file__).parents[3] / "countries"))
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
CASE, OTHER = UUID(int=71), UUID(int=72)


class OneChild:
    """A child, its cases, and what is told."""

    def __init__(self) -> None:
        self.ids: Iterator[int] = count(1)
        self.child = domain.Whereabouts(UUID(int=0))

    def act(self, today: date = TODAY) -> domain.Act:
        return domain.Act(today, LAW, lambda: UUID(int=next(self.ids)))

    def lives(self, form: str = "FOSTER", today: date = TODAY) -> UUID:
        id_ = UUID(int=next(self.ids))
        stay = domain.Stay(care_form=form, area="KZ-75", from_=today)
        self.child.record_whereabouts(id_, stay, domain.Ground.ARRIVED, self.act(today), ends_former=True)
        return id_

    def told(self, today: date) -> list[object]:
        if self.child.next_on is not None and self.child.next_on <= today:
            self.child.review(self.act(today))
        both = (WorkerFound, WorkerLost)
        return [fact for *_, fact in self.child.pull_facts() if isinstance(fact, both)]


@pytest.fixture
def one() -> OneChild:
    return OneChild()


def test_a_child_without_a_worker_is_on_the_list_at_once_and_an_alarm_after_the_packs_days(one: OneChild) -> None:
    one.lives()
    assert one.child.lacking is not None
    assert (one.child.lacking.since, one.child.lacking.due) == (TODAY, TODAY + 3 * DAY)
    assert one.told(TODAY + 3 * DAY) == []
    (lacks,) = one.told(TODAY + 4 * DAY)
    assert isinstance(lacks, WorkerLost)
    assert (lacks.case, lacks.alarm().role, lacks.alarm().due) == (False, "gatekeeper", TODAY + 3 * DAY)
    assert one.told(TODAY + 9 * DAY) == []


def test_a_case_alone_is_not_enough_somebody_is_named_for_it(one: OneChild) -> None:
    care_cases.opened(one.child, CASE, one.act())
    one.lives()
    (lacks,) = one.told(TODAY + 8 * DAY)
    assert isinstance(lacks, WorkerLost)
    assert lacks.case
    care_cases.assigned(one.child, CASE, one.act(TODAY + 9 * DAY))
    assert one.child.lacking is None
    (has,) = one.told(TODAY + 9 * DAY)
    assert isinstance(has, WorkerFound)
    assert has.settles() == (one.child.id,)


def test_one_named_worker_is_enough_and_the_end_of_the_last_case_begins_the_time_anew(one: OneChild) -> None:
    for case in (CASE, OTHER):
        care_cases.opened(one.child, case, one.act())
        care_cases.assigned(one.child, case, one.act())
    one.lives()
    care_cases.closed(one.child, CASE, one.act())
    assert one.child.lacking is None
    care_cases.closed(one.child, OTHER, one.act(TODAY + 5 * DAY))
    assert one.child.lacking is not None
    assert one.child.next_on is not None
    assert one.child.next_on <= TODAY + 9 * DAY
    assert len(one.told(TODAY + 9 * DAY)) == 1


@pytest.mark.parametrize("form", ["PARENTAL", "KINSHIP_INFORMAL"])
def test_a_child_that_is_not_in_care_needs_none(one: OneChild, form: str) -> None:
    one.lives(form)
    assert one.child.lacking is None


def test_a_child_that_leaves_care_needs_none_any_more(one: OneChild) -> None:
    here = one.lives()
    one.told(TODAY + 5 * DAY)
    one.child.end(here, TODAY + 6 * DAY, "REVIEW", "OTHER", one.act(TODAY + 6 * DAY))
    assert one.child.lacking is None
    assert [type(fact) for fact in one.told(TODAY + 6 * DAY)] == [WorkerFound]


def test_what_is_told_twice_is_known_once(one: OneChild) -> None:
    care_cases.assigned(one.child, CASE, one.act())
    care_cases.opened(one.child, CASE, one.act())
    care_cases.assigned(one.child, CASE, one.act())
    assert [(each.id, each.named) for each in one.child.cases] == [(CASE, True)]
    care_cases.closed(one.child, OTHER, one.act())
    assert len(one.child.cases) == 1


class Merged(NoSurroundings):
    """A child with another record."""

    def __init__(self, record: OtherRecord) -> None:
        super().__init__()
        object.__setattr__(self, "record", record)

    def other_records(self, of: UUID, known: domain.KnownChild) -> list[OtherRecord]:
        return [self.record] if self.record.id in known.same else []  # type: ignore[attr-defined]


STAY = StayElsewhere(id=UUID(int=81), care_form="FOSTER", from_=TODAY)


@pytest.mark.parametrize(
    ("known", "record", "lacks"),
    [
        ({"merged_into": OTHER}, OtherRecord(id=OTHER), True),
        ({"merged_into": OTHER}, OtherRecord(id=OTHER, named=True), False),
        ({"merged_into": OTHER}, OtherRecord(id=OTHER, stays=(STAY,)), False),  # by that record it is on the list
        ({"merged": frozenset({OTHER})}, OtherRecord(id=OTHER, stays=(STAY,)), True),
        ({"merged": frozenset({OTHER})}, OtherRecord(id=OTHER, named=True), False),
        ({}, OtherRecord(id=OTHER, named=True), True),
    ],
)
def test_of_records_that_were_merged_a_worker_of_either_answers_and_the_child_is_on_the_list_once(
    one: OneChild, known: dict[str, Any], record: OtherRecord, lacks: bool
) -> None:
    one.lives()
    one.child.hear(domain.KnownChild(confirmed=True, **known), replace(one.act(), around=Merged(record)))
    assert (one.child.lacking is not None) == lacks
