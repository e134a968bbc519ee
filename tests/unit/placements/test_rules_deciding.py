"""The rules on how a decision came about, and those that fall due as care goes on (CARE C2, C4, C6, C12)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain import RULES, Ground
from services.placements.domain.rules import When
from services.placements.domain.situation import CaseFacts, OptionFacts
from tests.unit.placements.judged import PLACE, TODAY, asked, lived, said, situation

DAY = timedelta(days=1)
STAY = UUID(int=50)
CASE = CaseFacts(
    case=UUID(int=60),
    kind="ENTRY",
    assessed=True,
    necessity=True,
    suitability=True,
    absolutely_necessary=True,
    last_resort=True,
    best_interests=True,
    short_with_end=True,
    options=(OptionFacts(care_form="FOSTER", answer="NO_ROOM"),),
    kin_searched=True,
    child_heard=True,
    child_consents=True,
    parents_heard=True,
    parents_agree=True,
    professions=frozenset({"TEACHER", "PHYSICIAN"}),
    panel=frozenset({"p1", "p2"}),
    assessed_by=frozenset({"worker"}),
)


@dataclass
class Decision:
    """A decision as rules see it."""

    act: str = "ENTRY"
    situation: str = "WITH_PARENTS"
    decided_by: str = "chair"
    second_by: str | None = None
    ordered: bool = False


def deciding(book: Any, case: CaseFacts | None = CASE, *, about: Decision | None = None, **given: Any) -> Any:
    more = {"case": case, "decision": about or Decision()}
    return situation(book, when=When.DECIDING, more=more, **given)


GATE = [
    ("necessity-found", {"necessity": False}),
    ("necessity-found", {"necessity": None}),
    ("suitability-found", {"suitability": None}),
    ("kin-searched", {"kin_searched": None}),
    ("kin-searched", {"kin_searched": False}),
    ("child-heard", {"child_heard": None}),
    ("child-heard", {"child_heard": False}),
    ("parents-heard", {"parents_heard": None}),
    ("parents-heard", {"parents_heard": False}),
    ("panel-of-two-professions", {"professions": frozenset({"TEACHER"})}),
]


@pytest.mark.parametrize(("rule", "lacks"), GATE)
def test_what_was_not_recorded_keeps_a_decision_from_being_made(book: Any, rule: str, lacks: dict[str, Any]) -> None:
    assert said(rule, deciding(book)).satisfied
    assert not said(rule, deciding(book, replace(CASE, **lacks))).satisfied
    assert not said(rule, deciding(book, None)).satisfied


def test_a_child_that_was_not_heard_needs_a_reason(book: Any) -> None:
    with_reason = replace(CASE, child_heard=False, not_heard_reason="TRAUMA")
    assert said("child-heard", deciding(book, with_reason)).satisfied


def test_a_child_is_heard_also_before_it_goes_home(book: Any) -> None:
    home = {"about": Decision(act="RETURN"), "form": "PARENTAL", "provider": None}
    assert not said("child-heard", deciding(book, None, **home)).satisfied
    assert said("child-heard", situation(book, when=When.DECIDING, form="PARENTAL", provider=None)) is None
    assert said("necessity-found", deciding(book, None, **home)) is None


def test_an_act_that_leads_home_asks_for_no_less_where_it_places_the_child_in_care(book: Any) -> None:
    for act in ("RETURN", "TRIAL_AT_HOME", "EXIT_BEFORE_18"):
        away = deciding(book, replace(CASE, necessity=False), about=Decision(act=act), form="FOSTER")
        assert not said("necessity-found", away).satisfied
        assert not said("care-form-permitted", away).satisfied
        home = deciding(book, None, about=Decision(act=act), form="PARENTAL", provider=None)
        assert said("care-form-permitted", home).satisfied
    court = deciding(book, about=Decision(act="RETURN", ordered=True), form="FOSTER")
    assert said("care-form-permitted", court).satisfied


def test_parents_who_are_not_there_are_not_heard(book: Any) -> None:
    assert said("parents-heard", deciding(book, None, about=Decision(situation="FOUND_ALONE"))) is None


@pytest.mark.parametrize("lacks", ["absolutely_necessary", "last_resort", "best_interests", "short_with_end"])
def test_four_findings_stand_behind_an_infant_in_residential_care(book: Any, lacks: str) -> None:
    infant = {"born_to": date(2025, 6, 1)}
    assert said("last-resort-found", deciding(book, **infant)).satisfied
    verdict = said("last-resort-found", deciding(book, replace(CASE, **{lacks: None}), **infant))
    assert not verdict.satisfied
    assert verdict.facts["missing"] == lacks
    assert said("last-resort-found", deciding(book, form="FOSTER", **infant)) is None
    assert said("last-resort-found", deciding(book)) is None


def test_last_resort_means_that_a_family_was_asked(book: Any) -> None:
    nobody = replace(CASE, options=(OptionFacts(care_form="FOSTER", answer="NOT_ASKED"),))
    assert not said("last-resort-found", deciding(book, nobody, born_to=date(2025, 6, 1))).satisfied


def test_nothing_is_a_last_resort_while_a_family_agrees_and_no_reason_speaks_against_it(book: Any) -> None:
    family, born_to = OptionFacts(care_form="FOSTER", answer="YES_AGREES"), date(2025, 6, 1)
    willing = said("last-resort-found", deciding(book, replace(CASE, options=(family,)), born_to=born_to))
    assert (willing.satisfied, willing.facts["reasons"]) == (False, "none")
    unsafe = replace(CASE, options=(replace(family, reason="NOT_SAFE_THERE"),))
    assert said("last-resort-found", deciding(book, unsafe, born_to=born_to)).satisfied


def test_the_family_of_a_child_on_its_own_is_traced_before_kafalah_whoever_signs(book: Any) -> None:
    alone = replace(CASE, reasons=("UNACCOMPANIED",), kin_searched=False)
    judged = said("tracing-before-kafalah", deciding(book, alone, form="KAFALAH"))
    assert not judged.satisfied
    assert not RULES["tracing-before-kafalah"].deviation
    assert said("tracing-before-kafalah", deciding(book, replace(alone, kin_searched=True), form="KAFALAH")).satisfied
    assert said("tracing-before-kafalah", deciding(book, alone, form="FOSTER")) is None
    assert said("tracing-before-kafalah", deciding(book, replace(alone, reasons=("NEGLECT",)), form="KAFALAH")) is None


def test_a_child_consents_as_soon_as_it_may_be_of_the_age(book: Any) -> None:
    refuses = replace(CASE, child_consents=False)
    assert said("child-consent", deciding(book, refuses)) is None
    book.numbers = replace(book.numbers, child_consent_age=10)
    ten = {"born_from": date(2016, 1, 1), "born_to": date(2017, 12, 31)}
    assert not said("child-consent", deciding(book, refuses, **ten)).satisfied
    assert said("child-consent", deciding(book, **ten)).satisfied
    assert said("child-consent", deciding(book, refuses, born_to=date(2016, 3, 11))) is None


def test_who_assessed_does_not_decide_alone(book: Any) -> None:
    def by(**given: Any) -> Any:
        return said("separation-of-duties", deciding(book, about=Decision(**given))).satisfied

    assert by(decided_by="chair")
    assert not by(decided_by="worker")
    assert by(decided_by="worker", second_by="chair")
    assert not by(decided_by="worker", second_by="worker")


def test_the_staff_of_a_place_sits_on_no_panel_that_fills_it(book: Any) -> None:
    own = replace(CASE, staff_of=frozenset({PLACE}))
    assert not said("separation-of-duties", deciding(book, own)).satisfied
    assert said("separation-of-duties", deciding(book, own, provider=UUID(int=10))).satisfied


def test_a_place_that_is_named_after_the_decision_is_not_filled_by_its_own_staff_either(book: Any) -> None:
    own = {"case": replace(CASE, staff_of=frozenset({PLACE})), "decision": Decision(decided_by="worker")}
    verdict = said("separation-of-duties", situation(book, more=own))
    assert (verdict.satisfied, verdict.facts) == (False, {"own_staff_on_panel": "yes"})
    assert said("separation-of-duties", situation(book, provider=UUID(int=10), more=own)).satisfied
    assert said("separation-of-duties", situation(book, more={"decision": Decision()})) is None


def test_care_on_the_parents_agreement_has_it(book: Any) -> None:
    by_agreement = Decision(situation="VOLUNTARY")
    assert said("voluntary-agreement", deciding(book, about=by_agreement)).satisfied
    withdrawn = replace(CASE, parents_agree=False)
    assert not said("voluntary-agreement", deciding(book, withdrawn, about=by_agreement)).satisfied
    assert said("voluntary-agreement", deciding(book)) is None


def test_whoever_passes_over_a_form_that_comes_first_asked_for_it(book: Any) -> None:
    ranks = {"KINSHIP_FORMAL": 1, "FOSTER": 2, "INFANT_HOME": 4}
    plain = book.care_form
    book.care_form = lambda code: replace(
        plain(code if code in {"FOSTER", "INFANT_HOME"} else "FOSTER"), preference=ranks[code]
    )
    options = tuple(OptionFacts(care_form=form, answer="NO") for form in ("KINSHIP_FORMAL", "FOSTER"))
    assert not said("preference-order", deciding(book, replace(CASE, options=options))).satisfied  # 3: nobody asked
    ranks["INFANT_HOME"] = 3
    assert said("preference-order", deciding(book, replace(CASE, options=options))).satisfied
    verdict = said("preference-order", deciding(book, replace(CASE, options=options[1:])))
    assert verdict.facts["not_asked"] == "1"
    assert verdict.deviable
    kin = OptionFacts(care_form="KINSHIP_FORMAL", answer="YES_AGREES")
    verdict = said("preference-order", deciding(book, replace(CASE, options=(kin, options[1]))))
    assert (verdict.satisfied, verdict.facts["reasons"]) == (False, "none")
    assert verdict.deviable
    unsafe = replace(kin, reason="NOT_SAFE_THERE")
    assert said("preference-order", deciding(book, replace(CASE, options=(unsafe, options[1])))).satisfied


@dataclass
class Held:
    """A review that was held."""

    held_on: date
    placement: UUID = STAY
    again_by: date | None = None
    counts: bool = True


@pytest.mark.parametrize(
    ("began", "due"),
    [
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2025, 12, 10), date(2026, 3, 10)),
        (date(2025, 12, 31), date(2026, 3, 31)),
    ],
)
def test_temporary_care_is_reviewed_every_three_calendar_months(book: Any, began: date, due: date) -> None:
    stay = lived(began)

    def on(day: date, *reviews: Held) -> Any:
        return said("review-in-time", situation(book, stay=stay, today=day, more={"reviews": reviews}))

    assert on(due).satisfied
    assert on(due).until == due + DAY
    assert not on(due + DAY).satisfied
    assert on(due + DAY).due == due + DAY
    assert on(due + DAY, Held(due)).satisfied


def test_long_term_care_is_reviewed_at_the_packs_interval(book: Any) -> None:
    stay = lived(date(2025, 6, 1), form="FOSTER", kind="permanent")
    assert said("review-in-time", situation(book, stay=stay)).satisfied


def test_an_imported_stay_is_reviewed_from_the_day_of_the_import_on(book: Any) -> None:
    stay = lived(date(2015, 1, 1), ground=Ground.IMPORTED)
    assert said("review-in-time", situation(book, stay=stay)).satisfied
    assert not said("review-in-time", situation(book, stay=stay, today=date(2026, 6, 11))).satisfied


def test_a_guardian_is_appointed_in_time(book: Any) -> None:
    def since(day: date) -> Any:
        return said("guardian-in-time", situation(book, stay=lived(day), more={"unrepresented_since": day}))

    assert since(date(2026, 2, 10)).satisfied
    assert not since(date(2026, 2, 9)).satisfied
    assert said("guardian-in-time", situation(book, stay=lived(TODAY))) is None


def test_the_least_age_for_residential_care_is_the_packs(book: Any) -> None:
    assert said("minimum-age-residential", situation(book)) is None
    book.numbers = replace(book.numbers, minimum_age_residential=7)

    def of(born_to: date | None, **given: Any) -> Any:
        return said("minimum-age-residential", situation(book, born_to=born_to, **given))

    assert of(date(2019, 3, 10)).satisfied
    assert not of(date(2019, 3, 11)).satisfied
    assert of(date(2019, 3, 11), from_=TODAY + DAY).satisfied
    assert not of(None).satisfied
    assert of(date(2025, 1, 1), form="FOSTER") is None
    young = of(date(2019, 6, 1), stay=lived(TODAY))
    assert young.until == date(2026, 6, 1)


def test_deciding_permitting_and_standing_rules_are_all_tried_somewhere(book: Any) -> None:
    assert {when for rule in RULES.values() for when in rule.when} == set(When)
    assert said("siblings-together", situation(book, stay=asked())) is None


@dataclass
class Taken:
    """A child that was taken at once, as rules see it."""

    named: bool | None
    placement: UUID = STAY
    taken_by: str = "NEIGHBOUR"
    situation: str = "WITH_PARENTS"


def test_only_a_body_that_the_law_names_takes_a_child_at_once(book: Any) -> None:
    def by(named: bool | None) -> Any:
        stay = lived(TODAY, kind="emergency")
        return said("removal-by-body-named", situation(book, stay=stay, more={"removals": [Taken(named)]}))

    assert by(True) is None
    assert by(None) is None
    assert not by(False).satisfied
    assert by(False).facts["taken_by"] == "NEIGHBOUR"
