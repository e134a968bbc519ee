"""What is decided in gatekeeping cases, permitted and done: rules of the machine of whole cases.

Not here: what is said in the case before (whole_case_said), what must hold (test_whole_cases).
"""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.placements import commands, domain
from services.placements.commands import decisions as deciding
from services.placements.domain.decision import Decision, Terms
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import (
    FindingKind,
)
from services.placements.domain.gatekeeping_states import CaseStatus
from services.placements.handlers import decisions, placements
from tests.property.whole_case_office import BROTHERS_AND_SISTERS, Office, Said
from tests.property.whole_life import PLACES
from tests.property.whole_life_record import AREA, DAY

OUTCOME = {
    "FOSTER": "FAMILY_FORM", "GUARDIANSHIP": "FAMILY_FORM", "INFANT_HOME": "RESIDENTIAL",
    "CHILDRENS_HOME": "RESIDENTIAL",
}  # fmt: skip
UNDER_THREE = {FindingKind.ABSOLUTELY_NECESSARY, FindingKind.LAST_RESORT, FindingKind.BEST_INTERESTS}
LACKS = ["nothing"] * 6 + [
    "necessity", "suitability", "child heard", "parents heard", "kin", "families asked", "professions", "findings",
    "reasons", "recommendation",
]  # fmt: skip
THEN = [
    "nothing", "stay planned", "stay planned", "stay begins", "stay begins", "home instead", "withdrawn", "CHANGED",
    "QUASHED",
]  # fmt: skip
KINDS = ["ENTRY"] * 3 + ["MORE_RESTRICTIVE", "PROLONGATION", "RENEWAL", "RETURN"]
ACTS = ["ENTRY"] * 4 + ["MORE_RESTRICTIVE", "PROLONGATION", "RENEWAL", "RETURN", "PERMANENT", "GUARDIANSHIP"]
children = st.sampled_from(BROTHERS_AND_SISTERS)
accounts = st.sampled_from(["anna", "boris", "clara"])
forms = st.sampled_from(sorted(OUTCOME))
picks = st.integers(0, 20)


