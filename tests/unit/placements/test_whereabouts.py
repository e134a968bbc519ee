"""Permission is refused, facts never are; and a child is in exactly one place (CARE C1)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.placements import domain
from services.placements.domain import Ground, State, decisions, refusals
from services.placements.domain.decision import DecisionStatus
from shared.errors import Refused

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def test_a_judges_order_for_an_infant_is_recorded_and_opens_a_breach(world: Any) -> None:
    world.born(date(2025, 6, 1))
    with pytest.raises(refusals.UnderThreeInResidentialCare):
        world.authorise(TODAY, "INFANT_HOME")
    assert world.told() == []
    world.child.decisions.clear()
    placed = world.arrive(TODAY, ground=Ground.COURT_ORDERED)
    assert world.child.active.id == placed
    assert world.open_rules() == {"under-three-residential"}
    assert world.told() == ["PlacementStarted", "BreachOpened"]


def test_a_shelter_at_night_without_a_decision_opens_the_emergency_clock(world: Any) -> None:
    world.born(date(2018, 6, 1))
    world.arrive(TODAY, form="CHILDRENS_HOME", ground=Ground.EMERGENCY, kind="emergency")
    (breach,) = world.child.breaches
    assert (breach.rule, breach.owner, breach.due) == ("decision-in-force", "gatekeeper", TODAY + 3 * DAY)


def test_an_arrival_that_is_no_emergency_does_not_continue_an_emergencys_clock(world: Any) -> None:
    urgent = {"ground": Ground.EMERGENCY, "kind": "emergency"}
    world.arrive(TODAY - 30 * DAY, TODAY - 20 * DAY, "CHILDRENS_HOME", **urgent)
    world.arrive(TODAY, form="CHILDRENS_HOME")
    assert world.child.breaches[-1].due == TODAY + 14 * DAY
    world.arrive(TODAY, form="FOSTER", ends_former=True, **urgent)
    assert world.child.breaches[-1].due == TODAY - 27 * DAY


def test_moves_that_nobody_decided_go_on_with_the_first_deadline_whatever_their_ground(world: Any) -> None:
    world.born(date(2018, 6, 1))
    world.arrive(TODAY - 40 * DAY, form="CHILDRENS_HOME", today=TODAY - 40 * DAY)
    world.arrive(TODAY - 9 * DAY, form="CHILDRENS_HOME", ends_former=True, ground=Ground.FOUND, today=TODAY - 9 * DAY)
    world.arrive(TODAY, form="FOSTER", ends_former=True)
    due = [each.due for each in world.child.breaches if each.rule == "decision-in-force"]
    assert due == [TODAY - 26 * DAY] * 3


def test_a_move_after_a_decision_has_a_deadline_of_its_own(world: Any) -> None:
    world.born(date(2018, 6, 1))
    world.arrive(TODAY - 40 * DAY, form="CHILDRENS_HOME", today=TODAY - 40 * DAY)
    world.decide("CHILDRENS_HOME", TODAY - 40 * DAY)
    world.arrive(TODAY, form="FOSTER", ends_former=True)
    assert world.child.breaches[-1].due == TODAY + 14 * DAY


def test_an_emergency_that_is_withdrawn_and_written_down_as_an_arrival_keeps_its_deadline(world: Any) -> None:
    world.born(date(2018, 6, 1))
    urgent = world.arrive(TODAY, form="CHILDRENS_HOME", ground=Ground.EMERGENCY, kind="emergency")
    world.child.withdraw(urgent, world.act())
    world.arrive(TODAY, form="CHILDRENS_HOME")
    assert [each.due for each in world.child.breaches] == [TODAY + 3 * DAY] * 2


def test_an_arrival_written_down_anew_from_an_earlier_day_keeps_its_deadline(world: Any) -> None:
    world.born(date(2018, 6, 1))
    first = world.arrive(TODAY - 13 * DAY, form="CHILDRENS_HOME", today=TODAY - 13 * DAY)
    world.child.withdraw(first, world.act())
    world.arrive(TODAY - 14 * DAY, form="CHILDRENS_HOME")
    assert [each.due for each in world.child.breaches] == [TODAY + DAY] * 2


def test_a_decision_that_was_none_gives_no_new_deadline(world: Any) -> None:
    world.born(date(2018, 6, 1))
    world.arrive(TODAY - 13 * DAY, form="CHILDRENS_HOME", today=TODAY - 13 * DAY)
    wrong = world.decide("CHILDRENS_HOME", TODAY)
    decisions.withdraw(world.child, wrong, world.act())
    assert [each.due for each in world.child.breaches] == [TODAY + DAY] * 2


def test_a_decision_that_was_quashed_gives_a_new_deadline(world: Any) -> None:
    world.born(date(2018, 6, 1))
    world.arrive(TODAY - 13 * DAY, form="CHILDRENS_HOME", today=TODAY - 13 * DAY)
    world.decide("CHILDRENS_HOME", TODAY)
    world.child.decisions[0].status = DecisionStatus.QUASHED
    world.child.review(world.act())
    assert [each.due for each in world.child.breaches] == [TODAY + DAY, TODAY + 14 * DAY]


def test_a_stay_long_after_one_that_was_withdrawn_has_a_deadline_of_its_own(world: Any) -> None:
    world.born(date(2018, 6, 1))
    wrong = world.arrive(TODAY - 40 * DAY, form="CHILDRENS_HOME", today=TODAY - 40 * DAY)
    world.child.withdraw(wrong, world.act(TODAY - 40 * DAY))
    world.arrive(TODAY, form="CHILDRENS_HOME")
    assert world.child.breaches[-1].due == TODAY + 14 * DAY


def test_an_import_opens_a_legacy_deadline_instead_of_an_alarm(world: Any) -> None:
    world.arrive(date(2019, 1, 1), form="CHILDRENS_HOME", ground=Ground.IMPORTED)
    (breach,) = world.child.breaches
    assert (breach.rule, breach.due) == ("legacy-decision-due", TODAY + 364 * DAY)


def test_age_is_judged_when_registry_has_confirmed_the_child(world: Any) -> None:
    world.arrive(TODAY, ground=Ground.COURT_ORDERED)
    assert world.open_rules() == set()
    world.born(date(2025, 6, 1))
    assert world.open_rules() == {"under-three-residential"}


def test_a_corrected_birth_date_re_evaluates_open_rules(world: Any) -> None:
    world.born(date(2025, 6, 1))
    world.arrive(TODAY, ground=Ground.COURT_ORDERED)
    world.born(date(2020, 6, 1))
    assert world.open_rules() == set()
    world.born(date(2026, 3, 12))
    assert world.open_rules() == {"under-three-residential", "stay-before-birth"}


def test_authorising_the_stay_heals_the_missing_decision(world: Any) -> None:
    world.born(date(2025, 6, 1))
    placed = world.arrive(TODAY - 10 * DAY)
    assert world.open_rules() == {"under-three-residential", "decision-in-force"}
    world.told()
    with pytest.raises(Refused) as undecided:
        world.child.authorise_stay(placed, TODAY + 30 * DAY, (), world.act())
    assert undecided.value.rule == "decision-in-force"
    world.decide("INFANT_HOME", TODAY - DAY)
    assert world.open_rules() == {"under-three-residential"}
    assert world.told() == ["BreachHealed"]
    with pytest.raises(refusals.UnderThreeInResidentialCare):
        world.child.authorise_stay(placed, None, (), world.act())
    world.child.authorise_stay(placed, TODAY + 30 * DAY, (), world.act())
    assert world.open_rules() == set()
    assert world.told() == ["PlacementAuthorised", "BreachHealed"]


def test_a_planned_end_that_passed_does_not_hide_the_nights_that_followed(world: Any) -> None:
    world.born(date(2025, 6, 1))
    placed = world.authorise(TODAY, "INFANT_HOME", planned_to=TODAY + 30 * DAY)
    world.child.start(placed, TODAY, world.act())
    assert world.open_rules() == set()
    world.child.review(world.act(TODAY + 150 * DAY))
    assert world.open_rules() == {"review-in-time"}
    world.child.review(world.act(TODAY + 190 * DAY))
    assert world.open_rules() == {"review-in-time", "under-three-residential"}


def test_after_the_third_birthday_the_limit_is_not_breached(world: Any) -> None:
    world.born(date(2023, 6, 1))
    world.arrive(TODAY, ground=Ground.COURT_ORDERED)
    assert world.open_rules() == {"under-three-residential"}
    world.child.review(world.act(date(2026, 6, 1)))
    assert world.open_rules() == set()


def test_a_corrected_birth_date_keeps_nobody_from_leaving(world: Any) -> None:
    placed = world.arrive(TODAY - 20 * DAY)
    world.born(TODAY - 10 * DAY)
    assert "stay-before-birth" in world.open_rules()
    with pytest.raises(domain.Impossible):
        world.child.end(placed, TODAY - 11 * DAY, "REVIEW", "REUNIFICATION", world.act())
    world.child.end(placed, TODAY, "REVIEW", "REUNIFICATION", world.act())
    assert world.state(placed) is State.ENDED


def test_poverty_alone_authorises_nothing(world: Any) -> None:
    with pytest.raises(refusals.PovertyTheOnlyReason):
        world.authorise(TODAY, entry_reason="POVERTY", other_reasons=("SINGLE_PARENT",))
    world.authorise(TODAY, entry_reason="POVERTY", other_reasons=("NEGLECT",))


def test_residential_care_without_a_provider_is_refused_but_recorded(world: Any) -> None:
    world.born(date(2018, 6, 1))
    with pytest.raises(refusals.ProviderNotRegistered):
        world.authorise(TODAY, "CHILDRENS_HOME", provider=None)
    world.arrive(TODAY, form="CHILDRENS_HOME", provider=None, ground=Ground.COURT_ORDERED)
    assert world.open_rules() == {"registered-provider"}


@pytest.mark.parametrize(
    ("from_", "to", "rule"),
    [
        (date(2026, 3, 11), None, "not-in-the-future"),
        (date(2026, 3, 1), date(2026, 3, 11), "not-in-the-future"),
        (date(2026, 3, 1), date(2026, 2, 28), "ends-before-it-begins"),
        (date(2024, 12, 31), None, "not-before-birth"),
    ],
)
def test_only_impossible_facts_are_refused(world: Any, from_: date, to: date | None, rule: str) -> None:
    world.born(date(2025, 1, 1), date(2025, 12, 31))
    with pytest.raises(domain.Impossible) as refused:
        world.arrive(from_, to)
    assert refused.value.rule == rule
    assert world.told() == []


def test_two_places_that_insist_are_one_stay_and_one_claim(world: Any) -> None:
    first = world.arrive(TODAY - 20 * DAY, form="FOSTER", ground=Ground.COURT_ORDERED)
    world.told()
    second = world.arrive(TODAY - 5 * DAY, form="CHILDRENS_HOME")
    assert world.child.active.id == first
    assert world.state(second) is State.CLAIMED
    assert world.open_rules() == {"whereabouts-conflict"}
    assert world.told() == ["BreachOpened"]


def test_confirming_the_claim_ends_the_former_stay_on_that_day(world: Any) -> None:
    first = world.arrive(TODAY - 20 * DAY, form="FOSTER", ground=Ground.COURT_ORDERED)
    second = world.arrive(TODAY - 5 * DAY, form="CHILDRENS_HOME", ground=Ground.COURT_ORDERED)
    world.told()
    world.child.confirm(second, TODAY - 4 * DAY, world.act())
    former = world.child.placement(first)
    assert (former.to, former.destination) == (TODAY - 4 * DAY, "RESIDENTIAL")
    assert world.child.active.id == second
    assert world.open_rules() == set()
    assert world.told() == ["PlacementEnded", "PlacementStarted", "PlacementMoved", "BreachHealed"]


@pytest.mark.parametrize("act", ["end", "correct", "withdraw"])
def test_a_claim_that_nothing_contradicts_any_more_is_where_the_child_is(world: Any, act: str) -> None:
    first = world.arrive(TODAY - 20 * DAY, form="FOSTER", ground=Ground.COURT_ORDERED)
    claim = world.arrive(TODAY - 5 * DAY, form="CHILDRENS_HOME", ground=Ground.COURT_ORDERED)
    world.told()
    left = world.stay(TODAY - 20 * DAY, TODAY - 5 * DAY, "FOSTER", destination="RESIDENTIAL")
    said = {"end": (left.to, "REVIEW", "RESIDENTIAL"), "correct": (left,), "withdraw": ()}
    getattr(world.child, act)(first, *said[act], world.act())
    assert world.child.active.id == claim
    assert world.open_rules() == set()
    assert world.told()[1:] == ["PlacementStarted", "BreachHealed"]


def test_a_claim_to_days_that_the_child_spent_elsewhere_stays_a_claim(world: Any) -> None:
    first = world.arrive(TODAY - 20 * DAY, form="FOSTER", ground=Ground.COURT_ORDERED)
    claim = world.arrive(TODAY - 5 * DAY, form="CHILDRENS_HOME", ground=Ground.COURT_ORDERED)
    world.child.end(first, TODAY - 4 * DAY, "REVIEW", "RESIDENTIAL", world.act())
    assert world.state(claim) is State.CLAIMED
    assert world.open_rules() == {"whereabouts-conflict"}


def test_withdrawing_the_claim_heals_the_conflict(world: Any) -> None:
    world.arrive(TODAY - 20 * DAY, form="FOSTER", ground=Ground.COURT_ORDERED)
    second = world.arrive(TODAY - 5 * DAY)
    world.child.withdraw(second, world.act())
    assert world.open_rules() == set()


@pytest.mark.parametrize(
    ("form", "destination"),
    [
        ("FOSTER", "FAMILY_BASED"),
        ("CHILDRENS_HOME", "RESIDENTIAL"),
        ("INFANT_HOME", "TRANSFER_SAME_FORM"),
        ("PARENTAL", "REUNIFICATION"),
        ("DETENTION", "OTHER"),
    ],
)
def test_an_arrival_that_ends_the_former_stay_says_where_the_child_went(
    world: Any, form: str, destination: str
) -> None:
    first = world.arrive(TODAY - 20 * DAY)
    world.arrive(TODAY - 5 * DAY, form=form, ends_former=True)
    former = world.child.placement(first)
    assert (former.to, former.destination, former.end_reason) == (TODAY - 5 * DAY, destination, "FOUND_ELSEWHERE")


def test_nobody_leaves_a_place_before_coming_there(world: Any) -> None:
    world.arrive(TODAY - 5 * DAY)
    with pytest.raises(domain.Impossible):
        world.arrive(TODAY - 20 * DAY, form="FOSTER", ends_former=True)


def test_a_past_stay_may_be_recorded_beside_others_but_not_over_them(world: Any) -> None:
    world.arrive(TODAY - 20 * DAY)
    world.told()
    world.arrive(TODAY - 40 * DAY, TODAY - 20 * DAY, form="FOSTER", destination="RESIDENTIAL")
    assert world.told() == ["PlacementStarted", "PlacementEnded"]
    with pytest.raises(domain.InTwoPlaces):
        world.arrive(TODAY - 21 * DAY, TODAY - 19 * DAY, form="FOSTER")
    with pytest.raises(domain.InTwoPlaces):
        world.arrive(TODAY - 30 * DAY, form="FOSTER")
    assert world.told() == []


def test_an_authorised_stay_starts_and_ends(world: Any) -> None:
    placed = world.authorise(TODAY)
    assert world.told() == ["PlacementAuthorised"]
    world.child.start(placed, TODAY - DAY, world.act())
    world.child.end(placed, TODAY, "DECISION", "REUNIFICATION", world.act())
    ended = world.child.placement(placed)
    assert (ended.from_, ended.to, ended.destination) == (TODAY - DAY, TODAY, "REUNIFICATION")
    assert world.told() == ["PlacementStarted", "PlacementEnded"]
    assert world.open_rules() == set()


def test_a_child_elsewhere_is_moved_not_started(world: Any) -> None:
    first = world.arrive(TODAY - 20 * DAY, ground=Ground.COURT_ORDERED)
    second = world.authorise(TODAY)
    with pytest.raises(domain.InTwoPlaces) as refused:
        world.child.start(second, TODAY, world.act())
    assert refused.value.remedy == "Move the child."
    world.told()
    world.child.move(second, TODAY, "REVIEW", world.act())
    former = world.child.placement(first)
    assert (former.to, former.end_reason, former.destination) == (TODAY, "REVIEW", "FAMILY_BASED")
    assert world.told() == ["PlacementEnded", "PlacementStarted", "PlacementMoved"]


def test_a_correction_restates_and_may_reopen(world: Any) -> None:
    placed = world.arrive(TODAY - 20 * DAY, TODAY - 10 * DAY, destination="OTHER")
    world.told()
    world.child.correct(placed, world.stay(TODAY - 19 * DAY, form="FOSTER"), world.act())
    assert world.child.active.id == placed
    (_, _, told), *_ = world.child.pull_facts()
    assert told == domain.PlacementCorrected(
        world.child.id, placed, "FOSTER", None, "KZ-75", TODAY - 19 * DAY, None, None, withdrawn=False,
        provider=world.child.active.provider,
    )  # fmt: skip


def test_a_correction_cannot_put_a_child_in_two_places(world: Any) -> None:
    past = world.arrive(TODAY - 20 * DAY, TODAY - 10 * DAY)
    world.arrive(TODAY - 10 * DAY)
    with pytest.raises(domain.InTwoPlaces):
        world.child.correct(past, world.stay(TODAY - 20 * DAY), world.act())


def test_a_placement_made_in_error_counts_nowhere(world: Any) -> None:
    placed = world.arrive(TODAY - 20 * DAY)
    world.told()
    world.child.withdraw(placed, world.act())
    assert world.child.active is None
    assert world.open_rules() == set()
    assert world.told() == ["PlacementCorrected", "BreachHealed"]


ALL_NEWS = frozenset(domain.Said.__dataclass_fields__)


def test_a_line_of_a_register_repeated_changes_nothing(world: Any) -> None:
    placed = world.arrive(TODAY - 20 * DAY, ground=Ground.IMPORTED)
    world.told()
    world.child.repeat(placed, world.stay(TODAY - 20 * DAY), ALL_NEWS, world.act())
    assert world.told() == []


def test_a_line_of_a_register_that_has_an_end_by_now_ends_the_stay(world: Any) -> None:
    placed = world.arrive(TODAY - 20 * DAY, ground=Ground.IMPORTED)
    world.told()
    line = world.stay(TODAY - 20 * DAY, TODAY - DAY, destination="ADOPTED")
    world.child.repeat(placed, line, ALL_NEWS, world.act())
    assert world.child.placement(placed).destination == "ADOPTED"
    assert world.told() == ["PlacementEnded", "BreachHealed"]
    world.child.repeat(placed, line, ALL_NEWS, world.act())
    assert world.told() == []
    with pytest.raises(domain.AlreadyRecordedOtherwise):
        world.child.repeat(placed, world.stay(TODAY - 20 * DAY, TODAY, destination="ADOPTED"), ALL_NEWS, world.act())
    with pytest.raises(domain.RegisterIsBehind):
        world.child.repeat(placed, world.stay(TODAY - 20 * DAY), ALL_NEWS, world.act())


def test_an_entry_made_in_error_takes_no_more_placements(world: Any) -> None:
    world.arrive(TODAY - 20 * DAY)
    world.child.hear(domain.KnownChild(confirmed=True, withdrawn=True), world.act())
    assert world.open_rules() == set()
    with pytest.raises(domain.EntryIsWithdrawn):
        world.arrive(TODAY)


def test_a_claim_that_ends_was_true_up_to_that_day(world: Any) -> None:
    first = world.arrive(TODAY - 20 * DAY)
    claim = world.arrive(TODAY - 30 * DAY, form="FOSTER")
    with pytest.raises(domain.InTwoPlaces):
        world.child.end(claim, TODAY - 10 * DAY, None, None, world.act())
    world.child.end(claim, TODAY - 20 * DAY, None, "RESIDENTIAL", world.act())
    assert world.state(claim) is State.ENDED
    assert world.child.active.id == first


def test_nobody_comes_anywhere_after_the_last_day_on_which_the_child_may_have_died(world: Any) -> None:
    world.born(date(2018, 6, 1))
    here = world.arrive(TODAY - 9 * DAY, form="FOSTER")
    world.child.hear(replace(world.child.known, died_on=TODAY - 5 * DAY), world.act())
    for arrival in ({"ends_former": True}, {}, {"to": TODAY - DAY}):
        with pytest.raises(domain.Impossible) as error:
            world.arrive(TODAY - 4 * DAY, form="FOSTER", **arrival)
        assert error.value.rule == "not-after-death"
    with pytest.raises(domain.Impossible):
        world.authorise(TODAY - 4 * DAY)
    assert [each.id for each in world.child.placements] == [here]
    world.arrive(TODAY - 5 * DAY, form="FOSTER", ends_former=True)
    world.child.end(world.child.active.id, TODAY, "NOT_RECORDED", "NOT_RECORDED", world.act())
