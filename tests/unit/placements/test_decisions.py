"""Decisions: who may decide, what a court may, which stays they permit, who signs with them (CARE C2, C4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain import decisions
from services.placements.domain.decision import DecisionStatus
from services.placements.domain.decisions import By
from services.placements.domain.placement import Ground
from shared.errors import Conflict, Invalid, Refused
from tests.unit.placements.decided import CASE, DAY, LINE, NOW, TERMS, TODAY, later, record, refused


def test_a_body_that_the_table_names_decides_with_a_case_behind_it(ruled: Any) -> None:
    decision = record(ruled)
    assert (decision.status, decision.unmet) == (DecisionStatus.IN_FORCE, {})
    assert decision.appeal_until == TODAY + 10 * DAY
    assert decision.carry_out_by == TODAY + 30 * DAY


def test_a_body_that_the_table_does_not_name_is_refused(ruled: Any) -> None:
    assert refused(ruled, body="POLICE") == "body-not-named"
    assert refused(ruled, act="RETURN", care_forms=(), outcome="RETURN") == "body-not-named"
    assert ruled.child.decisions == []


def test_who_may_decide_stands_in_the_facts_and_no_code_in_the_sentence(ruled: Any) -> None:
    with pytest.raises(Refused) as error:
        record(ruled, body="POLICE")
    assert error.value.message == "The decision table names other bodies for this."
    assert error.value.facts == {"may_decide": " ".join(sorted(LINE["decides"]))}
    ruled.book.tables["decision_table"] = [LINE | {"decides": []}]
    with pytest.raises(Refused) as nobody:
        record(ruled)
    assert nobody.value.message == "The decision table names nobody for this."
    assert nobody.value.facts == {"may_decide": "none"}


def test_without_a_case_a_body_is_refused_by_what_was_not_found(ruled: Any) -> None:
    assert refused(ruled, case=None) in {"necessity-found", "suitability-found"}
    assert refused(ruled, case=replace(CASE, reasons=("POVERTY",))) == "not-for-poverty"


def test_the_care_forms_are_those_of_the_outcome(ruled: Any) -> None:
    with pytest.raises(Invalid) as error:
        record(ruled, care_forms=("CHILDRENS_HOME",))
    assert error.value.rule == "care-form-of-outcome"
    assert error.value.facts == {"outcome": TERMS.outcome, "care_form": "CHILDRENS_HOME"}
    assert "CHILDRENS_HOME" not in error.value.message
    with pytest.raises(Invalid) as unnamed:
        record(ruled, care_forms=())
    assert unnamed.value.rule == "care-form-of-outcome"


@pytest.mark.parametrize("act", ["PROLONGATION", "RENEWAL", "MORE_RESTRICTIVE"])
def test_care_that_nobody_decided_on_is_not_begun_by_prolonging_it(ruled: Any, act: str) -> None:
    ruled.book.tables["decision_table"] = [LINE, LINE | {"id": "other", "act": act}]
    ruled.arrive(TODAY - DAY, form="PARENTAL", provider=None)
    with pytest.raises(Conflict) as error:
        record(ruled, act=act)
    assert (error.value.rule, ruled.child.decisions) == ("child-in-care", [])
    decisions.withdraw(ruled.child, record(ruled, act=act, body="COURT").id, ruled.act())
    ruled.arrive(TODAY, form="FOSTER", ends_former=True)
    with pytest.raises(Conflict) as undecided:
        record(ruled, act=act)
    assert undecided.value.rule == "child-in-care"
    record(ruled)
    assert record(ruled, act=act).status is DecisionStatus.IN_FORCE


def test_care_that_came_with_an_import_is_prolonged_without_its_decision_on_record(ruled: Any) -> None:
    ruled.book.tables["decision_table"] = [LINE, LINE | {"id": "other", "act": "PROLONGATION"}]
    ruled.arrive(TODAY - DAY, form="FOSTER", ground=Ground.IMPORTED)
    assert record(ruled, act="PROLONGATION").status is DecisionStatus.IN_FORCE


def test_what_is_renewed_is_a_decision_of_the_child(ruled: Any) -> None:
    with pytest.raises(Invalid) as error:
        record(ruled, body="COURT", renews=UUID(int=3))
    assert error.value.rule == "decision-known"


def test_a_correction_makes_no_decision_renew_one_that_renews_it(ruled: Any) -> None:
    ruled.arrive(TODAY, form="FOSTER")
    first = record(ruled, in_force_until=date(2026, 9, 10))
    ruled.book.tables["decision_table"] = [LINE, LINE | {"id": "p", "act": "PROLONGATION"}]
    second = record(ruled, act="PROLONGATION", in_force_until=TODAY + 120 * DAY)
    said = replace(TERMS, act="PROLONGATION", in_force_until=date(2026, 9, 10))
    case = replace(CASE, kind="PROLONGATION")
    with pytest.raises(Invalid) as error:
        named = replace(said, renews=second.id)
        decisions.correct(ruled.child, first.id, named, By("clerk", NOW), ruled.act(), case)
    assert error.value.rule == "renews-an-earlier-one"
    assert decisions.correct(ruled.child, first.id, said, By("clerk", NOW), ruled.act(), case).renews is None


def test_a_decision_is_no_longer_than_the_law_says_and_not_renewed_for_ever(ruled: Any) -> None:
    assert refused(ruled, in_force_until=None) == "longest-decision"
    assert refused(ruled, in_force_until=date(2026, 9, 11)) == "longest-decision"
    ruled.arrive(TODAY, form="FOSTER")
    first = record(ruled, in_force_until=date(2026, 9, 10))
    ruled.book.tables["decision_table"] = [LINE, LINE | {"id": "p", "act": "PROLONGATION"}]
    second = record(ruled, act="PROLONGATION", in_force_until=TODAY + 120 * DAY)
    assert second.renews == first.id
    assert refused(ruled, act="PROLONGATION", renews=second.id) == "renewals-used-up"


def test_a_decision_found_on_paper_behind_an_import_is_a_fact(ruled: Any) -> None:
    ruled.arrive(date(2019, 5, 1), form="FOSTER", ground=Ground.IMPORTED)
    assert ruled.open_rules() == {"legacy-decision-due"}
    decision = record(ruled, body="NOTARY", case=None, made_on=date(2019, 5, 1), effective_from=date(2019, 5, 1),
                      in_force_until=None)  # fmt: skip
    assert decision.unmet["body-not-named"] == {"may_decide": " ".join(sorted(LINE["decides"]))}
    assert "legacy-decision-due" not in ruled.open_rules()


def test_whoever_assessed_decides_only_with_a_second_person(ruled: Any) -> None:
    decision = record(ruled, decided_by="worker")
    assert decision.status is DecisionStatus.UNSIGNED
    assert not decision.holds(TODAY)
    with pytest.raises(Refused) as unsigned:
        ruled.child.authorise(ruled.ids(), ruled.stay(TODAY, form="FOSTER", planned_to=TODAY + DAY), (), ruled.act())
    assert unsigned.value.rule == "decision-in-force"
    for never in ("worker", "clerk"):
        with pytest.raises(decisions.NotASecondPerson):
            decisions.sign(ruled.child, decision.id, By(never, NOW), CASE.assessed_by, ruled.act())
    decisions.sign(ruled.child, decision.id, By("next level", NOW), CASE.assessed_by, ruled.act())
    assert (decision.status, decision.second_by) == (DecisionStatus.IN_FORCE, "next level")
    with pytest.raises(Conflict):
        decisions.sign(ruled.child, decision.id, By("another", NOW), frozenset(), ruled.act())


def test_who_writes_a_decision_down_without_naming_who_made_it_made_it(ruled: Any) -> None:
    decision = decisions.record(
        ruled.child, ruled.ids(), replace(TERMS, decided_by=None), By("worker", NOW), ruled.act(), CASE
    )
    assert (decision.decided_by, decision.status) == ("worker", DecisionStatus.UNSIGNED)


def test_a_place_whose_staff_sits_on_the_panel_is_refused(ruled: Any) -> None:
    own = replace(CASE, staff_of=frozenset({ruled.provider}))
    assert refused(ruled, case=own, provider=ruled.provider) == "separation-of-duties"


@pytest.mark.parametrize(
    "given",
    [
        {"form": "CHILDRENS_HOME"},
        {"planned_to": None},
        {"planned_to": TODAY + 91 * DAY},
        {"from_": TODAY - DAY},
        {"from_": TODAY + 90 * DAY, "planned_to": TODAY + 95 * DAY},
    ],
)
def test_a_stay_that_the_decision_does_not_cover_is_not_permitted(ruled: Any, given: dict[str, Any]) -> None:
    record(ruled)
    asked = ruled.stay(**{"from_": TODAY, "form": "FOSTER", "planned_to": TODAY + 30 * DAY} | given)
    with pytest.raises(Refused) as error:
        ruled.child.authorise(ruled.ids(), asked, (), ruled.act())
    assert error.value.rule == "decision-in-force"


def test_a_decision_that_names_a_place_covers_no_other(ruled: Any) -> None:
    decision = record(ruled, provider=UUID(int=77))
    assert not decision.permits(ruled.stay(TODAY, form="FOSTER"))
    assert decision.permits(ruled.stay(TODAY, form="FOSTER", provider=UUID(int=77)))


def test_a_correction_is_judged_like_a_record(ruled: Any) -> None:
    decision = record(ruled)
    with pytest.raises(Refused):
        decisions.correct(ruled.child, decision.id, replace(TERMS, body="POLICE"), By("clerk", NOW), ruled.act(), CASE)
    assert decision.body == "GUARDIANSHIP_BODY"
    shorter = replace(TERMS, in_force_until=TODAY + 5 * DAY)
    decisions.correct(ruled.child, decision.id, shorter, By("clerk", NOW), ruled.act(), CASE)
    later(ruled, 5)
    assert decision.status is DecisionStatus.ENDED
    decisions.correct(ruled.child, decision.id, TERMS, By("clerk", NOW), ruled.act(TODAY + 5 * DAY), CASE)
    assert (decision.status, decision.ended_on) == (DecisionStatus.IN_FORCE, None)


def test_an_older_decision_that_named_both_forms_does_not_permit_the_more_restrictive_one(ruled: Any) -> None:
    ranks, plain = {"FOSTER": 2, "CHILDRENS_HOME": 4}, ruled.book.care_form
    ruled.book.care_form = lambda code: replace(plain(code), preference=ranks.get(code))
    both = {"care_forms": ("FOSTER", "CHILDRENS_HOME"), "made_on": TODAY - 20 * DAY, "effective_from": TODAY - 20 * DAY}
    made = decisions.record(
        ruled.child, ruled.ids(), replace(TERMS, body="COURT", **both), By("clerk", NOW), ruled.act(), CASE
    )
    made.body = "GUARDIANSHIP_BODY"
    ruled.arrive(TODAY - 10 * DAY, form="FOSTER", provider=None)
    asked = ruled.stay(TODAY, form="CHILDRENS_HOME", planned_to=TODAY + 10 * DAY)
    with pytest.raises(Refused) as error:
        ruled.child.authorise(ruled.ids(), asked, (), ruled.act())
    assert error.value.rule == "decision-in-force"
    assert error.value.facts["more_restrictive_than"] == "FOSTER"
    made.act = "MORE_RESTRICTIVE"
    ruled.child.authorise(ruled.ids(), asked, (), ruled.act())


def test_a_stay_is_covered_up_to_the_day_on_which_the_decision_ends(ruled: Any) -> None:
    record(ruled)
    id_ = ruled.ids()
    asked = ruled.stay(TODAY, form="FOSTER", planned_to=TODAY + 90 * DAY)
    ruled.child.authorise(id_, asked, (), ruled.act())
    assert ruled.child.placement(id_).authorised


def test_the_decision_that_is_named_must_itself_cover_the_stay(ruled: Any) -> None:
    short, long = record(ruled, in_force_until=TODAY + 5 * DAY), record(ruled)
    asked = ruled.stay(TODAY, form="FOSTER", planned_to=TODAY + 30 * DAY)
    with pytest.raises(Refused):
        ruled.child.authorise(ruled.ids(), asked, (), ruled.act(), short.id)
    id_ = ruled.ids()
    ruled.child.authorise(id_, asked, (), ruled.act(), long.id)
    assert ruled.child.placement(id_).decision == long.id


def test_a_decision_made_since_the_import_is_none_found_on_paper(ruled: Any) -> None:
    ruled.arrive(date(2019, 5, 1), form="FOSTER", ground=Ground.IMPORTED)
    assert refused(ruled, body="NOTARY") == "body-not-named"


def test_behind_an_import_that_was_withdrawn_nothing_is_found_on_paper(ruled: Any) -> None:
    ruled.arrive(date(2019, 5, 1), form="FOSTER", ground=Ground.IMPORTED)
    ruled.child.withdraw(ruled.child.placements[-1].id, ruled.act())
    assert refused(ruled, body="NOTARY", made_on=date(2019, 5, 1)) == "body-not-named"


@pytest.mark.parametrize(("body", "permitted"), [("GUARDIANSHIP_BODY", False), ("COURT", True)])
def test_a_decision_of_the_day_the_child_came_is_no_later_one_but_a_courts_holds(
    ruled: Any, body: str, permitted: bool
) -> None:
    ranks, plain = {"FOSTER": 2, "CHILDRENS_HOME": 4}, ruled.book.care_form
    ruled.book.care_form = lambda code: replace(plain(code), preference=ranks.get(code))
    both = replace(
        TERMS, body="COURT", care_forms=("FOSTER", "CHILDRENS_HOME"), made_on=TODAY - DAY, effective_from=TODAY - DAY
    )
    made = decisions.record(ruled.child, ruled.ids(), both, By("clerk", NOW), ruled.act(), CASE)
    made.body = body
    ruled.arrive(TODAY - DAY, form="FOSTER", provider=None)
    asked = ruled.stay(TODAY, form="CHILDRENS_HOME", planned_to=TODAY + 10 * DAY)
    try:
        ruled.child.authorise(ruled.ids(), asked, (), ruled.act())
        assert permitted
    except Refused as error:
        assert (error.rule, permitted) == ("decision-in-force", False)


def test_a_stay_refused_beside_a_decision_says_how_that_decision_stands(ruled: Any) -> None:
    made = record(ruled)
    made.status = DecisionStatus.UNSIGNED

    def refused_beside(planned_to: date) -> Mapping[str, str]:
        with pytest.raises(Refused) as error:
            ruled.child.authorise(
                ruled.ids(), ruled.stay(TODAY, form="FOSTER", provider=None, planned_to=planned_to), (), ruled.act()
            )
        return error.value.facts

    assert refused_beside(TODAY + 10 * DAY)["decision"] == "unsigned"
    made.status = DecisionStatus.IN_FORCE
    assert refused_beside(TODAY + 91 * DAY)["decision_until"] == str(TODAY + 90 * DAY)
    made.provider = UUID(int=404)
    assert refused_beside(TODAY + 10 * DAY)["decision_place"] == "another"


def test_whoever_assessed_and_writes_down_that_another_decided_needs_a_second_person_too(ruled: Any) -> None:
    def written(by: str, **given: Any) -> decisions.Decision:
        terms = replace(TERMS, **given)
        return decisions.record(ruled.child, ruled.ids(), terms, By(by, NOW), ruled.act(), CASE)

    decision = written("worker")
    assert (decision.decided_by, decision.status) == ("head", DecisionStatus.UNSIGNED)
    decisions.sign(ruled.child, decision.id, By("next level", NOW), CASE.assessed_by, ruled.act())
    assert decision.status is DecisionStatus.IN_FORCE
    assert written("worker", body="COURT", decided_by=None).status is DecisionStatus.IN_FORCE


def test_a_correction_by_whoever_assessed_is_signed_where_it_says_something_else(ruled: Any) -> None:
    decision = record(ruled)

    def corrected(**given: Any) -> DecisionStatus:
        terms = replace(TERMS, **given)
        return decisions.correct(ruled.child, decision.id, terms, By("worker", NOW), ruled.act(), CASE).status

    assert corrected(number="7") is DecisionStatus.IN_FORCE
    assert corrected(in_force_until=TODAY + 60 * DAY) is DecisionStatus.UNSIGNED


@pytest.mark.parametrize(
    ("given", "on_paper"),
    [
        ({"provider": UUID(int=9)}, True),
        ({"provider": UUID(int=77)}, False),
        ({"effective_from": TODAY - DAY}, True),
        ({"effective_from": TODAY}, False),
        ({"in_force_until": date(2019, 5, 2)}, True),
        ({"in_force_until": date(2019, 5, 1)}, False),
    ],
)
def test_what_is_found_on_paper_is_of_the_place_and_the_days_of_the_imported_stay(
    ruled: Any, given: dict[str, Any], on_paper: bool
) -> None:
    ruled.arrive(date(2019, 5, 1), form="FOSTER", ground=Ground.IMPORTED)
    said = {"body": "NOTARY", "made_on": date(2019, 4, 1), "effective_from": date(2019, 4, 1), "in_force_until": None}
    if on_paper:
        assert record(ruled, **said | given).unmet
    else:
        assert refused(ruled, **said | given) == "body-not-named"


def test_a_decision_that_holds_since_after_an_imported_stay_is_not_the_one_behind_it(ruled: Any) -> None:
    ruled.arrive(date(2019, 5, 1), date(2020, 5, 1), form="FOSTER", ground=Ground.IMPORTED)
    said = {"body": "NOTARY", "made_on": date(2019, 4, 1), "in_force_until": None}
    assert record(ruled, **said, effective_from=date(2020, 4, 30)).unmet
    assert refused(ruled, **said, effective_from=date(2020, 5, 1)) == "body-not-named"
