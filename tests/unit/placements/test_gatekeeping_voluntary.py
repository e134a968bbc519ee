"""An agreement of the parents stands for a case while nobody who has parental rights says No (CARE C4, C15)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain.gatekeeping_parts import ParentView
from services.placements.domain.gatekeeping_voluntary import Agreed, VoluntaryAgreement, agreed_despite
from tests.unit.placements.conftest import Book

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def agreement(*who: str, on: date = TODAY) -> VoluntaryAgreement:
    by = tuple(Agreed(who=each, on=on, form="WRITTEN", language="kk") for each in who)
    return VoluntaryAgreement.agree(UUID(int=1), UUID(int=2), case=UUID(int=3), area="KZ-75", by=by, words="",
                                    today=TODAY)  # fmt: skip


def view(who: str, agrees: bool | None, on: date = TODAY) -> ParentView:
    return ParentView(who=who, notified_on=on, heard_on=None if agrees is None else on, agrees=agrees)


@pytest.mark.parametrize(
    ("views", "stands"),
    [
        ([], True),
        ([view("FATHER", True)], True),
        ([view("FATHER", None)], True),
        ([view("FATHER", False)], False),
        ([view("FATHER", False, TODAY - 30 * DAY)], False),
        ([view("GUARDIAN", False)], False),
        ([view("MOTHER", False, TODAY - DAY)], True),
        ([view("MOTHER", False)], False),
        ([view("MOTHER", False, TODAY + DAY)], False),
        ([ParentView(who="FATHER", not_notified_reason="SUSPECTED_OF_HARM")], True),
        ([ParentView(who="MOTHER", not_notified_reason="SUSPECTED_OF_HARM")], False),
    ],
)
def test_one_parents_agreement_stands_against_no_others_no(views: list[ParentView], stands: bool) -> None:
    assert agreed_despite([agreement("MOTHER")], views) is stands


def test_parents_may_agree_one_after_the_other() -> None:
    before = [view("MOTHER", False, TODAY - 2 * DAY), view("FATHER", False, TODAY - DAY)]
    assert agreed_despite([agreement("MOTHER", on=TODAY - DAY), agreement("FATHER")], before)
    assert not agreed_despite([agreement("MOTHER", on=TODAY - DAY)], before)


def test_what_one_parent_took_back_another_ones_agreement_does_not_replace(book: Book) -> None:
    both, law = agreement("MOTHER", "FATHER"), SimpleNamespace(calendar=book.calendar, table=book.table)
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    given: Any = law
    both.withdraw("FATHER", now, now, given)
    assert not agreed_despite([both, agreement("MOTHER")], [])
    assert agreed_despite([both, agreement("MOTHER"), agreement("FATHER")], [])


def test_where_nothing_was_agreed_nothing_stands() -> None:
    assert not agreed_despite([], [view("MOTHER", True)])
