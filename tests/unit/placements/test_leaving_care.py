"""Leaving care and coming of age: plans, exits, outcomes, and what happens by itself."""

from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest

from services.placements.domain import Impossible, KnownChild, Placement, State, Stay, Whereabouts, leaving_care_course
from services.placements.domain.calendar import Span
from services.placements.domain.coming_of_age import of_age_on, perhaps_on
from services.placements.domain.days import months_later
from services.placements.domain.leaving_care import ExitNotDecided, LeavingCare, LeavingCareState, Outcome
from services.placements.domain.leaving_care_majority import ComingOfAge, ComingOfAgeState, StayNotDecided
from services.placements.domain.leaving_care_plan import Holding, Plan, Readiness, ReadinessReview
from services.placements.domain.placement import Ground
from shared.errors import Conflict, Invalid, NotFound

TODAY = date(2026, 3, 10)
CHILD, FIRST = UUID(int=1), UUID(int=2)
PLAN = Plan(home="RENTED", occupation="WORK", trusted_person=UUID(int=5))
ids = (UUID(int=number) for number in count(100))


class Law:
    """A WayHomeLaw of few numbers."""

    numbers = {"child_until_age": 18, "child_until_age_with_guardian": 21, "leaving_care_plan_age": 16}

    def number(self, name, area, on):
        return Span(self.numbers[name], "years") if name in self.numbers else None

    def leap_birthday(self, on):
        return "03-01"

    def months(self, name, area, on):
        return ()

    def last_day(self, name, since, area):
        return None

    def formal(self, care_form):
        return care_form != "PARENTAL"


def leaving(plan: Plan | None = PLAN) -> LeavingCare:
    made = LeavingCare.awaited(UUID(int=3), CHILD, "KZ-75", reached_on=TODAY, due=TODAY, placement=FIRST)
    if plan:
        made.agree(plan, TODAY, months_later(TODAY, 6))
    return made


def child(*placements: Placement, known: KnownChild | None = None) -> Whereabouts:
    return Whereabouts(CHILD, known=known or KnownChild(), placements=list(placements))


def placed(to: date | None = None, destination: str | None = None, id_: UUID = FIRST):
    stay = Stay(care_form="FOSTER", area="KZ-75", from_=date(2020, 1, 1), to=to, destination=destination)
    return Placement.of(id_, CHILD, State.ENDED if to else State.ACTIVE, stay, ground=Ground.ARRIVED, today=TODAY)


def go_on(made: LeavingCare, root: Whereabouts, today: date, of_age=date(2027, 1, 1), until=None) -> list[str]:
    made.pull_facts()
    law = leaving_care_course.LeavingLaw(
        of_age=of_age,
        until=until,
        months=(6, 12, 24),
        visit_due=lambda since: months_later(since, 3),
        formal=Law().formal,
        new_id=ids.__next__,
    )
    leaving_care_course.go_on(made, root, law, today)
    return [type(fact).__name__ for _, _, fact in made.pull_facts()]


def test_a_plan_names_a_person_of_trust_and_money_a_currency():
    with pytest.raises(Invalid):
        Plan(home="RENTED", occupation="WORK")
    with pytest.raises(Invalid):
        Holding(kind="PENSION", amount=5)


def test_readiness_is_looked_at_after_there_is_a_plan():
    review = ReadinessReview(on=TODAY, readiness=Readiness.PARTLY)
    with pytest.raises(Conflict):
        leaving(None).review(review, None, TODAY)
    made = leaving()
    with pytest.raises(Impossible):
        made.review(ReadinessReview(on=TODAY - timedelta(days=1), readiness=Readiness.PARTLY), None, TODAY)
    made.review(review, months_later(TODAY, 6), TODAY)
    assert made.reviews == (review,)


def test_a_review_overdue_is_told_once_with_its_day():
    made, root = leaving(), child(placed())
    due = months_later(TODAY, 6)
    assert go_on(made, root, due) == []
    assert made.next_on == due + timedelta(days=1)
    assert go_on(made, root, due + timedelta(days=99)) == ["ReadinessReviewOverdue"]
    assert go_on(made, root, due + timedelta(days=100)) == []


@pytest.mark.parametrize(("decision", "asked"), [(None, TODAY), (UUID(int=7), None), (None, None)])
def test_an_early_exit_needs_a_decision_and_the_own_request(decision, asked):
    made = leaving()
    with pytest.raises(ExitNotDecided, match=r"it needs (a decision|the young person's own request)") as refused:
        made.permit_early_exit(decision, asked)
    assert "_" not in refused.value.message
    assert made.decision is None


