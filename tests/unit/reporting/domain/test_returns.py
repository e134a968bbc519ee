"""The life of a return: what lets it be signed, what does not, and what comes after."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.reporting import domain
from services.reporting.domain import Status
from services.reporting.domain.returns import QUALITY_KEPT
from services.reporting.indicators.facts import Coverage, Finding, Return
from shared.errors import Conflict

AT = datetime(2025, 2, 1, 9, tzinfo=UTC)
COVERAGE = Coverage(12, 12, 0, 12, 1, 0, 0, 12)
BROKEN = Finding("TM 10 + TM 28 = 100", "blocks", "1 is not 2 (sex F, age _T, area KZ-75)", {"left": 1, "right": 2})
UNKNOWN = Finding("F21", "needs-note", "sex unknown for 3 of 12 children in care in the period", {"unknown": 3})
ODD = Finding("F6", "quality", "two places recorded for the same nights", {"child": str(UUID(int=5))})


def computed(*findings: Finding, year: int = 2024) -> domain.Computed:
    """A computation without figures; its hash is that of an empty table."""
    period = domain.period_of(str(year))
    conditions = Return(str(year), date(year, 1, 1), date(year + 1, 1, 1), date(year, 12, 31))
    plan = domain.PeriodPlan(period, conditions, (), None, frozenset(), "KAZ", "")  # type: ignore[arg-type]
    return domain.Computed(plan, (), findings, COVERAGE)


def taken() -> domain.Return:
    """A return with its figures."""
    return_ = domain.Return.open(UUID(int=1), "2024", "unicef", None)
    return_.take(computed())
    return return_


def signed() -> domain.Return:
    """A signed return."""
    return_ = taken()
    return_.check((), None)
    return_.sign(bundle=7, by="statistician", at=AT)
    return return_


def test_a_signed_return_says_so_and_in_which_bundle() -> None:
    return_ = signed()
    assert (return_.status, return_.signed_by, return_.signed_at) == (Status.SIGNED, "statistician", AT)
    ((_, version, fact),) = return_.pull_facts()
    assert fact == domain.ReturnSigned(UUID(int=1), 2024, 1, 7, 0)
    assert version == return_.version == 1


def test_figures_that_do_not_add_up_block_and_say_which_rule_and_facts() -> None:
    return_ = taken()
    with pytest.raises(domain.IdentityBroken, match=r"1 is not 2.*left 1, right 2") as refused:
        return_.check((ODD, BROKEN), "a note does not help")
    assert refused.value.rule == "TM 10 + TM 28 = 100"
    assert return_.status is Status.COMPUTED


@pytest.mark.parametrize("note", [None, "", "  "])
def test_what_needs_a_word_needs_a_word(note: str | None) -> None:
    return_ = taken()
    with pytest.raises(domain.NoteNeeded, match="sex unknown for 3"):
        return_.check((UNKNOWN,), note)
    return_.check((UNKNOWN,), "Two homes keep paper files.")
    assert (return_.status, return_.note) == (Status.CHECKED, "Two homes keep paper files.")


def test_findings_on_single_records_are_kept_without_saying_whose() -> None:
    return_ = taken()
    return_.check((UNKNOWN, *[ODD] * (QUALITY_KEPT + 5)), "known")
    assert len(return_.findings) == 1 + QUALITY_KEPT
    assert all(set(one) == {"rule", "weight", "text"} for one in return_.findings)


def test_each_step_comes_after_the_one_before() -> None:
    return_ = domain.Return.open(UUID(int=1), "2024", "unicef", None)
    with pytest.raises(Conflict):
        return_.check((), None)
    with pytest.raises(Conflict):
        return_.sign(bundle=1, by="statistician", at=AT)


def test_a_revision_counts_on_and_the_one_before_ends() -> None:
    first = signed()
    second = domain.Return.open(UUID(int=2), "2024", "unicef", first)
    first.replace()
    assert (second.revision, first.status) == (2, Status.REVISED)
    with pytest.raises(Conflict):
        first.replace()


def test_a_receipt_heard_twice_or_late_changes_nothing() -> None:
    return_ = signed()
    return_.release()
    version = return_.version
    return_.release()
    assert (return_.status, return_.version) == (Status.RELEASED, version)
    return_.replace()
    return_.release()
    assert return_.status is Status.REVISED


def test_the_same_figures_for_another_reader_are_another_return() -> None:
    return_ = signed()
    assert return_.says_the_same(computed(), "unicef")
    assert not return_.says_the_same(computed(), "eca")


def test_a_period_is_over_on_the_day_after_its_last() -> None:
    with pytest.raises(domain.PeriodNotOver):
        domain.require_over(computed(), date(2024, 12, 31), 0)
    domain.require_over(computed(), date(2025, 1, 1), 0)
    with pytest.raises(domain.FiguresBehind):
        domain.require_over(computed(), date(2025, 1, 1), 1)


def test_every_status_has_its_transitions_and_the_last_has_none() -> None:
    assert set(domain.TRANSITIONS) == set(Status)
    assert not domain.TRANSITIONS[Status.REVISED]
