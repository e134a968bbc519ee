"""F22, F24 to F26, F29: shares, rates, denominators, areas, and what a return's conditions do to its figures."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest

from services.reporting.indicators import definition, engine, figures
from services.reporting.indicators.facts import ChildFact, Denominator, Return
from shared.errors import Invalid
from tests.unit.reporting.indicators.given import (
    cell,
    child,
    count,
    destinations,
    every_level,
    lives,
    pack,
    row,
    rules,
    stay,
    totals,
    year,
)

SINCE, MAY = date(2023, 1, 1), date(2024, 5, 10)
RATE = definition.parse([row("RATE", base="POPULATION"), row("FLOW_RATE", base="POPULATION", measure="entry")])
SHARE = definition.parse([row("ALL"), row("SHARE", form="RESIDENTIAL", base="ALL")])


def population(day: date, value: int, **more: object) -> Denominator:
    return Denominator(day, "_T", value, **({"source": "statistical office"} | more))  # type: ignore[arg-type]


def rates(*denominators: Denominator, **conditions: object) -> tuple[object, ...]:
    life = (child(), [stay("HOME", MAY)])
    result = count(RATE, life, conditions=year(denominators=denominators, **conditions))
    return tuple((cell(result, code).value, cell(result, code).status) for code in ("RATE", "FLOW_RATE"))


def test_f29_a_stock_stands_over_the_population_of_the_following_1_january_a_flow_over_the_mean_of_both() -> None:
    both = population(date(2024, 1, 1), 30_000), population(date(2025, 1, 1), 60_000)
    assert rates(*both) == ((Decimal("1.6667"), "A"), (Decimal("2.2222"), "A"))


def test_f29_if_one_1_january_is_absent_the_other_is_taken_and_the_rate_is_an_estimate() -> None:
    assert rates(population(date(2024, 1, 1), 30_000)) == ((Decimal("3.3333"), "E"), (Decimal("3.3333"), "E"))
    assert rates(population(date(2025, 1, 1), 30_000)) == ((Decimal("3.3333"), "A"), (Decimal("3.3333"), "E"))


def test_f29_a_projection_in_thousands_for_the_middle_of_the_year_gives_an_estimate() -> None:
    projection = population(date(2024, 7, 1), 30, multiplier=3)
    assert rates(projection) == ((Decimal("3.3333"), "E"), (Decimal("3.3333"), "E"))


@pytest.mark.parametrize(
    "denominators",
    [
        (),
        (Denominator(date(2025, 1, 1), "_T", 30_000, source=""),),
        (population(date(2023, 1, 1), 30_000),),
        (Denominator(date(2025, 1, 1), "A", 30_000, source="statistical office"),),
    ],
    ids=["none", "without a source", "of another year", "of another territory"],
)
def test_f29_without_a_sourced_population_of_territory_and_year_a_rate_is_missing(
    denominators: tuple[Denominator, ...],
) -> None:
    assert rates(*denominators) == ((None, "O"), (None, "O"))


def test_f29_a_population_of_zero_gives_no_rate_never_zero() -> None:
    assert rates(population(date(2025, 1, 1), 0)) == ((None, "M"), (None, "M"))


def test_f29_partial_coverage_gives_no_rate() -> None:
    assert rates(population(date(2025, 1, 1), 30_000), complete=False) == ((None, "O"), (None, "O"))


def test_f29_a_missing_rate_says_why() -> None:
    result = count(RATE, (child(), [stay("HOME", MAY)]))
    assert cell(result, "RATE").footnote == figures.NO_POPULATION


def test_f29_a_share_of_nothing_has_no_value() -> None:
    assert (cell(count(SHARE), "SHARE").value, cell(count(SHARE), "SHARE").status) == (None, "M")


def test_f29_shares_are_kept_with_four_decimals_and_shown_with_one_half_up() -> None:
    assert figures.exact(1, 3, 100) == Decimal("33.3333")
    assert str(figures.exact(1, 1, 100)) == "100.0000"
    assert figures.shown(Decimal("12.2500")) == Decimal("12.3")


@pytest.mark.parametrize("whole", [3, 7, 128, 640, 38_386, 2_000_000])
def test_f29_two_shares_of_one_total_sum_to_exactly_one_hundred(whole: int) -> None:
    for part in range(min(whole, 700)):
        both = figures.exact(part, whole, 100) + figures.exact(whole - part, whole, 100)
        assert both == Decimal("100.0000")


def test_f29_a_rate_is_rounded_once_from_the_exact_quotient() -> None:
    assert figures.exact(1, Fraction(123_456_789, 1000), 100_000) == Decimal("0.8100")


def test_f22_shares_with_a_disability_stand_over_all_children_of_the_base() -> None:
    definitions = definition.parse([row("ALL"), row("DISABLED", disability="yes", base="ALL")])
    result = count(definitions, *((child(disability=known), [stay("HOME", SINCE)]) for known in (True, False, False)))
    assert cell(result, "DISABLED").value == Decimal("33.3333")


def test_f24_figures_are_given_for_every_area_valid_in_the_period_and_those_it_lies_in() -> None:
    areas = {"NORTH": None, "TOWN": "NORTH", "SOUTH": None}
    result = count(every_level("stock"), (child(), [stay("HOME", SINCE, area="TOWN")]), conditions=year(areas=areas))
    found = {area: cell(result, "STOCK_ALL", area=area).value for area in ("TOWN", "NORTH", "SOUTH", "_T")}
    assert found == {"TOWN": 1, "NORTH": 1, "SOUTH": 0, "_T": 1}


def test_f24_an_exit_counts_where_the_child_left_and_an_entry_where_it_arrived() -> None:
    life = [stay("HOME", SINCE, MAY, "TO_FAMILY", area="A"), stay("FOSTER", MAY, area="B")]
    result = count(every_level("entry", "exit"), (child(), life))
    assert cell(result, "EXIT_RESIDENTIAL", area="A").value == 1
    assert cell(result, "ENTRY_FOSTER", area="B").value == 1
    assert cell(result, "EXIT_RESIDENTIAL", area="B").value == 0


def test_f25_a_move_to_another_area_within_a_level_is_a_transfer_and_no_flow() -> None:
    life = [stay("HOME", SINCE, MAY, "MOVED", area="A"), stay("HOME", MAY, area="B")]
    measures = every_level("stock", "entry", "exit", "transfer_in", "transfer_out")
    result = count(tuple(one for one in measures if one.level == "RESIDENTIAL"), (child(), life))
    assert totals(result, "A") == {"TRANSFER_OUT_RESIDENTIAL": 1}
    assert totals(result, "B") == {"TRANSFER_IN_RESIDENTIAL": 1, "STOCK_RESIDENTIAL": 1}
    assert result.may_close


def test_f25_a_place_that_another_authority_takes_over_is_a_transfer_and_no_move_between_places() -> None:
    same = uuid4()
    life = [
        stay("HOME", SINCE, MAY, "MOVED", area="A", placement=same),
        stay("HOME", MAY, area="B", placement=same),
    ]
    result = count(every_level("moved", "transfer_in"), (child(), life))
    assert totals(result) == {"TRANSFER_IN_ALL": 1, "TRANSFER_IN_RESIDENTIAL": 1}


def test_f26_an_area_that_is_not_valid_in_the_period_counts_in_totals_only_and_is_a_finding() -> None:
    result = count(
        every_level("stock"), (child(), [stay("HOME", SINCE, area="KZ-10")]), conditions=year(areas={"A": None})
    )
    assert (totals(result)["STOCK_ALL"], totals(result, "A"), rules(result)) == (1, {}, ["F26"])
    assert result.may_close


def test_a_joined_national_code_leaves_its_destinations_without_a_value_in_every_cell() -> None:
    classification = pack(FAMILY_OR_ADOPTION="FAMILY ADOPT")
    joined = (child("M"), [stay("HOME", SINCE, MAY, "FAMILY_OR_ADOPTION")])
    plain = (child(), [stay("HOME", SINCE, MAY, "REUNIFIED"), stay("HOME", MAY, date(2024, 6, 1), "REUNIFIED")])
    result = count(destinations(), joined, plain, classification=classification)
    for code in ("LEFT_FAMILY", "LEFT_ADOPT"):
        cells = [one for one in result.figures if one.indicator == code]
        assert {(one.value, one.status) for one in cells} == {(None, "O")}
        assert all("FAMILY_OR_ADOPTION" in one.footnote for one in cells)
    assert totals(result)["LEFT"] == 2
    assert totals(result)["LEFT_REUNION"] == 1
    assert totals(result)["LEFT__FAMILY_OR_ADOPTION"] == 1


def test_a_joined_code_without_an_exit_in_the_period_takes_nothing_away() -> None:
    classification = pack(FAMILY_OR_ADOPTION="FAMILY ADOPT")
    before = (child(), [stay("HOME", SINCE, date(2023, 5, 1), "FAMILY_OR_ADOPTION")])
    young = (child(born=date(2005, 1, 1)), [stay("HOME", SINCE, MAY, "FAMILY_OR_ADOPTION")])
    result = count(destinations(), before, young, classification=classification)
    assert cell(result, "LEFT_FAMILY").value == 0


def test_a_national_form_that_the_pack_does_not_have_cannot_have_a_value() -> None:
    definitions = definition.parse([row("KAFALAH", form="KAFALAH")])
    figure = cell(count(definitions, (child(), [stay("HOME", SINCE)])), "KAFALAH")
    assert (figure.value, figure.status) == (None, "M")


def test_the_status_and_footnotes_of_a_return_stand_in_every_cell() -> None:
    conditions = year(obs_status="D", footnotes=("Reference day 31 October.",))
    figure = cell(count(every_level("stock"), (child(), [stay("HOME", SINCE)]), conditions=conditions), "STOCK_ALL")
    assert (figure.status, figure.footnote) == ("D", "Reference day 31 October.")


def test_only_what_the_publication_plan_names_is_given_and_bases_are_still_counted() -> None:
    conditions = year(publication_plan=("SH*",))
    result = count(SHARE, (child(), [stay("HOME", SINCE)]), conditions=conditions)
    assert {figure.indicator for figure in result.figures} == {"SHARE"}
    assert cell(result, "SHARE").value == Decimal("100.0000")


def test_children_out_of_order_are_refused() -> None:
    children, _ = lives(*((child(number=number), []) for number in (1, 2)))
    with pytest.raises(Invalid, match="not in order"):
        engine.evaluate((), reversed(children), (), pack(), year())


def test_episodes_out_of_order_are_refused() -> None:
    children, episodes = lives(*((child(number=number), [stay("HOME", SINCE)]) for number in (1, 2)))
    with pytest.raises(Invalid, match="not in order"):
        engine.evaluate((), children, reversed(episodes), pack(), year())


def test_an_episode_whose_child_is_not_known_is_not_counted_and_is_a_finding() -> None:
    children, episodes = lives(*((child(number=number), [stay("HOME", SINCE)]) for number in (1, 2, 3)))
    result = engine.evaluate(every_level("stock"), children[1:2], episodes, pack(), year())
    assert (totals(result)["STOCK_ALL"], result.coverage.episodes_without_child) == (1, 2)
    assert rules(result) == ["F28", "F28"]


def test_a_reference_day_outside_the_period_is_refused() -> None:
    with pytest.raises(Invalid, match="reference day"):
        engine.evaluate((), (), (), pack(), Return("2024", SINCE, MAY, MAY))


def test_the_order_of_a_childs_records_changes_nothing() -> None:
    who: ChildFact = child()
    stays = [stay("HOME", SINCE, MAY, "TO_FAMILY"), stay("KIN", SINCE), stay("FOSTER", MAY, None)]
    children, episodes = lives((who, stays))
    orders = (episodes, episodes[::-1])
    one, other = (engine.evaluate(every_level("stock", "exit"), children, order, pack(), year()) for order in orders)
    assert one == other