@pytest.mark.parametrize(
    ("destination", "of_age", "state", "early"),
    [
        ("INDEPENDENT", date(2027, 1, 1), LeavingCareState.AFTERCARE, True),
        ("AGED_OUT_18", TODAY, LeavingCareState.AFTERCARE, False),
        ("REUNIFICATION", date(2026, 1, 1), LeavingCareState.AFTERCARE, False),
        ("REUNIFICATION", date(2027, 1, 1), LeavingCareState.ENDED, False),
        ("ADOPTED", date(2027, 1, 1), LeavingCareState.ENDED, False),
        ("INDEPENDENT", None, LeavingCareState.AFTERCARE, True),
    ],
)
def test_whether_someone_left_for_an_own_life_follows_from_age_and_destination(destination, of_age, state, early):
    made = leaving()
    go_on(made, child(placed(TODAY, destination)), TODAY, of_age)
    assert (made.state, made.early) == (state, early)


def test_outcomes_are_asked_at_their_day_and_not_before():
    made, root = leaving(), child(placed(date(2026, 8, 31), "INDEPENDENT"))
    go_on(made, root, date(2026, 8, 31))
    assert [each.due for each in made.visits] == [date(2027, 2, 28), date(2027, 8, 31), date(2028, 8, 31)]
    with pytest.raises(Impossible):
        made.visit(UUID(int=8), Outcome(on=date(2027, 2, 27), month=6), None, date(2028, 1, 1))
    with pytest.raises(NotFound):
        made.visit(UUID(int=8), Outcome(on=date(2027, 2, 28), month=7), None, date(2028, 1, 1))
    made.visit(UUID(int=8), Outcome(on=date(2027, 3, 1), month=6, in_work=True), date(2027, 6, 1), date(2028, 1, 1))
    with pytest.raises(Conflict):
        made.visit(UUID(int=8), Outcome(on=date(2027, 3, 2), month=6), None, date(2028, 1, 1))
    told = go_on(made, root, date(2027, 9, 1))
    assert told == ["AftercareOverdue", "AftercareOverdue"]
    assert go_on(made, root, date(2027, 9, 2)) == []


def test_someone_learns_or_works_where_either_is_so():
    assert Outcome(on=TODAY, in_education=False, in_work=True).occupied is True
    assert Outcome(on=TODAY, in_education=False).occupied is False
    assert Outcome(on=TODAY).occupied is None


def test_who_comes_into_care_again_goes_on_where_it_was():
    made = leaving()
    go_on(made, child(placed(TODAY, "INDEPENDENT")), TODAY)
    assert go_on(made, child(placed(TODAY, "INDEPENDENT"), placed(id_=UUID(int=9))), TODAY) == ["LeavingCareResumed"]
    assert (made.state, made.visits, made.placement) == (LeavingCareState.PLANNED, [], UUID(int=9))


def test_aftercare_ends_at_the_age_of_the_law_and_with_death():
    made = leaving()
    root = child(placed(TODAY, "INDEPENDENT"))
    go_on(made, root, TODAY, until=date(2030, 1, 1))
    assert made.next_on is not None
    assert go_on(made, root, date(2030, 1, 1), until=date(2030, 1, 1))[0] == "AftercareEnded"
    assert (made.reason, made.over_on, made.next_on) == ("AGE_REACHED", date(2030, 1, 1), None)
    other = leaving()
    go_on(other, child(placed(), known=KnownChild(died_on=TODAY)), TODAY)
    assert (other.state, other.reason) == (LeavingCareState.ENDED, "DIED")


@pytest.mark.parametrize(
    ("born_from", "born_to", "guarded", "day"),
    [
        (date(2008, 3, 10), date(2008, 3, 10), False, date(2026, 3, 10)),
        (date(2008, 1, 1), date(2008, 12, 31), False, date(2026, 12, 31)),
        (date(2008, 2, 29), date(2008, 2, 29), False, date(2026, 3, 1)),
        (date(2008, 3, 10), date(2008, 3, 10), True, date(2029, 3, 10)),
        (None, None, False, None),
    ],
)
def test_of_age_is_who_certainly_is(born_from, born_to, guarded, day):
    assert of_age_on(KnownChild(born_from, born_to), Law(), "KZ-75", TODAY, guarded=guarded) == day


def test_a_plan_is_due_when_the_age_may_be_reached():
    known = KnownChild(date(2010, 1, 1), date(2010, 12, 31))
    assert perhaps_on(known, Law(), "leaving_care_plan_age", "KZ-75", TODAY) == date(2026, 1, 1)


def grown() -> ComingOfAge:
    return ComingOfAge.noticed(UUID(int=4), CHILD, FIRST, "KZ-75", on=TODAY, due=TODAY, born=None)


@pytest.mark.parametrize(("consent", "decision"), [(None, UUID(int=7)), (TODAY, None)])
def test_to_stay_needs_own_consent_and_a_decision(consent, decision):
    made = grown()
    with pytest.raises(StayNotDecided, match=r"it needs (the person's own consent|a decision)\."):
        made.decide("STAY", TODAY, consent, decision)
    assert made.state is ComingOfAgeState.OPEN
    made.decide("HOME", TODAY, None, None)
    assert made.state is ComingOfAgeState.DECIDED


def test_what_is_over_is_decided_no_more():
    made = grown()
    made.leave(TODAY)
    with pytest.raises(Conflict):
        made.decide("HOME", TODAY, None, None)
    made.retract()
    assert made.state is ComingOfAgeState.RETRACTED