class Deciding(RuleBasedStateMachine):
    """What is decided, permitted and done."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.proved: dict[UUID, str] = {}
        """The decisions that were looked at when they were made, and by whom each case had been assessed."""

    def case(self, pick: int) -> GatekeepingCase:
        """One of the cases, mostly an open one."""
        known = list(self.office.gatekeeping_cases.known.values())
        open_ = self.office.open_cases() if pick % 4 else known
        return (open_ or known)[pick % len(open_ or known)]

    def said(self, case: GatekeepingCase) -> Said:
        return self.office.said[case.id]

    def a_decision(self, pick: int) -> Any:
        made = [each for child in self.office.whereabouts.taken_up() for each in child.decisions]
        return made[pick % len(made)] if made else None

    def a_stay(self, pick: int) -> Any:
        stays = [each for child in self.office.whereabouts.taken_up() for each in child.placements]
        return stays[pick % len(stays)] if stays else None

    @precondition(lambda self: self.office.said)
    @rule(
        pick=picks, form=forms, act=st.sampled_from(ACTS), body=st.sampled_from(["COURT"] + ["GUARDIANSHIP_BODY"] * 4),
        lasts=st.integers(1, 170), decider=accounts, actor=accounts, alone=st.sampled_from([False, False, False, True]),
        situation=st.sampled_from(["WITH_PARENTS", "WITHOUT_PARENTS", "VOLUNTARY"]),
    )  # fmt: skip
    def is_decided(
        self,
        pick: int,
        form: str,
        act: str,
        body: str,
        lasts: int,
        decider: str,
        actor: str,
        alone: bool,
        situation: str,
    ) -> None:
        self.decides(self.case(pick), form, act=act, body=body, lasts=lasts, decider=decider, actor=actor, alone=alone,
                     situation=situation)  # fmt: skip

    @precondition(lambda self: self.office.said)
    @rule(pick=picks, outcome=st.sampled_from(["SUPPORT_AT_HOME", "NO_ACTION", "NEEDS_MORE", "RETURN"]))
    def stays_at_home(self, pick: int, outcome: str) -> None:
        case = self.case(pick)
        act = "RETURN" if outcome == "RETURN" else case.kind
        self.decides(case, None, act=act, body="GUARDIANSHIP_BODY", lasts=30, decider="boris", outcome=outcome)

    def decides(
        self, case: GatekeepingCase, form: str | None, *, act: str, body: str, lasts: int, decider: str,
        actor: str = "head", alone: bool = False, situation: str = "WITH_PARENTS", outcome: str | None = None,
    ) -> UUID | None:  # fmt: skip
        """Somebody decides in a case, or (`alone`) beside it; the id where that was taken."""
        today, id_ = self.office.today, self.office.new_id()
        terms = Terms(
            act=act, situation=situation, outcome=outcome or OUTCOME[form or ""], body=body, instrument="ORDER",
            made_on=today, effective_from=today, in_force_until=today + lasts * DAY, area=AREA,
            care_forms=(form,) if form else (), case=None if alone else case.id,
            decided_by=None if body == "COURT" else decider,
        )  # fmt: skip
        until = today + 5 * DAY if outcome == "NEEDS_MORE" else None
        asks = partial(
            deciding.RecordDecision, id=id_, child=case.child, terms=terms, needs_more_until=until,
            case_version=None if alone else case.version,
        )  # fmt: skip
        before = case.status, case.joined_into
        if not self.office.do(decisions.record_decision, asks, actor=actor):
            return None
        self.was_decided(id_, terms, before)
        return id_

    def was_decided(self, id_: UUID, terms: Terms, before: Any) -> None:
        """A decision was taken: what must have been so is looked at where it is known (test_whole_cases)."""

    @rule(pick=picks, how=st.sampled_from(["sign", "sign", "withdraw", "appeal", "carry out"]), by=accounts)
    def decision_goes_on(self, pick: int, how: str, by: str) -> None:
        decision = self.a_decision(pick)
        if decision is not None:
            self.goes_on_with(decision, how, by)

    def goes_on_with(self, decision: Decision, how: str, by: str) -> None:
        today, new_id = self.office.today, self.office.new_id()
        lodged = partial(deciding.LodgeAppeal, id=new_id, decision=decision.id, by="PARENT", lodged_on=today)
        asked: dict[str, Any] = {
            "sign": (decisions.sign_decision, partial(deciding.SignDecision, id=decision.id)),
            "withdraw": (decisions.withdraw_decision, partial(deciding.WithdrawDecision, id=decision.id)),
            "appeal": (decisions.lodge_appeal, lodged),
            "carry out": (decisions.carry_out_decision, partial(deciding.CarryOutDecision, id=decision.id, on=today)),
        }
        self.office.do(*asked[how], actor=by)

    @rule(pick=picks, child=children, outcome=st.sampled_from(["UPHELD", "CHANGED", "QUASHED"]))
    def appeal_is_decided(self, pick: int, child: UUID, outcome: str) -> None:
        self.appeal_is_decided_so(pick, child, outcome)

    def appeal_is_decided_so(self, pick: int, child: UUID, outcome: str) -> None:
        if appeals := self.office.whereabouts.of(child).appeals:
            id_ = appeals[pick % len(appeals)].id
            asks = partial(deciding.DecideAppeal, id=id_, outcome=outcome, on=self.office.today)
            self.office.do(decisions.decide_appeal, asks)

    @rule(
        pick=picks, form=st.none() | forms, outcome=st.sampled_from(["SUPPORT_AT_HOME", "NO_ACTION", "RETURN"]),
        act=st.none() | st.sampled_from(ACTS), lasts=st.integers(1, 300), actor=accounts,
    )  # fmt: skip
    def decision_always_said(
        self, pick: int, form: str | None, outcome: str, act: str | None, lasts: int, actor: str
    ) -> None:
        was = self.a_decision(pick)
        if was is not None:
            self.corrects(was, form, outcome, act or was.act, lasts, actor)

    def corrects(self, was: Decision, form: str | None, outcome: str, act: str, lasts: int, actor: str) -> None:
        """The record of a decision is put right."""
        names = ("situation", "body", "instrument", "made_on", "effective_from", "area", "decided_by")
        terms = Terms(
            **{name: getattr(was, name) for name in names}, act=act, outcome=OUTCOME[form] if form else outcome,
            in_force_until=was.effective_from + lasts * DAY, care_forms=(form,) if form else (),
        )  # fmt: skip
        asks = partial(deciding.CorrectDecision, id=was.id, terms=terms)
        if self.office.do(decisions.correct_decision, asks, actor=actor):
            case = self.office.gatekeeping_cases.known.get(was.case) if was.case else None
            self.was_decided(was.id, terms, (CaseStatus.RECOMMENDED, case.joined_into if case else None))

    # The stay.

    def places(self, decision: UUID, form: str, lasts: int, *, begins: bool) -> None:
        """The stay is permitted, and begins."""
        made = self.office.decision(decision)
        child = self.office.whereabouts.of(made.child)
        self.is_permitted_to_be(child.id, form, lasts, decision, made.case)
        planned = [each for each in child.placements if each.state is domain.State.PLANNED]
        if begins and planned:
            self.office.do(
                placements.start_placement,
                partial(commands.StartPlacement, id=planned[-1].id, on=self.office.today),
            )

    @precondition(lambda self: any(child.decisions for child in self.office.whereabouts.taken_up()))
    @rule(pick=picks, form=st.none() | forms, lasts=st.none() | st.integers(1, 60), named=st.booleans())
    def is_permitted(self, pick: int, form: str | None, lasts: int | None, named: bool) -> None:
        made = self.a_decision(pick)
        form = form or next(iter(made.care_forms), "FOSTER")
        self.is_permitted_to_be(made.child, form, lasts, made.id if named else None, made.case)

    def is_permitted_to_be(
        self, child: UUID, form: str, lasts: int | None, decision: UUID | None, case: UUID | None
    ) -> None:
        today = self.office.today
        stay = domain.Stay(
            care_form=form, area=AREA, from_=today, planned_to=today + timedelta(lasts) if lasts else None,
            provider=PLACES[form],
        )  # fmt: skip
        seen = self.office.gatekeeping_cases.get(case).version if case else None
        asks = partial(
            commands.AuthorisePlacement, id=self.office.new_id(), child=child, stay=stay, decision=decision,
            case_version=seen,
        )  # fmt: skip
        self.office.do(placements.authorise_placement, asks)

    @rule(child=children, form=forms, urgent=st.booleans())
    def arrives(self, child: UUID, form: str, urgent: bool) -> None:
        ground = domain.Ground.EMERGENCY if urgent else domain.Ground.ARRIVED
        stay = domain.Stay(care_form=form, area=AREA, from_=self.office.today, provider=PLACES[form])
        asks = partial(
            commands.RecordWhereabouts, id=self.office.new_id(), child=child, stay=stay, ground=ground, ends_former=True
        )
        self.office.do(placements.record_whereabouts, asks)

    @rule(pick=picks, how=st.sampled_from(["start", "end", "withdraw", "permit"]), lasts=st.integers(1, 100))
    def stay_goes_on(self, pick: int, how: str, lasts: int) -> None:
        stay, today = self.a_stay(pick), self.office.today
        if stay is None:
            return
        left: dict[str, Any] = {"on": today, "reason": "REVIEW", "destination": "REUNIFICATION"}
        asked = {
            "start": (placements.start_placement, partial(commands.StartPlacement, id=stay.id, on=today)),
            "end": (placements.end_placement, partial(commands.EndPlacement, id=stay.id, **left)),
            "withdraw": (placements.withdraw_placement, partial(commands.WithdrawPlacement, id=stay.id)),
            "permit": (
                placements.authorise_stay,
                partial(commands.AuthoriseStay, id=stay.id, planned_to=today + lasts * DAY),
            ),
        }  # fmt: skip
        self.office.do(*asked[how])

    @rule(days=st.integers(1, 3) | st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.office.pass_days(days)
