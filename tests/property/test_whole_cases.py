"""Gatekeeping cases with the decisions and stays that follow of them: nobody gets a child into care around the gate.

Whatever is said, decided, corrected, withdrawn, appealed against and permitted, in whatever order, through the handlers
themselves: CARE C2 and C4 hold, looked up in what was really said (whole_case_office.Said). What is said:
whole_case_said.
"""

from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from services.placements.domain import State
from services.placements.domain.decision import Decision, DecisionStatus, Terms
from services.placements.domain.gatekeeping_states import CaseStatus
from tests.property.whole_case_office import Said
from tests.property.whole_case_said import UNDER_THREE, Speaking

NONE_ANY_MORE = {DecisionStatus.WITHDRAWN, DecisionStatus.QUASHED, DecisionStatus.LAPSED, DecisionStatus.ENDED}
HOLDS = {DecisionStatus.IN_FORCE, DecisionStatus.ORAL}
NEVER_WAS = {DecisionStatus.UNSIGNED, DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN}
GOING_ON = {"PROLONGATION", "RENEWAL", "MORE_RESTRICTIVE", "PERMANENT", "STAY_AFTER_18"}
SOME, ENOUGH = 20, 100
"""So many at a time, and so often at most, until everything has happened."""
BUDGET = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


class WholeCase(Speaking):
    """Everybody says everything, and time passes; what must hold."""

    def was_decided(self, id_: UUID, terms: Terms, before: Any) -> None:
        """What a body decided into care was assessed, found, heard, asked around and recommended, in its own case."""
        made = self.office.decision(id_)
        child = self.office.whereabouts.of(made.child)
        formal = [form for form in made.care_forms if self.office.law.care_form(form).formal]
        self.proved.pop(id_, None)
        if made.ordered or not formal:
            return
        assert made.case is not None, "decided into care beside every case"
        said, joined = self.office.said[made.case], before[1]
        leading = self.office.said[joined] if joined else said
        assert said.assessed_by, "nobody assessed"
        if made.act in GOING_ON:
            before = [each for each in child.decisions if each.id != id_ and each.status not in NEVER_WAS]
            assert any(each.care_forms for each in before), f"{made.act} began care"
        assert (said.necessary, said.suits, said.heard) == (True, True, True)
        assert made.situation == "WITHOUT_PARENTS" or said.parents_heard
        assert set(said.reasons) != {"POVERTY"}
        assert leading.recommended is not None, "no panel recommended"
        assert len(set(leading.seats.values())) >= 2
        assert said.assessed_by not in leading.seats or leading is not said
        assert leading.kin_searched
        for form in formal:
            self.was_asked_around(child, made, form, said, leading)
        assert made.provider is None or made.provider not in leading.staff_of
        self.proved[id_] = said.assessed_by

    def was_asked_around(self, child: Any, made: Decision, form: str, said: Said, leading: Said) -> None:
        rank = self.office.law.care_form(form).preference or 0
        asked = {self.office.law.care_form(each).preference for each in leading.asked}
        assert set(range(1, rank)) <= asked, (form, leading.asked)
        if self.office.law.care_form(form).residential and child.known.born_to.year > 2020:
            assert said.found >= UNDER_THREE
            assert made.in_force_until is not None

    @invariant()
    def a_body_decides_into_care_in_a_case_alone(self) -> None:
        for child in self.office.whereabouts.taken_up():
            for each in child.decisions:
                formal = any(self.office.law.care_form(form).formal for form in each.care_forms)
                if formal and not each.ordered and each.status is not DecisionStatus.WITHDRAWN:
                    assert each.id in self.proved
                if each.case is not None:
                    assert self.office.gatekeeping_cases.get(each.case).child == child.id

    @invariant()
    def who_assessed_decides_nothing_alone(self) -> None:
        for child in self.office.whereabouts.taken_up():
            for each in child.decisions:
                if each.status in HOLDS and (assessed_by := self.proved.get(each.id)):
                    alone = {assessed_by, each.decided_by, each.recorded_by}
                    assert assessed_by not in {each.decided_by, each.recorded_by} or each.second_by not in alone | {
                        None
                    }

    @invariant()
    def a_case_that_waits_has_a_decision_to_wait_for(self) -> None:
        made = {each.id: each for child in self.office.whereabouts.taken_up() for each in child.decisions}
        for case in self.office.gatekeeping_cases.known.values():
            if case.status is CaseStatus.DECIDED:
                decision = made[case.decision]
                assert decision.status not in NONE_ANY_MORE or case.comes_back_on, (case.status, decision.status)
                assert (decision.case, decision.outcome) == (case.id, case.outcome)
                assert not any(
                    each.decision == decision.id and each.outcome in {"CHANGED", "QUASHED"}
                    for each in self.office.whereabouts.of(case.child).appeals
                )

    @invariant()
    def of_each_kind_one_case_is_open(self) -> None:
        open_ = Counter((each.child, each.kind) for each in self.office.open_cases())
        assert max(open_.values(), default=1) == 1

    @invariant()
    def nobody_is_placed_without_a_decision_that_says_so(self) -> None:
        for child in self.office.whereabouts.taken_up():
            made = {each.id: each for each in child.decisions}
            for stay in child.placements:
                if stay.authorised and stay.state is not State.WITHDRAWN:
                    assert stay.decision in made
                    assert made[stay.decision].provider in {None, stay.provider}
                    case = made[stay.decision].case
                    staff = self.office.said[case].staff_of if case else set()
                    assert stay.provider not in staff or made[stay.decision].ordered


TestWholeCases = WholeCase.TestCase
TestWholeCases.settings = BUDGET


def test_cases_are_decided_carried_out_lapse_and_come_back_in_these_lives() -> None:
    """What never happens proves nothing."""
    reached: Counter[str] = Counter()

    class Counting(WholeCase):
        @invariant()
        def counts(self) -> None:
            reached.update({str(each.status) for each in self.office.gatekeeping_cases.known.values()})
            for child in self.office.whereabouts.taken_up():
                reached.update({f"decision {each.status}" for each in child.decisions if not each.ordered})
                reached.update({f"stay {each.state}" for each in child.placements if each.authorised})

    wanted = {str(each) for each in CaseStatus} | {"stay active", "stay planned", "stay ended"}
    wanted |= {f"decision {each}" for each in DecisionStatus if each is not DecisionStatus.ORAL}
    settled = settings(BUDGET, max_examples=SOME, phases=[Phase.generate], database=None)
    for number in range(ENOUGH):
        run_state_machine_as_test(seed(number)(type("Counted", (Counting,), {})), settings=settled)
        if wanted <= set(reached):
            break
    assert wanted - set(reached) == set()
