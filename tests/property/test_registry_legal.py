"""Whatever happens to the measures and consents of a child, in whatever order: the tables of states hold, and events
alone tell the same.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.registry.domain import legal
from services.registry.domain import legal_ages as ages
from services.registry.domain import legal_consents as consents
from services.registry.domain.children_identity import Birth
from services.registry.domain.legal import Decision, Effect, Holder, LegalMeasure, MeasureStatus, Terms
from services.registry.domain.legal_file import LegalFile, Parent
from shared.errors import KinwardError
from shared.ids import new_id

START = date(2026, 1, 1)
DAY = timedelta(days=1)
PERSONS = [new_id() for _ in range(3)]
DAYS = st.integers(-60, 60).map(lambda days: days * DAY)
EFFECTS = st.sampled_from([*Effect, *sorted(legal.RIGHTS)])  # rights twice as often: they give way to each other
CHILD = ages.Capacity(adult=False, emancipated=False, of_trusteeship_age=False, own_consent={})


class OneFile(RuleBasedStateMachine):
    """The legal file of one child while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.file = LegalFile(new_id(), [])
        self.today = START
        self.known: dict[LegalMeasure, MeasureStatus] = {}
        self.told: dict[object, str] = {}
        self.joint: set[object] = set()

    def attempt(self, what, *arguments, **more):
        try:
            return what(*arguments, **more)
        except KinwardError as error:
            assert error.field
            return None

    @rule(effect=EFFECTS, who=st.sampled_from(PERSONS), start=DAYS, lasts=st.none() | DAYS,
          joint=st.booleans(), beyond=st.booleans())  # fmt: skip
    def record(self, effect, who, start, lasts, joint, beyond):
        held = effect in legal.REPRESENTING | {Effect.CUSTODY}
        from_ = self.today + start
        try:
            terms = Terms(
                "K", effect, from_, Decision("COURT", "ORDER"), from_ + lasts if lasts is not None else None,
                person=None if held else who, holder=Holder("RELATIVE", who) if held else None,
                cause="ABANDONED" if effect is Effect.LEFT_WITHOUT_CARE else None, beyond_majority=beyond,
            )  # fmt: skip
        except KinwardError:
            return
        made = self.attempt(
            self.file.record, new_id(), terms, supersedes=(), joint=joint, today=self.today, report_months=12
        )
        if made is not None and joint:
            self.joint.add(made.id)

    @precondition(lambda self: self.file.measures)
    @rule(data=st.data(), back=st.integers(0, 60))
    def end(self, data, back):
        measure = data.draw(st.sampled_from(self.file.measures))
        self.attempt(self.file.end, measure, legal.Ending(self.today - back * DAY, "LIFTED"), self.today)

    @precondition(lambda self: self.file.measures)
    @rule(data=st.data())
    def withdraw(self, data):
        self.attempt(data.draw(st.sampled_from(self.file.measures)).withdraw, self.today)

    @precondition(lambda self: self.file.measures)
    @rule(data=st.data(), start=DAYS)
    def correct(self, data, start):
        measure = data.draw(st.sampled_from(self.file.measures))
        terms = self.attempt(replace, measure.terms, from_=self.today + start)
        if terms is not None:
            self.attempt(self.file.correct, measure, terms, self.today)
            self.file.advance(measure, self.today, 12)

    @precondition(lambda self: self.file.measures)
    @rule(data=st.data(), suspends=st.booleans())
    def appeal(self, data, suspends):
        measure = data.draw(st.sampled_from(self.file.measures))
        self.attempt(self.file.appeal, measure, self.today, suspends, self.today)

    @precondition(lambda self: self.file.measures)
    @rule(data=st.data(), upheld=st.booleans())
    def decide(self, data, upheld):
        measure = data.draw(st.sampled_from(self.file.measures))
        self.attempt(self.file.decide_appeal, measure, self.today, upheld, self.today, 12)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.today += days * DAY
        for measure in list(self.file.measures):
            self.file.advance(measure, self.today, 12)
            assert not self.file.advance(measure, self.today, 12) or measure.status is MeasureStatus.ENDED

    @rule()
    def birthday(self):
        for each in list(self.file.measures):
            if each.terms.effect is Effect.GUARDIANSHIP and each.status is MeasureStatus.IN_FORCE:
                self.file.become_trusteeship(each, new_id(), "T", self.today, self.today)

    @rule()
    def come_of_age(self):
        self.file.come_of_age(self.today, self.today)
        kept = [each.terms for each in self.file.measures if each.is_open]
        assert all(each.beyond_majority or each.effect is Effect.SUSPICION for each in kept)
        adult = replace(CHILD, adult=True)
        for each in self.file.representatives([Parent(PERSONS[0])], self.today, self.today, adult):
            assert each.role == "guardian"

    @invariant()
    def states_follow_the_table(self):
        for each in self.file.measures:
            before = self.known.get(each, each.status)
            assert before is each.status or _reachable(before, each.status)
            self.known[each] = each.status

    @invariant()
    def an_end_has_its_day_and_a_report_its_guardian(self):
        for each in self.file.measures:
            over = each.status in {MeasureStatus.ENDED, MeasureStatus.SUPERSEDED}
            assert not over or each.ending is not None
            assert each.ending is None or each.ending.on >= each.terms.from_
            assert each.report_due is None or (
                each.status is MeasureStatus.IN_FORCE and each.terms.effect in legal.REPRESENTING
            )

    @invariant()
    def one_parent_has_one_standing(self):
        held = [each.terms for each in self.file.measures if each.status is MeasureStatus.IN_FORCE]
        assert max(Counter(each.person for each in held if each.effect in legal.RIGHTS).values(), default=0) <= 1

    @invariant()
    def nobody_unfit_represents(self):
        found = self.file.representatives([Parent(each) for each in PERSONS], self.today, self.today, CHILD)
        assert not {each.person for each in found} & self.file.unfit(self.today, self.today)

    @invariant()
    def the_events_alone_tell_what_is_in_force(self):
        facts = sorted((moment, each.id, fact) for each in self.file.measures for moment, _, fact in each.pull_facts())
        for _, id_, fact in facts:
            self.told[id_] = _said(fact, self.told.get(id_, ""))
        held = {each.id for each in self.file.measures if each.acts}
        assert {id_ for id_, state in self.told.items() if state == "acts"} == held


