"""Legal measures of one child: which gives way to which, what time does, who represents the child."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.registry.domain import legal
from services.registry.domain import legal_ages as ages
from services.registry.domain.children_identity import Birth
from services.registry.domain.legal import Decision, Effect, Holder, MeasureStatus, Terms
from services.registry.domain.legal_file import GuardianInForce, LegalFile, OtherMeasure, Parent, months_later
from shared.errors import Conflict, Invalid, NotFound, Refused
from shared.ids import new_id

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
COURT = Decision("COURT", "JUDGMENT", "2-14/26", TODAY - 40 * DAY)
CHILD = ages.Capacity(adult=False, emancipated=False, of_trusteeship_age=False, own_consent={})
ADULT = replace(CHILD, adult=True)
MOTHER, FATHER, AUNT, HEAD, HOME = (new_id() for _ in range(5))


def terms(effect, from_=TODAY - 30 * DAY, to=None, **more):
    if effect in legal.REPRESENTING | {Effect.CUSTODY}:
        more.setdefault("holder", Holder("RELATIVE", AUNT))
    if effect is Effect.LEFT_WITHOUT_CARE:
        more.setdefault("cause", "ABANDONED")
    return Terms(effect.upper(), effect, from_, COURT, to, **more)


@pytest.fixture
def file():
    return LegalFile(new_id(), [])


def record(file, effect, *, supersedes=(), joint=False, today=TODAY, **more):
    made = terms(effect, **more)
    return file.record(new_id(), made, supersedes=supersedes, joint=joint, today=today, report_months=12)


def told(*measures):
    facts = sorted((moment, type(fact).__name__) for each in measures for moment, _, fact in each.pull_facts())
    return [name for _, name in facts]


def represents(file, parents=(), on=TODAY, capacity=CHILD):
    return {
        each.person or each.kind
        for each in file.representatives([Parent(each) for each in parents], on, TODAY, capacity)
    }


class TestLife:
    def test_a_measure_decided_is_in_force_from_its_day(self, file):
        now, later = record(file, Effect.CUSTODY), record(file, Effect.CUSTODY, from_=TODAY + DAY)
        assert (now.status, later.status, later.due) == (MeasureStatus.IN_FORCE, MeasureStatus.RECORDED, TODAY + DAY)
        assert not file.advance(later, TODAY, 12)
        assert file.advance(later, TODAY + DAY, 12)
        assert told(now, later) == ["LegalMeasureRecorded", "LegalMeasureRecorded", "LegalMeasureCommenced"]

    def test_its_term_ends_it(self, file):
        measure = record(file, Effect.CUSTODY, to=TODAY + 5 * DAY)
        assert not file.advance(measure, TODAY + 4 * DAY, 12)
        assert file.advance(measure, TODAY + 6 * DAY, 12)
        assert (measure.status, measure.ending) == (
            MeasureStatus.ENDED, legal.Ending(TODAY + 5 * DAY, "TERM_OVER"),
        )  # fmt: skip
        assert not file.advance(measure, TODAY + 6 * DAY, 12)

    def test_one_that_is_over_by_now_is_recorded_and_ended_and_touches_no_other(self, file):
        aunt = record(file, Effect.PRELIMINARY_GUARDIANSHIP)
        past = record(file, Effect.GUARDIANSHIP, to=TODAY - DAY, holder=Holder("RELATIVE", MOTHER))
        assert (past.status, aunt.status) == (MeasureStatus.ENDED, MeasureStatus.IN_FORCE)

    def test_a_decision_of_tomorrow_is_refused(self, file):
        with pytest.raises(Invalid) as refused:
            record(file, Effect.CUSTODY).terms and file.record(
                new_id(),
                replace(terms(Effect.CUSTODY), decision=replace(COURT, made_on=TODAY + DAY)),
                supersedes=(), joint=False, today=TODAY, report_months=12,
            )  # fmt: skip
        assert (refused.value.field, refused.value.rule) == ("decision.made_on", "not-in-the-future")

    def test_lifted_ended_and_withdrawn(self, file):
        measure = record(file, Effect.CUSTODY)
        with pytest.raises(Invalid):
            file.end(measure, legal.Ending(TODAY + DAY, "LIFTED"), TODAY)
        with pytest.raises(Invalid):
            file.end(measure, legal.Ending(TODAY - 31 * DAY, "LIFTED"), TODAY)
        file.end(measure, legal.Ending(TODAY, "LIFTED"), TODAY)
        with pytest.raises(legal.MeasureIsOver):
            file.end(measure, legal.Ending(TODAY, "LIFTED"), TODAY)
        measure.withdraw(TODAY)
        assert told(measure) == ["LegalMeasureRecorded", "LegalMeasureEnded", "LegalMeasureCorrected"]
        with pytest.raises(legal.MeasureIsOver):
            measure.withdraw(TODAY)
        with pytest.raises(legal.MeasureIsOver):
            file.correct(measure, measure.terms, TODAY)

    def test_a_correction_keeps_what_was_said_and_makes_no_other_measure_of_it(self, file):
        measure = record(file, Effect.CUSTODY)
        right = terms(Effect.CUSTODY, from_=TODAY - 20 * DAY)
        before = measure.terms
        file.correct(measure, right, TODAY)
        assert (measure.terms, measure.before) == (right, (before,))
        for wrong in (terms(Effect.LEFT_WITHOUT_CARE), terms(Effect.CUSTODY, from_=TODAY + DAY)):
            with pytest.raises(OtherMeasure) as refused:
                file.correct(measure, wrong, TODAY)
            assert "Withdraw" in refused.value.remedy

    def test_a_corrected_term_moves_the_end_but_revives_nothing(self, file):
        measure = record(file, Effect.CUSTODY, to=TODAY - 5 * DAY)
        file.correct(measure, replace(measure.terms, to=TODAY - 7 * DAY), TODAY)
        assert measure.ending.on == TODAY - 7 * DAY
        with pytest.raises(OtherMeasure):
            file.correct(measure, replace(measure.terms, to=None), TODAY)

    def test_no_measure_of_another_file(self, file):
        with pytest.raises(NotFound):
            file.measure(new_id())


class TestAppeal:
    def test_an_appeal_with_suspensive_effect_lets_a_measure_rest_until_it_is_decided(self, file):
        measure = record(file, Effect.GUARDIANSHIP)
        file.appeal(measure, TODAY, True, TODAY)
        assert (measure.acts, represents(file)) == (False, set())
        with pytest.raises(Conflict):
            file.appeal(measure, TODAY, False, TODAY)
        file.decide_appeal(measure, TODAY, True, TODAY, 12)
        assert (measure.acts, represents(file)) == (True, {AUNT})

    def test_an_appeal_without_it_changes_nothing_until_it_overturns(self, file):
        measure = record(file, Effect.GUARDIANSHIP)
        file.appeal(measure, TODAY, False, TODAY)
        assert measure.acts
        file.decide_appeal(measure, TODAY, False, TODAY, 12)
        assert (measure.status, measure.ending.reason) == (MeasureStatus.ENDED, "OVERTURNED")

    def test_what_rests_before_it_began_begins_when_the_appeal_fails(self, file):
        measure = record(file, Effect.GUARDIANSHIP, from_=TODAY + DAY)
        file.appeal(measure, TODAY, True, TODAY)
        assert measure.due is None
        file.decide_appeal(measure, TODAY + 2 * DAY, True, TODAY + 2 * DAY, 12)
        assert measure.status is MeasureStatus.IN_FORCE

    @pytest.mark.parametrize("upheld", [True, False])
    def test_no_appeal_is_decided_that_nobody_lodged(self, file, upheld):
        with pytest.raises(Conflict) as refused:
            file.decide_appeal(record(file, Effect.CUSTODY), TODAY, upheld, TODAY, 12)
        assert refused.value.rule == "appeal-is-running"


class TestTogether:
    def test_rights_of_one_parent_give_way_to_later_ones_of_the_same_parent(self, file):
        limited = record(file, Effect.RIGHTS_LIMITED, from_=TODAY - 90 * DAY, person=MOTHER)
        other = record(file, Effect.RIGHTS_LIMITED, person=FATHER)
        removed = record(file, Effect.RIGHTS_REMOVED, person=MOTHER)
        late = record(file, Effect.RIGHTS_LIMITED, from_=TODAY - 60 * DAY, person=MOTHER)
        assert [each.status for each in (limited, other, removed, late)] == [
            MeasureStatus.SUPERSEDED, MeasureStatus.IN_FORCE, MeasureStatus.IN_FORCE, MeasureStatus.SUPERSEDED,
        ]  # fmt: skip
        assert (limited.ending.on, late.ending.on) == (removed.terms.from_, removed.terms.from_)

    def test_a_second_guardian_is_refused_unless_joint_or_in_place_of_the_first(self, file):
        first = record(file, Effect.GUARDIANSHIP)
        with pytest.raises(GuardianInForce) as refused:
            record(file, Effect.TRUSTEESHIP, holder=Holder("OTHER_PERSON", FATHER))
        assert "jointly" in refused.value.remedy
        assert len(file.measures) == 1
        record(file, Effect.GUARDIANSHIP, holder=Holder("OTHER_PERSON", FATHER), joint=True)
        assert represents(file) == {AUNT, FATHER}
        record(file, Effect.GUARDIANSHIP, holder=Holder("STATE_BODY"), supersedes=(first.id,), joint=True)
        assert represents(file) == {FATHER, "STATE_BODY"}

    def test_one_guardian_of_the_person_and_one_of_the_property_stand_side_by_side(self, file):
        record(file, Effect.GUARDIANSHIP, holder=Holder("RELATIVE", AUNT, of_property=False))
        record(file, Effect.GUARDIANSHIP, holder=Holder("OTHER_PERSON", FATHER, of_person=False))
        assert represents(file) == {AUNT, FATHER}

    def test_a_preliminary_guardian_gives_way_to_the_guardian(self, file):
        preliminary = record(file, Effect.PRELIMINARY_GUARDIANSHIP, holder=Holder("STATE_BODY"))
        record(file, Effect.GUARDIANSHIP)
        assert (preliminary.status, represents(file)) == (MeasureStatus.SUPERSEDED, {AUNT})

    def test_emancipation_ends_guardianship(self, file):
        guardian = record(file, Effect.GUARDIANSHIP)
        record(file, Effect.EMANCIPATION, from_=TODAY - DAY)
        assert (guardian.status, guardian.ending.reason) == (MeasureStatus.ENDED, "EMANCIPATED")
        assert (file.emancipated(TODAY, TODAY), file.emancipated(TODAY - 2 * DAY, TODAY)) == (True, False)

    def test_guardianship_becomes_trusteeship_on_the_day_with_all_it_held(self, file):
        guardian = record(file, Effect.GUARDIANSHIP)
        due = guardian.report_due
        trustee = file.become_trusteeship(guardian, new_id(), "TRUSTEESHIP", TODAY - DAY, TODAY)
        assert (guardian.status, guardian.ending.on, guardian.report_due) == (
            MeasureStatus.SUPERSEDED, TODAY - DAY, None,
        )  # fmt: skip
        assert (trustee.terms.effect, trustee.terms.from_, trustee.acts) == (Effect.TRUSTEESHIP, TODAY - DAY, True)
        assert (trustee.terms.holder, trustee.report_due) == (guardian.terms.holder, due)
        assert represents(file) == {AUNT}

    def test_coming_of_age_ends_what_others_hold_but_what_a_court_let_last(self, file):
        guardian = record(file, Effect.GUARDIANSHIP)
        kept = record(file, Effect.GUARDIANSHIP, holder=Holder("STATE_BODY"), beyond_majority=True, joint=True)
        later = record(file, Effect.CUSTODY, from_=TODAY + 9 * DAY)
        suspicion = record(file, Effect.SUSPICION, person=FATHER)
        file.come_of_age(TODAY, TODAY)
        assert {guardian.ending.reason, later.ending.reason} == {"CAME_OF_AGE"}
        assert (kept.is_open, suspicion.is_open) == (True, True)
        assert represents(file, [MOTHER], capacity=ADULT) == {"STATE_BODY"}


class TestRepresentatives:
    def test_parents_with_full_rights_represent_and_others_do_not(self, file):
        assert represents(file, [MOTHER, FATHER]) == {MOTHER, FATHER}
        record(file, Effect.RIGHTS_REMOVED, person=FATHER)
        assert represents(file, [MOTHER, FATHER]) == {MOTHER}
        record(file, Effect.RIGHTS_FULL, from_=TODAY - DAY, person=FATHER)
        assert represents(file, [MOTHER]) == {MOTHER, FATHER}
        assert represents(file, [MOTHER, FATHER], on=TODAY - 2 * DAY) == {MOTHER}

    def test_the_loss_of_care_is_of_one_parent_or_of_both(self, file):
        one = record(file, Effect.LEFT_WITHOUT_CARE, person=MOTHER)
        assert represents(file, [MOTHER, FATHER]) == {FATHER}
        one.withdraw(TODAY)
        record(file, Effect.LEFT_WITHOUT_CARE)
        assert represents(file, [MOTHER, FATHER]) == set()

    def test_whoever_is_suspected_of_the_harm_represents_nobody_guardian_or_parent(self, file):
        record(file, Effect.GUARDIANSHIP)
        for who in (MOTHER, AUNT):
            record(file, Effect.SUSPICION, person=who)
        assert represents(file, [MOTHER, FATHER]) == {FATHER}
        assert file.unfit(TODAY, TODAY) == {MOTHER, AUNT}

    def test_a_measure_withdrawn_never_was(self, file):
        measure = record(file, Effect.GUARDIANSHIP)
        measure.withdraw(TODAY)
        assert represents(file) == set()
        assert represents(file, on=TODAY - DAY) == set()

    def test_a_parent_is_one_in_the_days_of_the_relationship(self, file):
        parent = Parent(MOTHER, TODAY, TODAY + DAY)
        days = (TODAY - DAY, TODAY, TODAY + DAY)
        assert [bool(file.representatives([parent], day, TODAY, CHILD)) for day in days] == [False, True, False]


class TestReports:
    def test_a_report_moves_the_next_one_past_its_own_day(self, file):
        measure = record(file, Effect.GUARDIANSHIP, from_=date(2024, 8, 31))
        assert measure.report_due == date(2025, 8, 31)
        file.report(measure, legal.Report(TODAY, "A flat"), TODAY, 6)
        assert measure.report_due == date(2026, 8, 28)
        assert months_later(date(2025, 8, 31), 6) == date(2026, 2, 28)

    def test_who_is_no_guardian_reports_nothing(self, file):
        with pytest.raises(Refused):
            file.report(record(file, Effect.CUSTODY), legal.Report(TODAY), TODAY, 12)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: terms(Effect.CUSTODY, to=TODAY - 30 * DAY), "to"),
        (lambda: terms(Effect.RIGHTS_REMOVED), "person"),
        (lambda: terms(Effect.CUSTODY, holder=None), "holder"),
        (lambda: terms(Effect.EMANCIPATION, holder=Holder("STATE_BODY")), "holder"),
        (lambda: terms(Effect.LEFT_WITHOUT_CARE, cause=None), "cause"),
        (lambda: Holder("RELATIVE"), "holder.person"),
        (lambda: Holder("INSTITUTION_HEAD", HEAD), "holder.provider"),
        (lambda: Holder("RELATIVE", AUNT, HOME), "holder.provider"),
        (lambda: Holder("STATE_BODY", of_person=False, of_property=False), "holder"),
    ],
)
def test_what_a_measure_lacks_is_refused_by_field(make, field):
    with pytest.raises(Invalid) as refused:
        make()
    assert refused.value.field == field


LAW = ages.Ages(18, "03-01", 14, {"CARE_BY_GUARDIAN": 10, "RESEARCH": None})


def born(first, last=None):
    precision = "day" if last is None else "year"
    return Birth(first, last or first, precision, "documented")


@pytest.mark.parametrize(
    ("birth", "day", "adult"),
    [
        (born(date(2008, 3, 10)), date(2026, 3, 9), False),
        (born(date(2008, 3, 10)), date(2026, 3, 10), True),
        (born(date(2008, 2, 29)), date(2026, 2, 28), False),
        (born(date(2008, 2, 29)), date(2026, 3, 1), True),
        (born(date(2008, 1, 1), date(2008, 12, 31)), date(2026, 12, 30), False),
        (born(date(2008, 1, 1), date(2008, 12, 31)), date(2026, 12, 31), True),
        (Birth(None, None, "year", "estimated"), date(2126, 1, 1), False),
    ],
)
def test_a_child_is_a_child_until_certainly_of_age(birth, day, adult):
    assert ages.capacity(birth, day, LAW).adult is adult


def test_a_child_is_asked_as_soon_as_it_may_be_old_enough():
    uncertain = born(date(2016, 1, 1), date(2016, 12, 31))
    own = ages.capacity(uncertain, date(2026, 1, 1), LAW).own_consent
    assert own == {"CARE_BY_GUARDIAN": "needed", "RESEARCH": "age-not-known"}
    assert ages.capacity(uncertain, date(2025, 12, 31), LAW).own_consent["CARE_BY_GUARDIAN"] == "not-yet"
    nobody_knows = Birth(None, None, "year", "estimated")
    assert ages.capacity(nobody_knows, TODAY, LAW).own_consent["CARE_BY_GUARDIAN"] == "birth-not-known"
    assert set(ages.capacity(uncertain, TODAY, LAW, emancipated=True).own_consent.values()) == {"alone"}
    assert ages.capacity(born(date(2012, 3, 10)), TODAY, LAW).of_trusteeship_age
