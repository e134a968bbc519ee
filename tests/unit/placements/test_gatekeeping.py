"""A gatekeeping case by itself: what cannot be, what separation of duties refuses, clocks, what the rules read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.placements.domain import gatekeeping_facts, gatekeeping_told
from services.placements.domain.calendar import Calendar
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_panel import NotOnThisPanel, PanelTooNarrow
from services.placements.domain.gatekeeping_parts import (
    Assessment,
    Finding,
    FindingKind,
    Hearing,
    Member,
    Option,
    ParentView,
    Recommendation,
)
from services.placements.domain.gatekeeping_states import TRANSITIONS, CaseStatus, Step, last_day
from services.placements.domain.gatekeeping_voluntary import Agreed, VoluntaryAgreement, VoluntaryStatus
from shared.errors import Conflict, Invalid, PreconditionMissing, Stale

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")
CHILD, CASE, HOME, DECISION = (UUID(int=each) for each in range(1, 5))
FAMILY = frozenset({"FOSTER"})


class Law:
    """So many days for each step."""

    def __init__(self, days: int | None = 7) -> None:
        self.days = days

    def deadline(self, name, since, area, *, rolls=False):
        return None if self.days is None else since + timedelta(days=self.days)


STEP = Step("aigul", NOW, TODAY, Law())
HEARD = Hearing(heard=True, on=TODAY, heard_by="aigul", support="NO_SUPPORT")
NECESSARY = Finding(kind=FindingKind.NECESSITY, found=True, by="aigul", on=TODAY)
ASSESSED = Assessment(by="aigul", on=TODAY, domains=("SAFETY",))
FOSTER = Option(care_form="FOSTER", provider=HOME, asked_on=TODAY, answer="DECLINES")
NO_KIN = Option(care_form="KINSHIP_FORMAL", reason="NONE_EXISTS")
PANEL = (Member(account="erlan", profession="LAW"), Member(account="gulnara", profession="MEDICINE"))
KIN = Recommendation(outcome="KIN", on=TODAY)


def case(reasons=("NEGLECT",)) -> GatekeepingCase:
    return GatekeepingCase.request(CASE, CHILD, "ENTRY", area="KZ-75", reasons=reasons, help_tried=(), step=STEP)


def went(to: CaseStatus) -> GatekeepingCase:
    made = case()
    steps = (
        lambda: made.screen("", STEP),
        lambda: made.assess(ASSESSED, NECESSARY, None, STEP),
        lambda: made.record_options((FOSTER, NO_KIN), TODAY, STEP),
        lambda: (made.convene(PANEL), made.recommend(KIN, 2, STEP)),
    )
    for step in steps:
        if made.status is to:
            break
        step()
    assert made.status is to
    made.pull_facts()
    return made


def told(made) -> list[object]:
    return [fact for _, _, fact in made.pull_facts()]


def rule(error: pytest.ExceptionInfo) -> str:
    return error.value.rule


def test_who_acts_on_what_was_decided_has_seen_the_case_as_it_is():
    decided = went(CaseStatus.RECOMMENDED)
    with pytest.raises(Conflict):
        _ = decided.waiting
    decided.decide(DECISION, "KIN", TODAY)
    seen = decided.version
    decided.require_seen(seen)
    assert decided.waiting == DECISION
    decided.permit()
    with pytest.raises(Stale) as moved_on:
        decided.require_seen(seen)
    with pytest.raises(PreconditionMissing) as unread:
        decided.require_seen(None)
    assert (rule(moved_on), rule(unread)) == ("stale-version", "if-match-missing")


def test_a_case_has_a_reason():
    with pytest.raises(Invalid) as error:
        case(reasons=())
    assert rule(error) == "reason-given"


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"on": TODAY + timedelta(days=1)}, "not-in-the-future"),
        ({"support": None}, "communication-support"),
        ({"support": "INTERPRETER"}, "interpreter-language"),
        ({"language": "uz"}, "interpreter-language"),
        ({"not_heard_reason": "TOO_ILL"}, "child-heard"),
        ({"feedback_on": TODAY - timedelta(days=1)}, "not-before"),
        ({"heard": False, "support": None}, "child-heard"),
        ({"heard": False, "not_heard_reason": "TOO_ILL"}, "child-heard"),
    ],
)
def test_a_hearing_says_how_the_child_was_understood_or_why_it_was_not_heard(wrong, broken):
    with pytest.raises(Invalid) as error:
        case().hear(replace(HEARD, **wrong), TODAY)
    assert rule(error) == broken


def test_a_child_is_heard_with_an_interpreter_by_drawing_or_not_at_all_for_a_reason():
    made = case()
    made.hear(replace(HEARD, support="INTERPRETER", language="ky"), TODAY)
    made.hear(Hearing(heard=False, on=TODAY, heard_by="aigul", not_heard_reason="CHILD_MISSING"), TODAY)
    assert [fact.heard for fact in told(made)[1:]] == [True, False]
    assert gatekeeping_facts.facts(made, None).child_heard is True


@pytest.mark.parametrize(
    ("view", "broken"),
    [
        ({"who": "MOTHER"}, "parents-notified"),
        ({"who": "MOTHER", "notified_on": TODAY, "not_notified_reason": "PARENT_DIED"}, "parents-notified"),
        ({"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM", "agrees": True}, "suspected-of-harm"),
        ({"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM", "heard_on": TODAY}, "suspected-of-harm"),
        ({"who": "MOTHER", "notified_on": TODAY, "agrees": False}, "parents-heard"),
        ({"who": "MOTHER", "notified_on": TODAY + timedelta(days=1)}, "not-in-the-future"),
    ],
)
def test_a_parent_is_notified_or_not_for_a_reason_and_who_is_suspected_is_not_asked(view, broken):
    with pytest.raises(Invalid) as error:
        case().ask_parent(ParentView(**view), TODAY)
    assert rule(error) == broken


def test_a_parents_view_said_anew_replaces_the_former_and_one_no_is_no_agreement():
    made = case()
    for agrees in (True, False):
        made.ask_parent(ParentView(who="MOTHER", notified_on=TODAY, heard_on=TODAY, agrees=agrees), TODAY)
    made.ask_parent(ParentView(who="FATHER", notified_on=TODAY, heard_on=TODAY, agrees=True), TODAY)
    facts = gatekeeping_facts.facts(made, None)
    assert (len(made.parents), facts.parents_heard, facts.parents_agree) == (2, True, False)
    assert gatekeeping_facts.facts(made, None, agreed=True).parents_agree is True


@pytest.mark.parametrize(
    "wrong", [{"answer": "NOT_ASKED"}, {"asked_on": None}, {"answer": "NOT_ASKED", "asked_on": None}]
)
def test_an_option_was_asked_for_on_a_day_or_not_for_a_reason(wrong):
    with pytest.raises(Invalid):
        went(CaseStatus.ASSESSED).record_options((replace(FOSTER, **wrong),), None, STEP)


def test_the_assessing_worker_and_staff_of_a_considered_provider_sit_on_no_panel():
    made = went(CaseStatus.OPTIONS_RECORDED)
    for member in (
        Member(account="aigul", profession="LAW"),
        Member(account="x", profession="LAW", staff_of=(HOME,)),
    ):
        with pytest.raises(NotOnThisPanel) as error:
            made.convene((*PANEL, member))
        assert rule(error) == "separation-of-duties"
    made.convene((*PANEL, Member(account="x", profession="LAW", staff_of=(CASE,))))
    with pytest.raises(NotOnThisPanel):
        made.recommend(replace(KIN, provider=CASE), 2, STEP)
    with pytest.raises(NotOnThisPanel):  # a place of theirs comes to be considered later
        made.record_options((replace(FOSTER, provider=CASE),), None, STEP)
    with pytest.raises(Invalid):
        made.convene((*PANEL, PANEL[0]))


def test_a_panel_convened_before_the_assessment_is_looked_at_again():
    made = case()
    made.convene((Member(account="aigul", profession="LAW"), *PANEL))
    made.screen("", STEP)
    made.assess(ASSESSED, NECESSARY, None, STEP)
    with pytest.raises(NotOnThisPanel):
        made.record_options((FOSTER,), None, STEP)


def test_a_panel_of_one_profession_recommends_nothing():
    made = went(CaseStatus.OPTIONS_RECORDED)
    with pytest.raises(PanelTooNarrow):
        made.recommend(KIN, 2, STEP)
    made.convene((PANEL[0],))
    with pytest.raises(PanelTooNarrow):
        made.recommend(KIN, 2, STEP)
    made.recommend(KIN, 1, STEP)
    with pytest.raises(Conflict):  # the panel that has recommended stands
        made.convene(PANEL)


def test_more_than_sit_there_cannot_be_against():
    made = went(CaseStatus.OPTIONS_RECORDED)
    made.convene(PANEL)
    with pytest.raises(Invalid):
        made.recommend(replace(KIN, against=3), 2, STEP)


def test_findings_are_each_their_own_and_the_last_of_a_kind_stands():
    made = went(CaseStatus.OPTIONS_RECORDED)
    for found in (False, True):
        made.find(replace(NECESSARY, kind=FindingKind.BEST_INTERESTS, found=found), FAMILY, TODAY)
    end = TODAY + timedelta(days=60)
    made.find(replace(NECESSARY, kind=FindingKind.SHORT_WITH_END, until=end), FAMILY, TODAY)
    facts = gatekeeping_facts.facts(made, None)
    assert (facts.best_interests, facts.short_with_end, facts.planned_end) == (True, True, end)
    assert (facts.absolutely_necessary, facts.last_resort) == (None, None)
    with pytest.raises(Invalid):
        made.find(replace(NECESSARY, kind=FindingKind.SHORT_WITH_END, until=TODAY), FAMILY, TODAY)
    with pytest.raises(Invalid):
        made.find(replace(NECESSARY, until=end), FAMILY, TODAY)
    with pytest.raises(Invalid) as error:  # the only one asked is no family
        made.find(replace(NECESSARY, kind=FindingKind.LAST_RESORT), frozenset(), TODAY)
    assert rule(error) == "last-resort-found"
    with pytest.raises(Conflict):
        case().find(NECESSARY, FAMILY, TODAY)


def test_care_is_decided_after_the_recommendation_but_for_a_courts_order_or_help_at_home():
    with pytest.raises(Conflict) as error:
        went(CaseStatus.OPTIONS_RECORDED).decide(DECISION, "KIN", TODAY)
    assert rule(error) == "recommended-first"
    ordered = went(CaseStatus.SCREENED)
    ordered.decide(DECISION, "RESIDENTIAL", TODAY, ordered=True)
    assert told(ordered)[0].as_recommended is None
    unfounded = case()
    unfounded.decide(DECISION, "NO_ACTION", TODAY)
    assert unfounded.status is CaseStatus.CARRIED_OUT
    otherwise = went(CaseStatus.RECOMMENDED)
    otherwise.decide(DECISION, "FAMILY_FORM", TODAY)
    assert told(otherwise)[0].as_recommended is False


def test_what_needs_more_needs_a_day_and_nothing_else_has_one():
    for outcome, until in (("NEEDS_MORE", None), ("KIN", TODAY)):
        with pytest.raises(Invalid):
            went(CaseStatus.RECOMMENDED).decide(DECISION, outcome, TODAY, until=until)


def test_a_joined_case_is_decided_when_the_case_it_joined_is_recommended_or_is_taken_up_by_itself():
    leading = replace(went(CaseStatus.ASSESSED), id=HOME, child=HOME)
    made = went(CaseStatus.ASSESSED)
    with pytest.raises(Invalid):
        made.join(leading, {CASE})
    made.join(leading, {HOME})
    with pytest.raises(Conflict):
        made.decide(DECISION, "KIN", TODAY, leading=leading)
    leading.record_options((FOSTER, NO_KIN), TODAY, STEP)
    leading.convene(PANEL)
    leading.recommend(KIN, 2, STEP)
    made.find(replace(NECESSARY, kind=FindingKind.SUITABILITY), FAMILY, TODAY)
    made.decide(DECISION, "KIN", TODAY, leading=leading)
    assert told(made)[-1].as_recommended is True
    apart = went(CaseStatus.ASSESSED)
    apart.join(went(CaseStatus.SCREENED), {CHILD})
    apart.screen("by itself", STEP)
    assert (apart.status, apart.joined_into) == (CaseStatus.SCREENED, None)


def test_reasons_stand_once_the_panel_has_recommended_and_each_set_is_told():
    made = went(CaseStatus.ASSESSED)
    made.reason(("VIOLENCE",), (), TODAY)
    assert told(made)[-1].reasons == ("VIOLENCE",)
    with pytest.raises(Conflict):
        went(CaseStatus.RECOMMENDED).reason(("VIOLENCE",), (), TODAY)


def test_a_lapsed_case_is_taken_up_with_nothing_recommended():
    made = went(CaseStatus.RECOMMENDED)
    made.decide(DECISION, "KIN", TODAY)
    made.lapse(TODAY, STEP)
    assert told(made)[-1].alarm().about == CASE
    made.screen("again", STEP)
    assert made.recommendation is None
    assert told(made)[-1].settles() == (CASE,)


def test_an_overdue_step_is_told_once_with_the_last_day_it_could_be_done():
    made = case()
    made.pull_facts()
    assert not made.tell_overdue(made.due_at - timedelta(seconds=1), ALMATY)
    assert made.tell_overdue(made.due_at, ALMATY)
    assert not made.tell_overdue(made.due_at + timedelta(days=9), ALMATY)
    (fact,) = told(made)
    assert isinstance(fact, gatekeeping_told.GatekeepingStepOverdue)
    assert (fact.due, fact.status) == (date(2026, 3, 17), "requested")


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    assert last_day(datetime(2026, 3, 10, 19, tzinfo=UTC), ALMATY) == TODAY  # midnight in Almaty, UTC+5
    assert last_day(datetime(2026, 3, 10, 19, 0, 1, tzinfo=UTC), ALMATY) == date(2026, 3, 11)


def test_where_the_pack_knows_no_clock_nothing_is_overdue():
    step = replace(STEP, law=Law(None))
    made = GatekeepingCase.request(CASE, CHILD, "ENTRY", area="KZ-75", reasons=("NEGLECT",), help_tried=(), step=step)
    assert not made.tell_overdue(NOW + timedelta(days=999), ALMATY)


def test_every_status_can_be_reached_and_the_final_ones_lead_nowhere():
    reached = {CaseStatus.REQUESTED} | {to for following in TRANSITIONS.values() for to in following}
    assert reached == set(CaseStatus)
    assert {status for status, following in TRANSITIONS.items() if not following} == {
        CaseStatus.CARRIED_OUT,
        CaseStatus.WITHDRAWN,
    }


AGREED = Agreed(who="MOTHER", on=TODAY, form="WRITTEN", language="kk")


def agreement(*by: Agreed) -> VoluntaryAgreement:
    return VoluntaryAgreement.agree(CASE, CHILD, case=None, area="KZ-75", by=by or (AGREED,), words="", today=TODAY)


def test_an_agreement_holds_from_the_day_the_last_one_agreed():
    early = replace(AGREED, who="FATHER", on=TODAY - timedelta(days=3))
    assert agreement(early, AGREED).agreed_on == TODAY
    with pytest.raises(Invalid):
        agreement(AGREED, AGREED)


class Table:
    """A law whose decision table knows two hours, or none, after a withdrawal."""

    calendar = Calendar(ALMATY)

    def __init__(self, hours: int | None = 2) -> None:
        self.hours = hours

    def table(self, name, on, area=None):
        line = {
            "id": "entry-voluntary",
            "act": "ENTRY",
            "situations": ["VOLUNTARY"],
            "at_once": [],
            "decides": ["COURT"],
        }
        told = [{"to": "PARENTS", "within": 1, "unit": "hours", "after": "withdrawal"}]
        known = {"withdrawal": {"amount": self.hours, "unit": "hours"}} if self.hours else {}
        return (line | known | {"notices": told, "oral": False, "second_signature": False},)


def test_hours_run_from_the_withdrawal_and_are_told_once():
    made = agreement()
    for wrong in (NOW + timedelta(hours=1), NOW - timedelta(days=2)):
        with pytest.raises(Invalid):
            made.withdraw("MOTHER", wrong, NOW, Table())
    with pytest.raises(Conflict):
        made.settle(VoluntaryStatus.RETURNED, TODAY, None, TODAY)
    (notice,) = made.withdraw("MOTHER", NOW, NOW, Table())
    assert notice.to == "PARENTS"
    assert told(made)[-1].alarm().due == NOW + timedelta(hours=2)
    assert not made.tell_overdue(NOW + timedelta(hours=2, seconds=-1), ALMATY)
    assert made.tell_overdue(NOW + timedelta(hours=2), ALMATY)
    assert not made.tell_overdue(NOW + timedelta(hours=3), ALMATY)
    with pytest.raises(Invalid):
        made.settle(VoluntaryStatus.ORDER_APPLIED, TODAY, None, TODAY)
    made.settle(VoluntaryStatus.RETURNED, TODAY, None, TODAY)
    assert told(made)[-1].settles() == (CASE,)
    with pytest.raises(Conflict):
        made.withdraw("FATHER", NOW, NOW, Table())


def test_where_the_table_does_not_know_the_hours_no_clock_runs():
    made = agreement()
    made.withdraw("MOTHER", NOW, NOW, Table(None))
    assert told(made)[-1].alarm() is None
    assert not made.tell_overdue(NOW + timedelta(days=9), ALMATY)


def test_a_step_that_is_not_the_next_one_names_those_that_are():
    with pytest.raises(Conflict) as error:
        case().assess(ASSESSED, NECESSARY, None, STEP)
    assert (rule(error), "screened" in str(error.value.remedy)) == ("case-status", True)