def _reachable(before, after):
    """Whether a state comes after another, over one or more steps of the table."""
    steps = legal.MEASURE_TRANSITIONS[before]
    return after in steps or any(after in legal.MEASURE_TRANSITIONS[each] for each in steps)


def _said(fact, before):
    """What an event says of a measure."""
    name = type(fact).__name__
    if name in {"LegalMeasureRecorded", "LegalMeasureCorrected"}:
        return "acts" if fact.in_force else "rests" if before in {"acts", "rests"} and not fact.withdrawn else "no"
    if name == "LegalMeasureCommenced":
        return "acts"
    if name == "LegalMeasureAppealed" and before in {"acts", "rests"}:
        return "rests" if fact.suspended else "acts"
    return "no" if name == "LegalMeasureEnded" else before


TestOneFile = OneFile.TestCase
TestOneFile.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)


@given(
    steps=st.lists(st.sampled_from(["withdraw", "lapse"]), max_size=4),
    by_child=st.booleans(),
    days=st.lists(st.integers(0, 5), min_size=4, max_size=4),
)
def test_a_consent_ends_at_most_once_and_its_events_say_how(steps, by_child, days):
    giver = consents.Giver("SELF") if by_child else consents.Giver("PARENT_GIVES", PERSONS[0])
    consent = consents.Consent.give(new_id(), new_id(), consents.ConsentSaid("P", START, giver=giver), today=START)
    seen = [consent.status]
    for step, day in zip(steps, days, strict=False):
        on = START + day * DAY
        try:
            consent.withdraw(on=on, reason="CHANGED_MIND", today=on) if step == "withdraw" else consent.lapse(on=on)
        except consents.ConsentIsOver:
            assert seen[-1] is not consents.ConsentStatus.GIVEN
        if consent.status is not seen[-1]:
            assert consent.status in consents.CONSENT_TRANSITIONS[seen[-1]]
            seen.append(consent.status)
    names = [type(fact).__name__ for _, _, fact in consent.pull_facts()]
    assert len(names) == len(seen) <= 2
    assert (consent.ended_on is None) is consent.is_open


@given(
    first=st.dates(date(2000, 1, 1), date(2010, 12, 31)),
    width=st.integers(0, 800),
    later=st.integers(0, 40 * 366),
    leap=st.sampled_from(["02-28", "03-01"]),
)
def test_who_is_of_age_stays_so_and_was_certainly_born_eighteen_years_ago(first, width, later, leap):
    birth = Birth(first, first + width * DAY, "year" if width else "day", "documented")
    law, day = ages.Ages(18, leap), first + later * DAY
    now = ages.capacity(birth, day, law).adult
    assert not now or ages.capacity(birth, day + DAY, law).adult
    assert now == all(
        ages.birthday(each, 18, leap) <= day for each in (birth.born_from, birth.born_to) if each is not None
    )
