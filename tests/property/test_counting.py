"""Random lives: the engine, which works on intervals, against a walk over every day; and stocks that roll forward."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.indicators import definition, engine
from services.reporting.indicators.facts import ChildFact, EpisodeFact, Result, Return
from tests.property import naive_walk
from tests.unit.reporting.indicators.given import LEVELS, pack, row

FIRST = date(2023, 2, 1)
HORIZON = 70
MEASURES = {
    "stock": "stock",
    "entry": "entry",
    "exit": "exit",
    "moved": "moved",
    "aged18": "aged18",
    "transfer_in": "transfer_in",
    "transfer_out": "transfer_out",
}
ENDS = {"to-family": "FAMILY", "to-residential": "RESIDENTIAL", "by-death": "DEATH"}
REASONS = (None, "REUNIFIED", "TO_FAMILY", "TO_HOME", "MOVED", "ADOPTED", "DIED", "FAMILY_OR_ADOPTION")
CLASSIFICATION = pack(FAMILY_OR_ADOPTION="FAMILY ADOPT")

days = st.integers(0, HORIZON - 1).map(lambda number: FIRST + timedelta(number))
births = st.one_of(
    st.none(),
    st.just(date(2008, 2, 29)),
    st.builds(lambda years, day: day.replace(year=day.year - years), st.sampled_from([0, 3, 7, 18, 25]), days),
)


@st.composite
def episodes(draw: st.DrawFn, child: UUID, placement: int) -> EpisodeFact:
    start = draw(days)
    length = draw(st.one_of(st.integers(0, 12), st.integers(0, HORIZON), st.none()))
    return EpisodeFact(
        placement=UUID(int=placement),
        child=child,
        care_form=draw(
            st.sampled_from(["HOME", "INFANT_HOME", "FOSTER", "KIN", "FAMILY_TYPE_HOME", "OPEKA", "INFORMAL"])
        ),
        carer_relation=draw(st.sampled_from([None, "AUNT", "NEIGHBOUR"])),
        area=draw(st.sampled_from(["A", "B", None])),
        start=start,
        end=None if length is None else start + timedelta(length),
        destination=draw(st.sampled_from(REASONS)),
    )


@st.composite
def chains(draw: st.DrawFn, child: UUID, first: int) -> list[EpisodeFact]:
    """Places one after the other with gaps about as long as the bridge: what real registers look like."""
    day, chain = draw(days), []
    for number in range(draw(st.integers(1, 4))):
        one = draw(episodes(child, first + number))
        end = day + timedelta(draw(st.integers(0, 15)))
        chain.append(
            EpisodeFact(
                one.placement, child, one.care_form, one.carer_relation, one.area, day, end, None, one.destination
            )
        )
        day = end + timedelta(draw(st.sampled_from([0, 0, 0, 1, 6, 7, 8, 9])))
    return chain


@st.composite
def several_lives(draw: st.DrawFn) -> list[tuple[ChildFact, list[EpisodeFact]]]:
    lives = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        born = draw(births)
        child = ChildFact(
            child=UUID(int=number),
            sex=draw(st.sampled_from(["F", "M", "U"])),
            born_from=born,
            born_to=born,
            disability=False,
            died=draw(st.one_of(st.none(), st.none(), days)),
        )
        if draw(st.booleans()):
            own = draw(chains(child.child, number * 100))
        else:
            own = [draw(episodes(child.child, number * 100 + place)) for place in range(draw(st.integers(0, 5)))]
        lives.append((child, own))
    return lives


@st.composite
def returns(draw: st.DrawFn, lives: list[tuple[ChildFact, list[EpisodeFact]]]) -> Return:
    """A period whose three days are days on which something happens, or their neighbours, where it can."""
    happens = {one.start for _, own in lives for one in own} | {one.end for _, own in lives for one in own if one.end}
    near = st.sampled_from([*sorted(happens), FIRST + timedelta(10), FIRST + timedelta(60)])
    ones = sorted(draw(near) + timedelta(draw(st.integers(-1, 1))) for _ in range(3))
    return Return("P", ones[0], max(ones[2], ones[1] + timedelta(1)), ones[1])


Case = tuple[list[tuple[ChildFact, list[EpisodeFact]]], Return]
cases = several_lives().flatmap(lambda lives: st.tuples(st.just(lives), returns(lives)))


def definitions(population: str) -> tuple[definition.Definition, ...]:
    ages = {"ages": "Y18T24 _T"} if population == "18-24" else {}
    rows = [
        row(f"{measure}_{level}".upper(), measure=measure, form=level, population=population, **ages)
        for measure in MEASURES
        for level in LEVELS
    ]
    rows += [
        row(f"{end}_{level}".upper(), measure="exit", form=level, population=population, destination=end, **ages)
        for end in ENDS.values()
        for level in LEVELS
    ]
    return definition.parse(rows)


def shipped() -> tuple[definition.Definition, ...]:
    with Path("countries/_base/indicators.csv").open(encoding="utf-8", newline="") as file:
        return definition.parse(csv.DictReader(file))


SHIPPED = shipped()
DEFINITIONS = {population: definitions(population) for population in ("0-17", "18-24")}


def evaluated(lives: list[tuple[ChildFact, list[EpisodeFact]]], period: Return, population: str) -> Result:
    return engine.evaluate(
        DEFINITIONS[population],
        [child for child, _ in lives],
        [one for _, own in lives for one in own],
        CLASSIFICATION,
        period,
    )


def walked(lives: list[tuple[ChildFact, list[EpisodeFact]]]) -> list[naive_walk.Life]:
    since, until = FIRST - timedelta(20), FIRST + timedelta(3 * HORIZON)
    return [naive_walk.Life(child, own, since, until) for child, own in lives]


@given(cases)
@settings(max_examples=150, deadline=None)
def test_the_engine_counts_what_a_walk_over_every_day_counts_at_every_level(
    case: Case,
) -> None:
    lives, period = case
    seen = naive_walk.walk(walked(lives), LEVELS, period.start, period.end, period.reference_day)
    for population in DEFINITIONS:
        result = evaluated(lives, period, population)
        expected = {
            key: (number, seen["children"][key])
            for key, number in seen["numbers"].items()
            if key[0] in MEASURES and key[2] == population and "_U" not in key[5:]
        }
        assert counted(result, population) == expected


def counted(result: Result, population: str) -> dict[tuple[str, ...], tuple[object, int]]:
    """The engine's figures in the walk's words, zeros left out; a stock's children are its number."""
    defined = {one.code: one for one in DEFINITIONS[population]}
    found = {}
    for figure in result.figures:
        one = defined[figure.indicator]
        if figure.value and not one.destination:
            key = (one.measure, one.level, population, figure.sex, figure.age, figure.area)
            children = figure.value if figure.children is None else figure.children
            found[key] = (figure.value, int(children))
    return found


