"""The kind of a gatekeeping case binds what is decided in it (CARE C4)."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from services.placements.domain import decisions
from services.placements.domain.decision import DecisionStatus
from services.placements.domain.decisions import By
from shared.errors import Conflict
from tests.unit.placements.decided import CASE, DAY, LINE, NOW, TERMS, TODAY, record

CARE = {"ENTRY", "MORE_RESTRICTIVE", "PROLONGATION", "RENEWAL", "PERMANENT", "STAY_AFTER_18"}
DECIDES_CARE = {
    "ENTRY": {"ENTRY"}, "VOLUNTARY": {"ENTRY"}, "MORE_RESTRICTIVE": {"MORE_RESTRICTIVE"}, "RENEWAL": {"RENEWAL"},
    "PROLONGATION": {"PROLONGATION", "PERMANENT", "STAY_AFTER_18"}, "RETURN": set(),
}  # fmt: skip


@pytest.fixture
def cared_for(ruled: Any) -> Any:
    """A child in foster care on which somebody decided; the table names a body for every act."""
    acts = sorted(CARE | {"RETURN", "TRIAL_AT_HOME", "EXIT_BEFORE_18"})
    ruled.book.tables["decision_table"] = [LINE | {"id": act, "act": act, "renewals": None} for act in acts]
    ruled.arrive(TODAY - DAY, form="FOSTER")
    ruled.decide("FOSTER", TODAY - DAY)
    return ruled


def decided(world: Any, kind: str, act: str, **given: Any) -> str | None:
    """Which rule says no, where one does, to an act in a case of a kind."""
    said = {} if act in CARE else {"care_forms": (), "outcome": "RETURN"}
    try:
        record(world, case=replace(CASE, kind=kind), **{"act": act} | said | given)
    except Conflict as error:
        return error.rule
    return None


@pytest.mark.parametrize(("kind", "act"), list(product(sorted(DECIDES_CARE), sorted(CARE - {"ENTRY"}))))
def test_a_case_decides_on_the_care_for_which_it_was_asked(cared_for: Any, kind: str, act: str) -> None:
    assert decided(cared_for, kind, act) == (None if act in DECIDES_CARE[kind] else "act-of-the-case")


@pytest.mark.parametrize("kind", sorted(DECIDES_CARE))
def test_entry_is_decided_in_a_case_of_entry(ruled: Any, kind: str) -> None:
    assert decided(ruled, kind, "ENTRY") == (None if "ENTRY" in DECIDES_CARE[kind] else "act-of-the-case")
    assert len(ruled.child.decisions) == ("ENTRY" in DECIDES_CARE[kind])


@pytest.mark.parametrize("kind", sorted(DECIDES_CARE))
def test_that_a_child_goes_home_is_decided_in_any_case(cared_for: Any, kind: str) -> None:
    assert decided(cared_for, kind, "RETURN") is None
    assert decided(cared_for, kind, "TRIAL_AT_HOME") is None
    assert decided(cared_for, kind, "EXIT_BEFORE_18") == (None if kind == "RETURN" else "act-of-the-case")


def test_a_courts_order_is_taken_in_a_case_of_whatever_kind(ruled: Any) -> None:
    assert decided(ruled, "RETURN", "ENTRY", body="COURT", decided_by=None) is None


def test_of_a_kind_that_a_pack_alone_knows_nothing_is_said(ruled: Any) -> None:
    assert decided(ruled, "OWN_KIND", "ENTRY") is None


def test_a_correction_takes_no_other_act_into_a_case_and_keeps_what_was_decided_there(cared_for: Any) -> None:
    def correct(**given: Any) -> Any:
        return decisions.correct(cared_for.child, id_, replace(terms, **given), By("clerk", NOW), cared_for.act(), case)

    terms, case = replace(TERMS, act="PROLONGATION"), replace(CASE, kind="PROLONGATION")
    id_ = record(cared_for, terms, case=case).id
    with pytest.raises(Conflict) as error:
        correct(act="RENEWAL")
    assert error.value.rule == "act-of-the-case"
    case = replace(CASE, kind="RETURN")  # as what was recorded before the kind bound anybody
    assert correct(number="12").status is DecisionStatus.IN_FORCE
