"""The way home: what must be settled, how long it is tried, when someone looks, and what happens by itself."""

from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest

from services.placements.domain import Impossible, KnownChild, Placement, State, Stay, Whereabouts, reintegration_course
from services.placements.domain.absences import Absence, AbsenceState
from services.placements.domain.placement import Ground
from services.placements.domain.reintegration import Reintegration, ReintegrationState, TrialTooLong
from services.placements.domain.reintegration_follow_ups import Answers
from services.placements.domain.reintegration_preparation import Cause, Parents, Preparation, ReturnNotPrepared, Wish
from services.placements.domain.situation import OtherRecord, StayElsewhere
from shared.errors import Conflict, Invalid, NotFound

MONTHS = (1, 3, 6, 12, 24, 36)
HOME = date(2025, 8, 31)
DECISION = UUID(int=77)
SETTLED = Preparation(Cause.MANAGED, Wish.WANTS, Parents.AGREE, DECISION, ("VISITS",))
CHILD, FIRST = UUID(int=1), UUID(int=2)
ids = (UUID(int=number) for number in count(100))


def way(preparation: Preparation = SETTLED) -> Reintegration:
    made = Reintegration.start(UUID(int=3), CHILD, FIRST, "KZ-75", HOME - timedelta(days=90))
    made.prepare(preparation, "PARENT", "")
    return made


def returned() -> Reintegration:
    made = way()
    made.return_home(HOME, MONTHS, [next(ids) for _ in MONTHS], HOME)
    return made


def placed(id_: UUID, from_: date, to: date | None = None, destination: str | None = None, form: str = "FOSTER"):
    stay = Stay(care_form=form, area="KZ-75", from_=from_, to=to, destination=destination)
    state = State.ENDED if to else State.ACTIVE
    return Placement.of(id_, CHILD, state, stay, ground=Ground.ARRIVED, today=from_)


def child(*placements: Placement, known: KnownChild | None = None) -> Whereabouts:
    return Whereabouts(CHILD, known=known or KnownChild(), placements=list(placements))


def went_home(*more: Placement, known: KnownChild | None = None) -> Whereabouts:
    return child(placed(FIRST, date(2024, 1, 1), HOME, "REUNIFICATION"), *more, known=known)


def go_on(
    made: Reintegration,
    root: Whereabouts,
    today: date,
    of_age: date | None = None,
    others: tuple[OtherRecord, ...] = (),
) -> list[str]:
    """Bring it up to a day; the names of what it told then."""
    made.pull_facts()
    formal = {"FOSTER", "CHILDRENS_HOME"}
    reintegration_course.go_on(made, root, formal.__contains__, of_age, MONTHS, ids.__next__, today, others=others)
    return [type(fact).__name__ for _, _, fact in made.pull_facts()]


@pytest.mark.parametrize(
    ("preparation", "missing"),
    [
        (Preparation(), ("cause", "wish", "parents", "decision", "support")),
        (Preparation(Cause.UNRESOLVED, Wish.WANTS, Parents.AGREE, DECISION, ("CASH",)), ("cause",)),
        (Preparation(Cause.RESOLVED, Wish.DOES_NOT_WANT, Parents.AGREE, DECISION, ("CASH",)), ("wish",)),
        (Preparation(Cause.RESOLVED, Wish.CANNOT_SAY, Parents.DO_NOT_AGREE, DECISION, ("CASH",)), ("parents",)),
        (Preparation(Cause.RESOLVED, Wish.WANTS, Parents.RIGHTS_RESTORED, None, ("CASH",)), ("decision",)),
        (Preparation(Cause.RESOLVED, Wish.WANTS, Parents.AGREE, DECISION, ()), ("support",)),
        (SETTLED, ()),
    ],
)
def test_each_precondition_is_named_where_it_is_missing(preparation, missing):
    assert preparation.missing == missing


def test_what_the_child_said_stays_when_a_decision_is_added():
    made = way()
    made.prepare(Preparation(), None, "I want to go home.")
    made.prepare(SETTLED, None, "")
    assert (made.child_said, made.relation, made.preparation) == ("I want to go home.", "PARENT", SETTLED)


def test_a_decision_that_does_not_permit_the_step_is_none():
    with pytest.raises(ReturnNotPrepared):
        SETTLED.require(frozenset())
    SETTLED.require({DECISION})


def test_a_trial_is_not_planned_beyond_the_law_and_can_be_stopped_and_begun_again():
    made = way()
    with pytest.raises(TrialTooLong):
        made.begin_trial(HOME, HOME + timedelta(days=200), HOME + timedelta(days=100), {DECISION})
    with pytest.raises(Impossible):
        made.begin_trial(HOME, HOME, None, {DECISION})
    assert made.state is ReintegrationState.PREPARED
    made.begin_trial(HOME, HOME + timedelta(days=100), HOME + timedelta(days=100), {DECISION})
    made.stop_trial(HOME + timedelta(days=3))
    made.begin_trial(HOME + timedelta(days=9), HOME + timedelta(days=30), None, {DECISION})
    assert made.state is ReintegrationState.TRIAL


