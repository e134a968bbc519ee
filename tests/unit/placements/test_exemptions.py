"""A rule is set aside by a deviation that two sign, or by an override that the pack allows; never silently (C12)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements import domain
from services.placements.domain import calendar, exemptions, refusals
from services.placements.domain.exemptions import Ask, ExemptionState
from services.placements.domain.situation import SiblingFacts
from shared.errors import Conflict, Invalid, NotFound
from tests.unit.placements.judged import PLACE, Around

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
SISTER = UUID(int=70)
TOGETHER, UNDER_THREE = "siblings-together", "under-three-residential"


@pytest.fixture
def infant(world: Any, book: Any) -> Any:
    """An infant whose sister lives in a home; the numbers of exemptions are those of the base pack."""
    book = world.book
    days = {"exemption_signature_due": 7, "override_holds": 14}
    book.last_day = lambda name, since, area: since + days.get(name, 14) * DAY
    book.number = lambda name, area, on: calendar.Span(3, "calendar months")
    around = Around(siblings=[SiblingFacts(child=SISTER, care_form="CHILDRENS_HOME", provider=PLACE)])
    world.act = lambda today=TODAY: domain.Act(today, book, world.ids, around)
    world.born(date(2025, 6, 1))
    return world


def asked(world: Any, form: str = "FOSTER", provider: UUID | None = SISTER, **given: Any) -> Any:
    return exemptions.asked(world.child, world.stay(TODAY, form=form, provider=provider, **given), (), TODAY)


def ask(rule: str = TOGETHER, by: str = "worker", until: date | None = None) -> Ask:
    return Ask(rule=rule, reason="RULES_COLLIDE", by=by, until=until)


def proposed(world: Any, stay: Any, asking: Ask) -> UUID:
    id_: UUID = world.ids()
    exemptions.propose(world.child, id_, stay, asking, world.act())
    return id_


def test_a_deviation_that_two_signed_lets_an_infant_go_to_a_family_without_its_sister(infant: Any) -> None:
    with pytest.raises(domain.rules.NotMet) as refused:
        infant.authorise(TODAY, provider=SISTER)
    assert (refused.value.rule, refused.value.code) == (TOGETHER, TOGETHER)
    assert refused.value.facts["yields"] == TOGETHER
    id_ = proposed(infant, asked(infant), ask())
    with pytest.raises(domain.rules.NotMet):
        infant.authorise(TODAY, provider=SISTER)
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    placed = infant.authorise(TODAY, provider=SISTER)
    assert infant.told()[-3:] == ["ExemptionProposed", "ExemptionGranted", "PlacementAuthorised"]
    infant.child.start(placed, TODAY, infant.act())
    assert infant.open_rules() == set()


def test_who_asks_does_not_sign(infant: Any) -> None:
    id_ = proposed(infant, asked(infant), ask())
    with pytest.raises(exemptions.SameSigner):
        exemptions.sign(infant.child, id_, "worker", infant.act())
    with pytest.raises(exemptions.SameSigner):
        exemptions.refuse(infant.child, id_, "worker", "NOT_CONVINCING", infant.act())
    exemptions.refuse(infant.child, id_, "supervisor", "NOT_CONVINCING", infant.act())
    with pytest.raises(Conflict):
        exemptions.sign(infant.child, id_, "supervisor", infant.act())


def test_a_rule_that_is_met_is_not_set_aside(infant: Any) -> None:
    with pytest.raises(Conflict):
        proposed(infant, asked(infant, provider=PLACE), ask())
    with pytest.raises(Invalid):
        proposed(infant, asked(infant), ask("no-such-rule"))


def test_there_is_no_deviation_where_the_rule_allows_none(infant: Any) -> None:
    with pytest.raises(exemptions.NoDeviation):
        proposed(infant, asked(infant, "CHILDRENS_HOME", provider=None), ask("registered-provider"))
    with pytest.raises(exemptions.NoDeviation):  # the sister does not live there
        proposed(infant, asked(infant, "INFANT_HOME"), ask(UNDER_THREE))


@pytest.mark.parametrize("until", [None, TODAY, date(2026, 6, 11)])
def test_the_sibling_exception_has_a_day_to_look_again(infant: Any, until: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(infant, asked(infant, "INFANT_HOME", PLACE), ask(UNDER_THREE, until=until))
    assert refused.value.field == "until"


def test_the_sibling_exception_holds_until_its_day_also_when_nobody_looked(infant: Any) -> None:
    until = date(2026, 6, 10)
    id_ = proposed(infant, asked(infant, "INFANT_HOME", PLACE), ask(UNDER_THREE, until=until))
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    placed = infant.authorise(TODAY, "INFANT_HOME", provider=PLACE)
    infant.child.start(placed, TODAY, infant.act())
    assert infant.open_rules() == set()
    assert infant.child.next_on is not None
    infant.child.pull_facts()
    infant.child.review(infant.act(until + 40 * DAY))
    ended = exemptions.find(infant.child, id_)
    assert (ended.state, ended.ended_on, ended.end_reason) == (ExemptionState.ENDED, until, "EXPIRED")
    opened = next(each for each in infant.child.breaches if each.rule == UNDER_THREE)
    assert opened.opened_on == until


def test_withdrawing_a_deviation_opens_the_breach_that_it_stood_for(infant: Any) -> None:
    placed = infant.arrive(TODAY, form="FOSTER", provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    assert TOGETHER in infant.open_rules()
    id_ = proposed(infant, infant.child.placement(placed), ask())
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    assert TOGETHER not in infant.open_rules()
    exemptions.withdraw(infant.child, id_, "REASON_GONE", infant.act())
    assert TOGETHER in infant.open_rules()
    with pytest.raises(Conflict):
        exemptions.withdraw(infant.child, id_, "REASON_GONE", infant.act())


def overridden(world: Any, stay: Any, asking: Ask, *roles: str) -> UUID:
    id_: UUID = world.ids()
    exemptions.override(world.child, id_, stay, asking, frozenset(roles), world.act())
    return id_


def test_nobody_overrides_what_the_pack_does_not_let_them(infant: Any) -> None:
    stay = asked(infant, "INFANT_HOME", SISTER)
    with pytest.raises(exemptions.NotOverridable):
        overridden(infant, stay, ask(UNDER_THREE), "supervisor")
    infant.book.roles["under_three_residential_stay"] = frozenset({"supervisor"})
    with pytest.raises(exemptions.NotOverridable) as refused:
        overridden(infant, stay, ask(UNDER_THREE), "gatekeeper")
    assert refused.value.facts == {"overridden_by": "supervisor"}
    assert "supervisor" not in f"{refused.value.message} {refused.value.remedy}"
    id_ = overridden(infant, stay, ask(UNDER_THREE), "supervisor", "gatekeeper")
    assert exemptions.find(infant.child, id_).until == TODAY + 14 * DAY


def test_an_override_opens_a_deadline_and_ends_on_it(infant: Any) -> None:
    infant.book.roles["under_three_residential_stay"] = frozenset({"supervisor"})
    placed = infant.arrive(TODAY, provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    infant.child.pull_facts()
    overridden(infant, infant.child.placement(placed), ask(UNDER_THREE, until=TODAY + 90 * DAY), "supervisor")
    assert UNDER_THREE not in infant.open_rules()
    granted = next(fact for _, _, fact in infant.child.pull_facts() if hasattr(fact, "kind") and hasattr(fact, "until"))
    assert granted.alarm().due == TODAY + 13 * DAY
    infant.child.review(infant.act(TODAY + 14 * DAY))
    assert UNDER_THREE in infant.open_rules()


def test_a_collision_of_rules_is_never_overridden(infant: Any) -> None:
    infant.book.roles["breach_due"] = frozenset({"supervisor"})
    with pytest.raises(exemptions.NotOverridable):
        overridden(infant, asked(infant), ask(), "supervisor")


def test_an_exemption_covers_no_other_stay(infant: Any) -> None:
    id_ = proposed(infant, asked(infant), ask())
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    with pytest.raises(domain.rules.NotMet):
        infant.authorise(TODAY, provider=UUID(int=77))


def test_all_rules_that_are_not_met_are_named_the_first_by_precedence(infant: Any) -> None:
    with pytest.raises(refusals.PovertyTheOnlyReason) as refused:
        infant.authorise(TODAY, "INFANT_HOME", provider=None, entry_reason="POVERTY")
    named = [error.rule for error in (refused.value, *refused.value.also)]
    assert named[0] in {"registered-provider", "not-for-poverty"}
    assert set(named) >= {"registered-provider", "not-for-poverty", UNDER_THREE, TOGETHER}
    assert named.index(UNDER_THREE) < named.index(TOGETHER)


def test_a_rule_that_only_permission_asks_is_asked_of_a_placement_too(infant: Any) -> None:
    placed = infant.arrive(TODAY, form="FOSTER", provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    with pytest.raises(Conflict):  # it is near home
        proposed(infant, infant.child.placement(placed), ask("close-to-home"))


def test_of_a_sealed_child_nothing_is_set_aside(infant: Any) -> None:
    stay = asked(infant)
    id_ = proposed(infant, stay, ask())
    infant.child.known = replace(infant.child.known, sealed=True)
    with pytest.raises(NotFound):
        exemptions.sign(infant.child, id_, "supervisor", infant.act())
    with pytest.raises(NotFound):
        proposed(infant, stay, ask())
    infant.book.roles["breach_due"] = frozenset({"supervisor"})
    with pytest.raises(NotFound):
        overridden(infant, stay, ask("takes-this-age"), "supervisor")


def leave(world: Any, stay: UUID, on: date, today: date) -> None:
    world.child.end(stay, on, "REVIEW", "OTHER", world.act(today))


def again(world: Any, from_: date) -> UUID:
    """Another stay in the same form at the same provider is asked for."""
    id_: UUID = world.ids()
    world.decide(from_=TODAY - DAY)
    stay = world.stay(from_, form="FOSTER", provider=SISTER)
    world.child.authorise(id_, stay, (), world.act(from_))
    return id_


def test_a_deviation_without_a_last_day_ends_with_the_first_stay_that_used_it(infant: Any) -> None:
    id_ = proposed(infant, asked(infant), ask())
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    never = infant.authorise(TODAY, provider=SISTER)
    infant.child.withdraw(never, infant.act())
    placed = infant.authorise(TODAY, provider=SISTER)
    infant.child.start(placed, TODAY, infant.act())
    infant.child.pull_facts()
    leave(infant, placed, TODAY + 5 * DAY, TODAY + 9 * DAY)
    found = exemptions.find(infant.child, id_)
    assert (found.state, found.end_reason, found.ended_on) == (ExemptionState.ENDED, "STAY_OVER", TODAY + 5 * DAY)
    assert "ExemptionEnded" in infant.told()
    with pytest.raises(domain.rules.NotMet) as refused:
        again(infant, TODAY + 20 * DAY)
    assert refused.value.rule == TOGETHER


def test_a_deviation_from_a_rule_in_a_stay_ends_with_it_and_opens_nothing_in_the_stay_that_is_over(infant: Any) -> None:
    placed = infant.arrive(TODAY, form="FOSTER", provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    id_ = proposed(infant, infant.child.placement(placed), ask())
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    leave(infant, placed, TODAY, TODAY + DAY)
    assert exemptions.find(infant.child, id_).end_reason == "STAY_OVER"
    assert infant.open_rules() == set()
    infant.arrive(TODAY + 3 * DAY, form="FOSTER", provider=SISTER, today=TODAY + 3 * DAY)
    assert TOGETHER in infant.open_rules()


def test_the_end_of_a_stay_that_was_an_error_ends_no_deviation_and_a_later_day_is_still_its_last(infant: Any) -> None:
    placed = infant.arrive(TODAY, form="FOSTER", provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    asking = ask(until=TODAY + 30 * DAY)
    id_ = proposed(infant, infant.child.placement(placed), asking)
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    leave(infant, placed, TODAY + DAY, TODAY + 2 * DAY)
    infant.child.pull_facts()
    infant.child.correct(placed, infant.stay(TODAY, form="FOSTER", provider=SISTER), infant.act(TODAY + 3 * DAY))
    found = exemptions.find(infant.child, id_)
    assert (found.state, found.ended_on, found.end_reason) == (ExemptionState.IN_FORCE, None, None)
    assert "ExemptionGranted" in infant.told()
    assert TOGETHER not in infant.open_rules()
    infant.child.review(infant.act(TODAY + 30 * DAY))
    assert (found.state, found.end_reason) == (ExemptionState.ENDED, "EXPIRED")


def test_a_stay_that_was_never_so_is_not_the_one_that_a_deviation_ends_with(infant: Any) -> None:
    placed = infant.arrive(TODAY, form="FOSTER", provider=SISTER, ground=domain.Ground.COURT_ORDERED)
    id_ = proposed(infant, infant.child.placement(placed), ask())
    exemptions.sign(infant.child, id_, "supervisor", infant.act())
    infant.child.withdraw(placed, infant.act())
    infant.arrive(TODAY, form="FOSTER", provider=SISTER, today=TODAY + DAY)
    assert exemptions.find(infant.child, id_).state is ExemptionState.IN_FORCE
    assert TOGETHER not in infant.open_rules()
