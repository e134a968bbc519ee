"""Another law asked of the same facts: what is asked twice, what a decision of the past would have met with."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import decisions, decisions_emergency, decisions_notices, judgement
from services.placements.domain.decision import DecisionStatus
from services.placements.domain.decisions import By
from services.placements.domain.lawbook import CareForm, Outcome
from services.placements.domain.placement import State
from services.placements.domain.rules import Rule
from services.placements.domain.simulation import Asked, Result, Scope, compare
from services.placements.domain.simulation_laws import CODE_UNKNOWN, Acts, TwoLaws
from services.placements.domain.situation import CaseFacts, NoSurroundings, SiblingFacts, When
from shared.errors import Invalid
from tests.unit.placements.decided import CASE, DAY, HOUR, LINE, NOW, TODAY, record

PARENTS_LATE = "notice-in-time:PARENTS"
LATER = TODAY + 60 * DAY


def other(world: Any, line: Mapping[str, Any] | None = None, **numbers: Any) -> Any:
    """The law with some numbers, or the line of its table, changed."""
    book = copy(world.book)
    book.numbers = replace(book.numbers, **numbers)
    book.tables = world.book.tables | ({"decision_table": [LINE | line]} if line else {})
    return book


def acts(world: Any, then: Any, today: date = LATER, around: tuple[Any, Any] = (NoSurroundings(),) * 2) -> Acts:
    now = domain.Act(today, world.book, world.ids, around[0])
    return Acts(now, domain.Act(today, then, world.ids, around[1]), TwoLaws(world.book, then))


def asked(world: Any, then: Any, cases: Mapping[UUID, CaseFacts] | None = None, on: date = LATER) -> Result:
    """What both laws say of the year before."""
    scope = Scope(on=on, since=TODAY - 400 * DAY, until=TODAY + DAY, bands=lambda born, on: "Y7")
    into = Result()
    compare(world.child, acts(world, then, on), scope, {CASE.case: CASE} if cases is None else cases, into)
    return into


def said(found: Result, of: Asked, what: str) -> dict[str, int]:
    """The counts of one kind, by rule."""
    counts = {rule: getattr(each, what) for (kind, rule), each in found.by("asked", "rule").items() if kind == of}
    return {rule: count for rule, count in counts.items() if count}


def told(world: Any, decision: Any, at: datetime = NOW) -> None:
    for notice in [each for each in world.child.notices if each.about == decision.id]:
        decisions_notices.send(world.child, notice.id, at, "LETTER", "clerk", at)


@pytest.fixture
def decided(ruled: Any) -> Any:
    """A decision of which everybody was told in time, carried out in time."""
    decision = record(ruled)
    told(ruled, decision)
    decision.carried_out_on = TODAY
    return decision


def test_what_the_law_of_the_day_allowed_is_met_by_it(ruled: Any, decided: Any) -> None:
    found = asked(ruled, other(ruled))
    assert found.judged[Asked.DECISION] == 1
    assert not found.cells


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ({"decides": ["COMMISSION"]}, "body-not-named"),
        ({"act": "RETURN"}, "body-not-named"),
        ({"longest": {"amount": 30, "unit": "days"}}, "longest-decision"),
        ({"second_signature": True}, "second-signature"),
        ({"notices": [{"to": "PROSECUTOR", "within": 24, "unit": "hours", "after": "decision"}]},
         "notice-in-time:PROSECUTOR"),
    ],
)  # fmt: skip
def test_a_decision_that_another_table_would_not_have_allowed(
    ruled: Any, decided: Any, line: dict[str, Any], rule: str
) -> None:
    found = asked(ruled, other(ruled, line))
    assert said(found, Asked.DECISION, "new") == {rule: 1}
    (cell,) = found.cells
    assert (cell.area, cell.age, cell.care_form) == ("KZ-75", "Y7", "FOSTER")
    back = Scope(on=LATER, since=TODAY, until=TODAY + DAY, bands=lambda born, on: "Y7")
    into = Result()
    now = replace(ruled.act(LATER), law=other(ruled, line))
    compare(ruled.child, Acts(now, ruled.act(LATER), TwoLaws(now.law, ruled.book)), back, {CASE.case: CASE}, into)
    assert said(into, Asked.DECISION, "healed") == {rule: 1}


def test_what_came_too_late_by_the_shorter_time_of_another_table(ruled: Any, decided: Any) -> None:
    decided.carried_out_on = TODAY + 20 * DAY
    notices = [{"to": "PARENTS", "within": 2, "unit": "hours", "after": "decision"}]
    assert said(asked(ruled, other(ruled, {"notices": notices})), Asked.DECISION, "new") == {}
    for notice in ruled.child.notices:
        notice.sent_at = NOW + 3 * HOUR
    shorter = {"notices": notices, "carry_out": {"amount": 10, "unit": "days"}}
    found = asked(ruled, other(ruled, shorter))
    assert said(found, Asked.DECISION, "new") == {PARENTS_LATE: 1, "carried-out-in-time": 1}


def test_a_time_that_is_not_over_is_no_delay(ruled: Any) -> None:
    record(ruled)
    assert said(asked(ruled, other(ruled), on=TODAY), Asked.DECISION, "now") == {}
    assert said(asked(ruled, other(ruled)), Asked.DECISION, "now") == {PARENTS_LATE: 1, "carried-out-in-time": 1}


def test_an_oral_order_under_a_law_that_knows_none_or_gives_less_time(ruled: Any) -> None:
    decision = record(ruled, instrument="ORAL_ORDER", made_at=NOW)
    told(ruled, decision)
    decisions.confirm(
        ruled.child, decision.id, NOW + 20 * HOUR, "ORDER", "1", None, By("clerk", NOW + 21 * HOUR),
        ruled.act(TODAY + DAY),
    )  # fmt: skip
    decision.carried_out_on = TODAY
    assert said(asked(ruled, other(ruled, {"oral": False})), Asked.DECISION, "new") == {"oral-not-allowed": 1}
    sooner = other(ruled, {"confirm": {"amount": 12, "unit": "hours"}})
    assert said(asked(ruled, sooner), Asked.DECISION, "new") == {"oral-confirmed-in-time": 1}


def test_how_it_was_decided_is_judged_by_its_gatekeeping_case(ruled: Any, decided: Any) -> None:
    three = other(ruled, panel_professions=3)
    assert said(asked(ruled, three), Asked.DECISION, "new") == {"panel-of-two-professions": 1}
    consent = other(ruled, child_consent_age=7)
    unasked = {CASE.case: replace(CASE, child_consents=None)}
    assert said(asked(ruled, consent, unasked), Asked.DECISION, "new") == {"child-consent": 1}
    assert said(asked(ruled, consent), Asked.DECISION, "new") == {}
    silent = {CASE.case: replace(CASE, child_heard=None)}
    found = asked(ruled, three, silent)
    assert said(found, Asked.DECISION, "now") == {"child-heard": 1}
    assert said(found, Asked.DECISION, "then") == {"child-heard": 1, "panel-of-two-professions": 1}
    assert said(found, Asked.DECISION, "not_asked") == {}


def test_decisions_without_a_case_are_counted(ruled: Any, decided: Any) -> None:
    three = other(ruled, panel_professions=3)
    found = asked(ruled, three, {})
    assert said(found, Asked.DECISION, "not_asked") == {"case-does-not-open": 1}
    assert said(found, Asked.DECISION, "then") == {}
    ruled.decide("FOSTER", TODAY)
    assert said(asked(ruled, three), Asked.DECISION, "not_asked") == {"no-case-court-order": 1}
    decided.case = None
    assert said(asked(ruled, three), Asked.DECISION, "not_asked") == {"no-case-court-order": 1, "no-case-kept": 1}


def test_imports_without_a_case_are_counted(ruled: Any) -> None:
    ruled.arrive(TODAY - 90 * DAY, form="FOSTER", ground=domain.Ground.IMPORTED)
    found = asked(ruled, other(ruled, {"decides": ["COMMISSION"]}))
    assert said(found, Asked.DECISION, "not_asked") == {"imported-without-decision": 1}
    assert found.judged[Asked.DECISION] == 0
    decision = record(ruled, made_on=TODAY - 90 * DAY, effective_from=TODAY - 90 * DAY, case=None)
    told(ruled, decision)
    decision.case, decision.carried_out_on = None, TODAY - 90 * DAY
    found = asked(ruled, other(ruled, {"decides": ["COMMISSION"]}))
    assert said(found, Asked.DECISION, "not_asked") == {"no-case-found-on-paper": 1}
    assert said(found, Asked.DECISION, "new") == {"body-not-named": 1}


def test_an_entry_in_error_is_no_decision(ruled: Any, decided: Any) -> None:
    decided.enter(DecisionStatus.WITHDRAWN)
    assert asked(ruled, other(ruled, {"decides": []})).judged[Asked.DECISION] == 0


def test_a_child_taken_by_a_body_that_another_table_does_not_name(ruled: Any) -> None:
    stay = ruled.arrive(TODAY, form="FOSTER", ground=domain.Ground.EMERGENCY)
    taken = decisions_emergency.Taken(
        taken_by="POLICE", situation="WITH_PARENTS", taken_from="HOME", at=NOW, area="KZ-75"
    )
    decisions_emergency.take(ruled.child, UUID(int=70), taken, stay, "officer", NOW, ruled.act())
    for notice in ruled.child.notices:
        decisions_notices.send(ruled.child, notice.id, NOW, "PHONE", "officer", NOW)
    told_also = {"application": {"amount": 48, "unit": "hours"}, "at_once": ["AGENCY"]}
    found = asked(ruled, other(ruled, told_also))
    assert said(found, Asked.REMOVAL, "new") == {"notice-in-time:DECIDING_BODY": 1, "removal-by-body-named": 1}
    assert said(found, Asked.REMOVAL, "now") == {}


def test_a_stay_that_ended_since_is_judged_as_it_was_permitted(ruled: Any) -> None:
    ruled.decide("CHILDRENS_HOME", TODAY - 30 * DAY)
    stay = ruled.stay(TODAY - 20 * DAY, form="CHILDRENS_HOME", planned_to=TODAY)
    ruled.child.authorise(UUID(int=80), stay, (), ruled.act(TODAY - 20 * DAY))
    ruled.child.start(UUID(int=80), TODAY - 20 * DAY, ruled.act(TODAY - 20 * DAY))
    ruled.child.end(UUID(int=80), TODAY, None, None, ruled.act())
    assert ruled.state(UUID(int=80)) is State.ENDED
    found = asked(ruled, other(ruled, minimum_age_residential=10))
    assert said(found, Asked.PERMISSION, "new") == {"minimum-age-residential": 1}
    assert found.judged[Asked.PLACEMENT] == 0


def test_only_areas_asked_about_are_counted(ruled: Any, decided: Any) -> None:
    scope = Scope(on=LATER, since=TODAY, until=LATER, bands=lambda born, on: "Y7", areas=frozenset({"KZ-11"}))
    into = Result()
    compare(ruled.child, acts(ruled, other(ruled)), scope, {}, into)
    assert sum(into.judged.values()) == 0


def test_a_code_that_the_other_law_does_not_know(ruled: Any, decided: Any) -> None:
    book = other(ruled)
    book.outcome = unknown
    assert said(asked(ruled, book), Asked.DECISION, "new") == {CODE_UNKNOWN: 1}
    book = other(ruled)
    book.outcome = lambda code: Outcome(frozenset({"KINSHIP"}), True)
    assert said(asked(ruled, book), Asked.DECISION, "new") == {"care-form-of-outcome": 1}


def unknown(code: str) -> Any:
    raise Invalid("not a code", field="code", rule="code:any")


def test_a_rule_is_asked_again_only_where_it_read_what_differs(ruled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled.arrive(TODAY, form="CHILDRENS_HOME")
    (stay,) = ruled.child.placements
    heard: list[str] = []
    rules = judgement.ASKED[When.STANDING, State.ACTIVE]
    counted = tuple(replace(rule, judge=counting(rule, heard)) for rule in rules)
    monkeypatch.setitem(judgement.ASKED, (When.STANDING, State.ACTIVE), counted)  # type: ignore[arg-type]
    now, then = acts(ruled, other(ruled, minimum_age_residential=10)).rules(ruled.child, stay, When.STANDING)
    assert then - now == {"minimum-age-residential"}
    assert [rule for rule in heard if heard.count(rule) > 1] == ["minimum-age-residential"] * 2


def counting(rule: Rule, heard: list[str]) -> Callable[..., Any]:
    def judge(now: Any) -> Any:
        heard.append(rule.id)
        return rule.judge(now)

    return judge


@pytest.mark.parametrize("form", ["CHILDRENS_HOME", "INFANT_HOME", "FOSTER"])
@pytest.mark.parametrize("years", [1, 7])
@pytest.mark.parametrize(
    "numbers",
    [{"under_three_age": 8}, {"breach_due": 3, "emergency_decision": 1}, {"review_interval_temporary": 1}, {}],
)
def test_both_say_what_each_law_says_by_itself(world: Any, form: str, years: int, numbers: dict[str, Any]) -> None:
    world.born(TODAY - timedelta(days=366 * years))
    world.arrive(TODAY - 70 * DAY, form=form, planned_to=TODAY + 300 * DAY)
    (stay,) = world.child.placements
    then = other(world, **numbers)
    then.care_form = lambda code: replace(world.book.care_form(code), preference=2) if code == form else CareForm(code)
    found = acts(world, then, TODAY).rules(world.child, stay, When.STANDING)
    for law, rules in zip((world.book, then), found, strict=True):
        alone = judgement.standing(world.child, replace(world.act(), law=law))
        assert rules == {verdict.rule.id for _, verdict in alone if not verdict.met}


def test_a_care_form_that_is_another_one_by_the_other_law_is_noticed(world: Any) -> None:
    world.born(TODAY - 400 * DAY)
    world.arrive(TODAY - 70 * DAY, form="INFANT_HOME")
    (stay,) = world.child.placements
    then = other(world)
    then.care_form = lambda code: replace(world.book.care_form(code), bucket="FOSTER")
    now, healed = acts(world, then, TODAY).rules(world.child, stay, When.STANDING)
    assert now - healed == {"under-three-residential"}


def test_a_sibling_who_is_grown_up_by_one_law_alone_is_noticed(world: Any) -> None:
    world.born(TODAY - 3000 * DAY)
    world.arrive(TODAY, form="FOSTER")
    (stay,) = world.child.placements
    sibling = SiblingFacts(child=UUID(int=2), care_form="FOSTER", provider=UUID(int=3))
    family, grown = NoSurroundings(), NoSurroundings()
    object.__setattr__(family, "siblings", lambda of: (sibling,))
    object.__setattr__(grown, "siblings", lambda of: (replace(sibling, adult=True),))
    now, then = acts(world, other(world), TODAY, (family, grown)).rules(world.child, stay, When.STANDING)
    assert now - then == {"siblings-together"}


def test_an_exemption_of_the_time_still_stands_in(ruled: Any, decided: Any) -> None:
    vars(ruled.child)["exemptions"] = [Standing()]  # also where a mapping watches the list
    assert said(asked(ruled, other(ruled, panel_professions=3)), Asked.DECISION, "new") == {}


class Standing:
    """A deviation from the panel's professions."""

    until = None

    def covers(self, rule: str, stay: Any, on: date) -> bool:
        return rule == "panel-of-two-professions"
