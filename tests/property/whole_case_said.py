"""What is said in gatekeeping cases before anybody decides: rules of the machine of whole cases.

Mostly at random; a case is also prepared as it should be, but for one thing at times, and goes on from there: what is
at random is seldom lawful. Not here: the decision and the stay (whole_case_decided), what must hold (test_whole_cases).
"""

from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from services.placements.commands import gatekeeping as gathering
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import (
    FindingKind,
    Hearing,
    Member,
    Option,
    ParentView,
    Recommendation,
)
from services.placements.handlers import gatekeeping
from tests.property.whole_case_decided import (
    KINDS,
    LACKS,
    OUTCOME,
    THEN,
    UNDER_THREE,
    Deciding,
    accounts,
    children,
    forms,
    picks,
)
from tests.property.whole_case_office import Said
from tests.property.whole_life_record import AREA, DAY, HOME


class Speaking(Deciding):
    """What is said in a case, from the request to the recommendation."""

    @rule(child=children, kind=st.sampled_from(KINDS), poor=st.booleans(), pick=picks)
    def is_requested(self, child: UUID, kind: str, poor: bool, pick: int) -> None:
        self.requests(child, kind, "POVERTY" if poor and not pick % 3 else "NEGLECT")

    def requests(self, child: UUID, kind: str, reason: str) -> UUID | None:
        """Somebody asks for a decision; the case, where that was taken."""
        id_ = self.office.new_id()
        asks = partial(
            gathering.RequestGatekeeping, id=id_, child=child, kind=kind, area=AREA, reasons=(reason,),
            help_tried=("SUPPORT",),
        )  # fmt: skip
        if not self.office.do(gatekeeping.request_gatekeeping, asks):
            return None
        self.office.said[id_] = Said(reasons=(reason,))
        return id_

    @precondition(lambda self: self.office.said)
    @rule(pick=picks, step=st.sampled_from(["screened", "screened", "recommendation", "withdrawn", "seats", "options"]))
    def goes_on(self, pick: int, step: str) -> None:
        case = self.case(pick)
        if step == "screened":
            self.screens(case)
        elif step == "recommendation":
            self.recommends(case, sorted(OUTCOME)[pick % 4])
        elif step == "withdrawn":
            asks = partial(gathering.WithdrawGatekeeping, id=case.id, reason="REQUEST_GIVEN_UP")
            self.office.do(gatekeeping.withdraw_gatekeeping, asks)
        elif step == "seats":
            self.seats(case, ["anna", "boris"][: 1 + pick % 2], staff=pick % 3 == 0)
        else:
            self.asks_around(case, families=pick % 2 == 0, kin=pick % 3 > 0)

    def screens(self, case: GatekeepingCase) -> None:
        if self.office.do(gatekeeping.screen_gatekeeping, partial(gathering.ScreenGatekeeping, id=case.id, words="")):
            self.said(case).recommended = None

    @precondition(lambda self: self.office.said)
    @rule(pick=picks, by=accounts, necessary=st.booleans(), suits=st.sampled_from([None, True, False]))
    def is_assessed(self, pick: int, by: str, necessary: bool, suits: bool | None) -> None:
        self.assesses(self.case(pick), by, necessary=necessary, suits=suits)

    def assesses(self, case: GatekeepingCase, by: str, *, necessary: bool, suits: bool | None) -> None:
        asks = partial(
            gathering.AssessGatekeeping, id=case.id, on=self.office.today, domains=("SAFETY",), necessity=necessary,
            suitability=suits, words="", necessity_words="", suitability_words="",
        )  # fmt: skip
        if self.office.do(gatekeeping.assess_gatekeeping, asks, actor=by):
            said = self.said(case)
            said.assessed_by, said.necessary = by, necessary
            said.suits = said.suits if suits is None else suits

    @precondition(lambda self: self.office.said)
    @rule(pick=picks, heard=st.booleans(), parents=st.booleans())
    def somebody_is_heard(self, pick: int, heard: bool, parents: bool) -> None:
        self.hears(self.case(pick), child=heard, parents=parents)

    def hears(self, case: GatekeepingCase, *, child: bool, parents: bool) -> None:
        today = self.office.today
        if child:
            hearing = Hearing(heard=True, on=today, heard_by="x", support="NO_SUPPORT", consents=True)
            asks = partial(gathering.RecordHearing, id=case.id, hearing=hearing)
            if self.office.do(gatekeeping.record_hearing, asks):
                self.said(case).heard = True
        heard_on = today if parents else None
        view = ParentView(who="MOTHER", notified_on=today, heard_on=heard_on, agrees=True if parents else None)
        if self.office.do(gatekeeping.record_parent_view, partial(gathering.RecordParentView, id=case.id, view=view)):
            self.said(case).parents_heard = parents

    def asks_around(self, case: GatekeepingCase, *, families: bool, kin: bool) -> None:
        asked = {"KINSHIP_FORMAL": kin, "FOSTER": families, "SMALL_GROUP_HOME": families}
        options = tuple(
            Option(care_form=form, asked_on=self.office.today, answer="DECLINES", reason="NONE_EXISTS")
            if yes
            else Option(care_form=form, reason="NONE_EXISTS")
            for form, yes in asked.items()
        )
        asks = partial(
            gathering.RecordOptions, id=case.id, options=options, kin_searched_on=self.office.today if kin else None
        )
        if self.office.do(gatekeeping.record_options, asks):
            said = self.said(case)
            said.asked = {each.care_form: each.answer for each in options if each.asked}
            said.kin_searched, said.recommended = kin, None

    def seats(self, case: GatekeepingCase, who: list[str], *, staff: bool) -> None:
        works = ((HOME,) if staff else (), ())
        members = tuple(
            Member(account=account, profession=profession, staff_of=of)
            for account, profession, of in zip(who, ("LAW", "MEDICINE"), works, strict=False)
        )
        if self.office.do(gatekeeping.convene_panel, partial(gathering.ConvenePanel, id=case.id, members=members)):
            said = self.said(case)
            said.seats = {each.account: each.profession for each in members}
            said.staff_of = {id_ for each in members for id_ in each.staff_of}

    def recommends(self, case: GatekeepingCase, form: str) -> None:
        said = Recommendation(outcome=OUTCOME[form], on=self.office.today, care_form=form)
        asks = partial(gathering.RecommendGatekeeping, id=case.id, recommendation=said)
        if self.office.do(gatekeeping.recommend_gatekeeping, asks):
            self.said(case).recommended = said.outcome

    @precondition(lambda self: self.office.said)
    @rule(pick=picks, into=picks)
    def is_joined(self, pick: int, into: int) -> None:
        asks = partial(gathering.JoinGatekeeping, id=self.case(pick).id, into=self.case(into).id)
        self.office.do(gatekeeping.join_gatekeeping, asks)

    @rule(
        child=children, kind=st.sampled_from(KINDS), form=forms, lacks=st.sampled_from(LACKS),
        lasts=st.integers(1, 170), by=st.sampled_from(["clara", "clara", "anna"]),
        decider=st.sampled_from(["boris", "boris", "clara"]), actor=st.sampled_from(["head", "head", "clara"]),
        staff=st.sampled_from([False, False, True]), then=st.sampled_from(THEN),
    )  # fmt: skip
    def is_prepared_and_decided(
        self, child: UUID, kind: str, form: str, lacks: str, lasts: int, by: str, decider: str, actor: str,
        staff: bool, then: str,
    ) -> None:  # fmt: skip
        """The whole way, but for one thing; mostly for what the child needs next. Then what follows."""
        if self.office.whereabouts.of(child).active is None and lasts % 8:
            kind = "ENTRY"
        open_ = self.office.gatekeeping_cases.open_of(child, kind)
        id_ = open_[0].id if open_ else self.requests(child, kind, "POVERTY" if lacks == "reasons" else "NEGLECT")
        if id_ is None:
            return

        def case() -> GatekeepingCase:
            return self.office.gatekeeping_cases.get(id_)

        self.screens(case())
        self.hears(case(), child=lacks != "child heard", parents=lacks != "parents heard")
        self.assesses(case(), by, necessary=lacks != "necessity", suits=lacks != "suitability")
        self.asks_around(case(), families=lacks != "families asked", kin=lacks != "kin")
        if lacks != "findings":
            until = self.office.today + lasts * DAY
            for kind_ in (*sorted(UNDER_THREE), FindingKind.SHORT_WITH_END):
                self.finds(case(), kind_, until if kind_ is FindingKind.SHORT_WITH_END else None)
        self.seats(case(), ["boris"] if lacks == "professions" else ["boris", "gulnara"], staff=staff)
        if lacks != "recommendation":
            self.recommends(case(), form)
        decided = self.decides(
            case(), form, act=kind, body="GUARDIANSHIP_BODY", lasts=lasts, decider=decider, actor=actor
        )
        if decided is not None:
            self.follows(decided, form, lasts, then)

    def follows(self, decided: UUID, form: str, lasts: int, then: str) -> None:
        """What is done next, or never."""
        made = self.office.decision(decided)
        if then in {"stay planned", "stay begins"}:
            self.places(decided, form, lasts, begins=then == "stay begins")
        elif then == "home instead":
            self.corrects(made, None, "RETURN", made.act, lasts, "head")
        elif then == "withdrawn":
            self.goes_on_with(made, "withdraw", "head")
        elif then in {"CHANGED", "QUASHED"}:
            self.goes_on_with(made, "appeal", "head")
            self.appeal_is_decided_so(len(self.office.whereabouts.of(made.child).appeals) - 1, made.child, then)

    def finds(self, case: GatekeepingCase, kind: FindingKind, until: Any) -> None:
        asks = partial(
            gathering.RecordFinding, id=case.id, kind=kind, found=True, on=self.office.today, until=until, words=""
        )
        if self.office.do(gatekeeping.record_finding, asks):
            self.said(case).found.add(kind)