def test_a_trial_overdue_is_told_once_and_ends_nothing():
    made, root = way(), child(placed(FIRST, date(2024, 1, 1)))
    made.begin_trial(HOME, HOME + timedelta(days=10), None, {DECISION})
    assert go_on(made, root, HOME + timedelta(days=10)) == []
    assert made.next_on == HOME + timedelta(days=11)
    assert go_on(made, root, HOME + timedelta(days=11)) == ["TrialOverdue"]
    assert go_on(made, root, HOME + timedelta(days=50)) == []
    assert made.state is ReintegrationState.TRIAL


def test_looks_fall_due_on_the_same_day_clipped_to_the_end_of_the_month():
    due = [each.due for each in returned().follow_ups]
    assert due == [
        date(2025, 9, 30), date(2025, 11, 30), date(2026, 2, 28), date(2026, 8, 31), date(2027, 8, 31),
        date(2028, 8, 31),
    ]  # fmt: skip


def test_after_a_time_when_nobody_looked_each_is_told_with_the_day_it_was_due():
    made = returned()
    told = go_on(made, went_home(), date(2026, 3, 1))
    assert told == ["FollowUpOverdue"] * 3
    assert go_on(made, went_home(), date(2026, 3, 1)) == []
    assert made.next_on == date(2026, 9, 1)


def test_at_twelve_months_at_home_it_is_sustained_and_then_one_question_is_asked():
    made = returned()
    with pytest.raises(Invalid):
        made.follow_up(Answers(month=12, on=date(2026, 8, 30), at_home=True), None, date(2027, 1, 1))
    made.follow_up(Answers(month=12, on=date(2026, 9, 2), at_home=True, safe=True), None, date(2027, 1, 1))
    assert made.state is ReintegrationState.SUSTAINED
    assert [each.missed for each in made.follow_ups] == [True, True, True, False, False, False]
    with pytest.raises(Conflict):
        made.follow_up(Answers(month=3, on=date(2026, 9, 3), at_home=True), None, date(2027, 1, 1))
    with pytest.raises(Invalid):
        made.follow_up(Answers(month=24, on=date(2027, 9, 2), at_home=True, safe=True), None, date(2028, 1, 1))
    made.follow_up(Answers(month=24, on=date(2027, 9, 2), at_home=True), None, date(2028, 1, 1))
    assert made.state is ReintegrationState.SUSTAINED


@pytest.mark.parametrize(
    ("answers", "reason", "error"),
    [
        (Answers(month=2, on=date(2025, 10, 1), at_home=True), None, NotFound),
        (Answers(month=1, on=HOME, at_home=True), None, Impossible),
        (Answers(month=1, on=date(2030, 1, 1), at_home=True), None, Impossible),
        (Answers(month=1, on=date(2025, 10, 1), at_home=False), None, Invalid),
        (Answers(month=1, on=date(2025, 10, 1), at_home=True), "OTHER", Invalid),
    ],
)
def test_a_look_that_cannot_have_been_so_leaves_no_trace(answers, reason, error):
    made = returned()
    made.pull_facts()
    with pytest.raises(error):
        made.follow_up(answers, reason, date(2026, 1, 1))
    assert made.pull_facts() == []
    assert made.state is ReintegrationState.RETURNED


def test_not_at_home_breaks_it_down_for_a_reason():
    made = returned()
    made.follow_up(Answers(month=1, on=date(2025, 10, 1), at_home=False), "CHILD_LEFT", date(2026, 1, 1))
    assert (made.state, made.reason, made.over_on) == (ReintegrationState.BROKEN_DOWN, "CHILD_LEFT", date(2025, 10, 1))


def test_coming_into_care_again_breaks_it_down_and_a_withdrawn_entry_takes_that_back():
    made = returned()
    again = placed(UUID(int=9), date(2025, 10, 5))
    assert go_on(made, went_home(again), date(2025, 10, 6))[-1] == "ReintegrationBrokenDown"
    assert (made.reason, made.over_on) == ("RE_ENTRY", date(2025, 10, 5))
    again.state = State.WITHDRAWN
    assert go_on(made, went_home(again), date(2025, 10, 7))[0] == "ReintegrationResumed"
    assert made.state is ReintegrationState.RETURNED