@given(cases)
@settings(max_examples=60, deadline=None)
def test_an_exit_leads_where_the_child_sleeps_next_and_a_death_is_an_exit_by_death(
    case: Case,
) -> None:
    lives, period = case
    seen = naive_walk.walk(walked(lives), LEVELS, period.start, period.end, period.reference_day)
    values = {
        figure.indicator: figure
        for figure in evaluated(lives, period, "0-17").figures
        if _is_total(figure.sex, figure.age, figure.area)
    }
    for level in LEVELS:
        deaths = seen["numbers"]["by-death", level, "0-17", "_T", "_T", "_T"]
        assert values[f"DEATH_{level}"].value == deaths
        for seen_end, end in (("to-family", "FAMILY"), ("to-residential", "RESIDENTIAL")):
            found = values[f"{end}_{level}"].value
            if found is not None:
                # More than is seen only where the record of the receiving place is missing.
                assert int(found) >= seen["numbers"][seen_end, level, "0-17", "_T", "_T", "_T"]


@given(cases)
@settings(max_examples=60, deadline=None)
def test_stock_is_stock_before_plus_entries_minus_exits_minus_turned_18_at_every_level(
    case: Case,
) -> None:
    lives, period = case
    seen = naive_walk.walk(walked(lives), LEVELS, period.start, period.end, period.reference_day)["numbers"]
    values = {
        (one.indicator, one.sex): one.value
        for one in evaluated(lives, period, "0-17").figures
        if _is_total("_T", one.age, one.area)
    }
    for level in LEVELS:
        for sex in ("F", "M", "_U", "_T"):
            before, after = (seen[measure, level, "0-17", sex, "_T", "_T"] for measure in ("opening", "closing"))
            entry, exit_, aged = (
                int(values[f"{measure}_{level}", sex] or 0) for measure in ("ENTRY", "EXIT", "AGED18")
            )
            assert after == before + entry - exit_ - aged


@given(cases, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_every_identity_holds_for_every_life_and_the_order_of_its_records_does_not_matter(
    case: Case, shuffler: random.Random
) -> None:
    lives, period = case
    one = engine.evaluate(
        SHIPPED, [who for who, _ in lives], [ep for _, own in lives for ep in own], CLASSIFICATION, period
    )
    assert one.may_close, [finding for finding in one.findings if finding.weight == "blocks"]
    for _, own in lives:
        shuffler.shuffle(own)
    other = engine.evaluate(
        SHIPPED, [who for who, _ in lives], [ep for _, own in lives for ep in own], CLASSIFICATION, period
    )
    assert one == other


def _is_total(sex: str, age: str, area: str) -> bool:
    return (sex, age, area) == ("_T", "_T", "_T")
