"""The arithmetic of the rules, tried with any days: birthdays, months, nights, and the day a verdict changes on."""

from calendar import isleap
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.placements import domain
from services.placements.domain import Ground, KnownChild, Placement, Span, State, birthday, judgement, months_later
from services.placements.domain import nights as nights_of
from services.placements.domain.rules_decisions import emergency_clock
from services.placements.domain.situation import NoSurroundings, ProviderFacts, SiblingFacts
from services.placements.law import PackLaw
from shared import countries

LAW = PackLaw(countries.load("kz", Path("countries")))
BEGIN, DAY = date(2023, 1, 1), timedelta(days=1)
HORIZON = 1500
CHILD, PLACE, OTHER = UUID(int=1), UUID(int=9), UUID(int=10)
FORMS = ["INFANT_HOME", "CHILDRENS_HOME", "FOSTER", "GUARDIANSHIP", "PARENTAL"]

any_day = st.dates(date(1950, 1, 1), date(2090, 12, 31))
days = st.integers(0, HORIZON).map(lambda number: BEGIN + number * DAY)
spans = st.lists(st.tuples(days, st.integers(0, 300)), max_size=6).map(
    lambda pairs: [Span(from_, from_ + length * DAY) for from_, length in pairs]
)


@given(any_day, st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


@given(any_day, any_day, st.integers(0, 60))
def test_who_begins_later_never_ends_earlier(one: date, other: date, months: int) -> None:
    assert (one <= other) <= (months_later(one, months) <= months_later(other, months))


@given(any_day, st.integers(0, 30), st.sampled_from(["02-28", "03-01"]))
def test_a_birthday_is_the_day_itself_but_for_29_february_in_common_years(born: date, age: int, leap: str) -> None:
    day = birthday(born, age, leap)
    if (born.month, born.day) == (2, 29) and not isleap(day.year):
        assert day.strftime("%m-%d") == leap
    else:
        assert (day.month, day.day, day.year) == (born.month, born.day, born.year + age)


@given(any_day, any_day, st.integers(0, 30), st.sampled_from(["02-28", "03-01"]))
def test_who_is_born_later_is_never_older(one: date, other: date, age: int, leap: str) -> None:
    assume(one <= other)
    assert birthday(one, age, leap) <= birthday(other, age, leap)


@given(spans, st.tuples(days, st.integers(0, 300)), days)
def test_one_more_stay_never_takes_nights_away(known: list[Span], more: tuple[date, int], until: date) -> None:
    added = Span(more[0], more[0] + more[1] * DAY)
    assert nights_of([*known, added], until) >= nights_of(known, until)
    assert nights_of([*known, added], until) - nights_of(known, until) <= more[1]


@given(spans, days, st.integers(0, 300))
def test_a_stay_told_in_two_parts_has_the_same_nights(known: list[Span], until: date, cut: int) -> None:
    parts = [part for span in known for part in _parts(span, cut)]
    assert nights_of(parts, until) == nights_of(known, until)


def _parts(span: Span, cut: int) -> list[Span]:
    middle = min(span.from_ + cut * DAY, span.to or date.max)
    return [Span(span.from_, middle), Span(middle, span.to)]


@given(spans.filter(bool), st.integers(0, 200), st.integers(0, 200))
def test_a_longer_window_never_starts_the_clock_of_an_emergency_later(
    stays: list[Span], window: int, more: int
) -> None:
    placed = [_stay("SHELTER_EMERGENCY", span.from_, span.to, id_=each) for each, span in enumerate(stays)]
    assert emergency_clock(placed, window + more).from_ <= emergency_clock(placed, window).from_
    assert emergency_clock(placed, window).from_ <= max(span.from_ for span in stays)


def _stay(form: str, from_: date, to: date | None, *, id_: int = 50, **given_: Any) -> Placement:
    given_ = {"provider": PLACE, "entry_reason": "NEGLECT"} | given_
    state = given_.pop("state", State.ENDED if to else State.ACTIVE)
    ground = given_.pop("ground", Ground.ARRIVED)
    stay = domain.Stay(care_form=form, area="KZ-75", from_=from_, to=to, **given_)
    return Placement.of(UUID(int=id_), CHILD, state, stay, ground=ground, today=from_)


def _child(born: KnownChild, *placements: Placement) -> domain.Whereabouts:
    return domain.Whereabouts(CHILD, known=born, placements=list(placements))


def _act(today: date, around: Any = None) -> domain.Act:
    return domain.Act(today, LAW, lambda: UUID(int=99), around or NoSurroundings())


def _under_three(child: domain.Whereabouts, asked: Placement, today: date) -> domain.Verdict:
    verdict = judgement.of(child, asked, domain.RULES["under-three-residential"], _act(today))
    assert verdict is not None
    return verdict


born_days = st.tuples(days, st.integers(0, 400))


@given(born_days, st.integers(0, 400), days, st.integers(1, 400))
def test_a_less_certain_birth_date_never_permits_more(
    born: tuple[date, int], wider: int, from_: date, length: int
) -> None:
    born_from, spread = born
    asked = _stay("INFANT_HOME", from_, None, planned_to=from_ + length * DAY, state=State.PLANNED, ground=None)
    narrow = KnownChild(born_from, born_from + spread * DAY, "KZ-75", confirmed=True)
    wide = replace(narrow, born_to=born_from + (spread + wider) * DAY)
    unknown = replace(narrow, born_to=None)
    met = [_under_three(_child(known), asked, from_).satisfied for known in (unknown, wide, narrow)]
    assert met == sorted(met)


@given(days, days, st.integers(1, 300), st.integers(1, 300), days)
def test_an_earlier_stay_never_permits_more_and_never_lowers_the_nights(
    born: date, from_: date, length: int, earlier: int, earlier_from: date
) -> None:
    assume(earlier_from + earlier * DAY <= from_)
    asked = _stay("INFANT_HOME", from_, None, planned_to=from_ + length * DAY, state=State.PLANNED, ground=None)
    known = KnownChild(born, born, "KZ-75", confirmed=True)
    before = _stay("CHILDRENS_HOME", earlier_from, earlier_from + earlier * DAY, id_=51)
    alone, after = _under_three(_child(known), asked, from_), _under_three(_child(known, before), asked, from_)
    if "nights_planned" in alone.facts and "nights_planned" in after.facts:
        assert int(after.facts["nights_planned"]) >= int(alone.facts["nights_planned"])


@given(days, days, st.integers(1, 300))
def test_a_stay_after_the_third_birthday_never_breaks_the_limit(born: date, from_: date, length: int) -> None:
    third = birthday(born, 3, "03-01")
    known = KnownChild(born, born, "KZ-75", confirmed=True)
    stay = _stay("INFANT_HOME", max(born, from_), None, planned_to=None)
    assert _under_three(_child(known, stay), stay, max(third, stay.from_)).satisfied
    assert _under_three(_child(known, stay), stay, max(third, stay.from_) + length * DAY).satisfied


class Around(NoSurroundings):
    """One place, and one sister."""

    def __init__(self, place: ProviderFacts, sister: SiblingFacts) -> None:
        super().__init__({place.id: place})
        object.__setattr__(self, "sister", sister)

    def siblings(self, of: UUID) -> tuple[SiblingFacts, ...]:
        return (self.sister,)  # type: ignore[attr-defined]


places = st.builds(
    ProviderFacts,
    id=st.just(PLACE),
    kind=st.sampled_from(["FACILITY", "CARER_FAMILY"]),
    area=st.sampled_from(["KZ-75", "KZ-71"]),
    approval_needed=st.booleans(),
    approved_from=st.none() | days,
    approved_to=st.none() | days,
    suspended=st.booleans(),
    places=st.none() | st.integers(0, 5),
    living=st.integers(0, 5),
    ages=st.none() | st.tuples(st.integers(0, 3), st.integers(3, 9)),
)
sisters = st.builds(
    SiblingFacts,
    child=st.just(OTHER),
    bond=st.sampled_from(["yes", "no", "unknown"]),
    care_form=st.none() | st.sampled_from(FORMS),
    provider=st.none() | st.sampled_from([PLACE, OTHER]),
)


@settings(max_examples=300, deadline=None)
@given(
    days, days, st.sampled_from(FORMS), st.none() | st.integers(1, 300), places, sisters,
    st.sampled_from([Ground.ARRIVED, Ground.EMERGENCY, Ground.IMPORTED]), st.integers(0, 900),
)  # fmt: skip
def test_no_verdict_changes_before_the_day_that_it_names(
    born: date,
    from_: date,
    form: str,
    planned: int | None,
    place: ProviderFacts,
    sister: SiblingFacts,
    ground: Ground,
    later: int,
) -> None:
    """What time alone changes is found by the day's turn only where each verdict says when to look again."""
    assume(born <= from_)
    stay = _stay(form, from_, None, planned_to=from_ + planned * DAY if planned else None, ground=ground)
    child, around = _child(KnownChild(born, born, "KZ-75", confirmed=True), stay), Around(place, sister)
    today = from_ + later * DAY
    said = {each.rule.id: each for _, each in judgement.standing(child, _act(today, around))}
    until = min((each.until for each in said.values() if each.until and each.until > today), default=today + 400 * DAY)
    for day in {min(today + DAY, until - DAY), today + (until - today) // 2, until - DAY} - {today}:
        then = {each.rule.id: each for _, each in judgement.standing(child, _act(day, around))}
        assert {rule: each.met for rule, each in then.items()} == {rule: each.met for rule, each in said.items()}