def test_coming_into_care_again_under_another_record_breaks_it_down_and_undoing_the_merge_takes_that_back():
    made, other = returned(), UUID(int=8)
    again = StayElsewhere(id=UUID(int=9), care_form="FOSTER", from_=date(2025, 10, 5))
    before = StayElsewhere(id=UUID(int=10), care_form="FOSTER", from_=date(2024, 10, 5), to=HOME - timedelta(days=30))
    root = went_home(known=KnownChild(merged=frozenset({other})))
    record = OtherRecord(id=other, version=5, stays=(before, again))
    assert go_on(made, root, date(2025, 10, 6), others=(record,))[-1] == "ReintegrationBrokenDown"
    assert (made.reason, made.over_on, made.re_entry) == ("RE_ENTRY", date(2025, 10, 5), again.id)
    assert made.seen == root.version + 5
    root.known = KnownChild()
    assert go_on(made, root, date(2025, 10, 7))[0] == "ReintegrationResumed"
    assert (made.state, made.seen) == (ReintegrationState.RETURNED, root.version)


def test_who_is_in_care_again_the_same_day_has_not_stayed_home():
    made = returned()
    go_on(made, went_home(placed(UUID(int=9), HOME)), HOME)
    assert (made.state, made.over_on) == (ReintegrationState.BROKEN_DOWN, HOME)


def test_living_with_the_parents_is_no_care():
    made = returned()
    go_on(made, went_home(placed(UUID(int=9), date(2025, 9, 5), form="PARENTAL")), date(2025, 9, 6))
    assert made.state is ReintegrationState.RETURNED


@pytest.mark.parametrize(
    ("known", "of_age", "reason"),
    [
        (KnownChild(died_on=date(2025, 9, 20)), None, "DIED"),
        (KnownChild(died_on=date(2025, 9, 20)), date(2025, 9, 10), "CAME_OF_AGE"),
        (KnownChild(), date(2025, 9, 10), "CAME_OF_AGE"),
        (KnownChild(withdrawn=True), None, "ENTERED_IN_ERROR"),
    ],
)
def test_death_coming_of_age_and_an_entry_in_error_end_it(known, of_age, reason):
    made = returned()
    go_on(made, went_home(known=known), date(2025, 9, 25), of_age)
    assert (made.state, made.reason) == (ReintegrationState.ENDED, reason)
    assert made.next_on is None


def test_a_return_that_nobody_permitted_is_followed_up_with_what_was_missing():
    made = way(Preparation(cause=Cause.RESOLVED))
    assert go_on(made, went_home(), HOME)[0] == "ChildReturned"
    assert made.unmet == ("wish", "parents", "decision", "support")
    assert len(made.follow_ups) == len(MONTHS)


def test_of_a_return_written_down_late_only_the_last_look_that_has_passed_is_asked():
    made = way()
    assert go_on(made, went_home(), date(2026, 3, 1)) == ["ChildReturned", "FollowUpOverdue"]
    assert [each.missed for each in made.follow_ups] == [True, True, False, False, False, False]


def test_a_corrected_day_of_return_moves_the_looks_that_were_not_held():
    made = returned()
    made.follow_up(Answers(month=1, on=date(2025, 10, 1), at_home=True), None, date(2026, 1, 1))
    earlier = child(placed(FIRST, date(2024, 1, 1), date(2025, 8, 1), "REUNIFICATION"))
    go_on(made, earlier, date(2025, 10, 2))
    assert [each.due for each in made.follow_ups][:3] == [date(2025, 9, 30), date(2025, 11, 1), date(2026, 2, 1)]


def test_a_move_takes_the_preparation_along_and_ends_a_trial():
    made = way()
    made.begin_trial(HOME - timedelta(days=20), HOME, None, {DECISION})
    second = placed(UUID(int=9), HOME - timedelta(days=5))
    moved = child(placed(FIRST, date(2024, 1, 1), HOME - timedelta(days=5), "TRANSFER_SAME_FORM"), second)
    assert go_on(made, moved, HOME) == ["TrialStopped"]
    assert (made.state, made.placement) == (ReintegrationState.PREPARED, second.id)


def test_a_trial_that_nobody_permitted_is_noted_with_what_was_not_settled_and_stops_with_its_absence():
    made, unprepared = way(), way(Preparation())
    made.note_trial(HOME, HOME + timedelta(days=9), {DECISION})
    assert (made.state, made.unmet) == (ReintegrationState.TRIAL, ())
    unprepared.pull_facts()
    unprepared.note_trial(HOME, HOME + timedelta(days=9), {DECISION})
    ((_, _, told),) = unprepared.pull_facts()
    assert unprepared.unmet == ("cause", "wish", "parents", "decision", "support")
    assert (told.alarm().about, told.alarm().role) == (unprepared.id, "gatekeeper")
    root = child(placed(FIRST, date(2024, 1, 1)))
    away = Absence(UUID(int=9), CHILD, FIRST, AbsenceState.AWAY, "TRIAL_AT_HOME", HOME, None, None, None, HOME)
    root.absences.append(away)
    assert go_on(unprepared, root, HOME + timedelta(days=2)) == []
    away.end(AbsenceState.BACK, HOME + timedelta(days=2))
    assert go_on(unprepared, root, HOME + timedelta(days=2)) == ["TrialStopped"]
    assert go_on(unprepared, root, HOME + timedelta(days=2)) == []
