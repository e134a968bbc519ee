"""F1 to F8, F15, F20: what a day, an overlap, a gap and a contradiction count as."""

from datetime import date, timedelta

import pytest

from services.reporting.indicators.definition import Definition
from tests.unit.reporting.indicators.given import (
    cell,
    child,
    count,
    destinations,
    every_level,
    pack,
    rules,
    stay,
    totals,
    year,
)

MAY = date(2024, 5, 10)
DAYS = timedelta(days=1)


def flows(level: str = "RESIDENTIAL") -> tuple[Definition, ...]:
    names = ("stock", "entry", "exit", "moved")
    return tuple(one for one in every_level(*names) if one.level == level)


def test_f1_the_stock_is_the_state_at_the_end_of_the_day() -> None:
    result = count(every_level("stock"), (child(), [stay("HOME", date(2024, 12, 31))]))
    assert totals(result) == {"STOCK_ALL": 1, "STOCK_RESIDENTIAL": 1}


def test_f2_the_day_of_leaving_is_not_a_day_in_care_and_the_day_of_arrival_is() -> None:
    leaver = (child(), [stay("HOME", MAY, date(2024, 12, 31), "REUNIFIED")])
    assert totals(count(flows(), leaver)) == {"ENTRY_RESIDENTIAL": 1, "EXIT_RESIDENTIAL": 1}


def test_f2_a_stay_that_ends_before_it_starts_is_not_counted_and_is_a_finding() -> None:
    result = count(flows(), (child(), [stay("HOME", MAY, MAY - DAYS)]))
    assert (totals(result), rules(result)) == ({}, ["F2"])


def test_f3_moves_within_one_day_collapse_to_the_state_at_its_end() -> None:
    life = [
        stay("HOME", date(2023, 1, 1), MAY, "TO_FAMILY"),
        stay("FOSTER", MAY, MAY, "TO_FAMILY"),
        stay("KIN", MAY),
    ]
    result = count(every_level("entry", "exit"), (child(), life))
    assert totals(result) == {"EXIT_RESIDENTIAL": 1, "ENTRY_ALL_FAMILY": 1, "ENTRY_KINSHIP": 1}


def test_f3_a_stay_without_a_night_is_no_entry_and_no_exit_but_a_day_stay() -> None:
    result = count(every_level("entry", "exit", "daystay"), (child(), [stay("HOME", MAY, MAY, "REUNIFIED")]))
    assert totals(result) == {"DAYSTAY_ALL": 1, "DAYSTAY_RESIDENTIAL": 1}


def test_f3_a_child_moved_into_a_stay_without_a_night_left_for_where_that_stay_led() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "TO_FAMILY"), stay("FOSTER", MAY, MAY, "REUNIFIED")]
    result = count(destinations(), (child(), life))
    assert totals(result) == {"LEFT": 1, "LEFT_REUNION": 1, "LEFT__REUNIFIED": 1}


def test_f3_a_child_who_dies_on_the_day_of_arrival_is_one_entry_and_one_exit_by_death() -> None:
    result = count((*flows(), *every_level("daystay"), *destinations()), (child(died=MAY), [stay("HOME", MAY)]))
    assert totals(result) == {
        "ENTRY_RESIDENTIAL": 1,
        "EXIT_RESIDENTIAL": 1,
        "LEFT": 1,
        "LEFT_DEATH": 1,
        "LEFT__FOUND_DEATH": 1,
    }


def test_f4_flows_count_movements_and_beside_them_the_distinct_children() -> None:
    twice = [
        stay("HOME", date(2024, 1, 10), date(2024, 2, 1), "REUNIFIED"),
        stay("HOME", date(2024, 6, 1), date(2024, 7, 1), "REUNIFIED"),
    ]
    result = count(flows(), (child(), twice), (child(sex="M"), twice[:1]))
    total = cell(result, "EXIT_RESIDENTIAL")
    assert (total.value, total.children) == (3, 2)
    assert (cell(result, "EXIT_RESIDENTIAL", sex="F").value, cell(result, "EXIT_RESIDENTIAL", sex="F").children) == (
        2,
        1,
    )
    assert "movements" in total.footnote


def test_f4_a_child_that_moves_in_two_areas_is_one_child_in_the_total() -> None:
    twice = [
        stay("HOME", date(2024, 1, 10), date(2024, 2, 1), "REUNIFIED", area="A"),
        stay("HOME", date(2024, 6, 1), date(2024, 7, 1), "REUNIFIED", area="B"),
    ]
    result = count(flows(), (child(), twice))
    assert [cell(result, "EXIT_RESIDENTIAL", area=area).children for area in ("A", "B", "_T")] == [1, 1, 1]


def test_f5_a_move_between_two_residential_places_is_neither_entry_nor_exit() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "MOVED"), stay("HOME", MAY)]
    assert totals(count(flows(), (child(), life))) == {"STOCK_RESIDENTIAL": 1, "MOVED_RESIDENTIAL": 1}


def test_f5_a_move_between_family_forms_is_a_flow_of_the_forms_and_not_of_family_based_care() -> None:
    life = [stay("FOSTER", date(2023, 1, 1), MAY, "TO_FAMILY"), stay("KIN", MAY)]
    result = count(every_level("entry", "exit", "moved"), (child(), life))
    assert totals(result) == {"EXIT_FOSTER": 1, "ENTRY_KINSHIP": 1, "MOVED_ALL": 1, "MOVED_ALL_FAMILY": 1}


def test_f6_residential_wins_over_foster_foster_over_kinship_kinship_over_other() -> None:
    forms = ("FAMILY_TYPE_HOME", "KIN", "FOSTER", "HOME")
    life = [stay(form, date(2023, 1, 1 + place)) for place, form in enumerate(forms)]
    result = count(every_level("stock"), (child(), life))
    assert totals(result) == {"STOCK_ALL": 1, "STOCK_RESIDENTIAL": 1}
    for last in (3, 2):
        result = count(every_level("stock"), (child(), life[:last]))
        assert f"STOCK_{('KINSHIP', 'FOSTER')[last - 2]}" in totals(result)
        assert rules(result) == ["F6"] * (last - 1)


def test_f6_of_two_places_of_one_kind_the_later_one_counts_and_the_earlier_one_after_it() -> None:
    life = [stay("HOME", date(2023, 1, 1)), stay("HOME", MAY, MAY + 30 * DAYS, "MOVED")]
    result = count(flows(), (child(), life))
    assert (totals(result), rules(result)) == ({"STOCK_RESIDENTIAL": 1, "MOVED_RESIDENTIAL": 2}, ["F6"])


def test_f6_every_place_inside_a_longer_one_is_a_finding() -> None:
    inside = [stay("FOSTER", MAY + number * DAYS, MAY + (number + 1) * DAYS) for number in (0, 5)]
    result = count(flows(), (child(), [stay("HOME", date(2023, 1, 1)), *inside]))
    assert (totals(result), rules(result)) == ({"STOCK_RESIDENTIAL": 1}, ["F6", "F6"])


@pytest.mark.parametrize(("gap", "moved"), [(0, True), (1, True), (7, True), (8, False)])
def test_f7_a_gap_of_up_to_seven_days_is_bridged_when_the_child_moved(gap: int, moved: bool) -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "MOVED"), stay("FOSTER", MAY + gap * DAYS)]
    result = count((*every_level("exit"), *destinations()), (child(), life))
    if moved:
        assert totals(result) == {"EXIT_RESIDENTIAL": 1, "LEFT": 1, "LEFT_FAMILY": 1, "LEFT__MOVED": 1}
        assert rules(result) == []
    else:
        assert totals(result) == {
            "EXIT_ALL": 1,
            "EXIT_RESIDENTIAL": 1,
            "LEFT": 1,
            "LEFT_OTHER": 1,
            "LEFT__FOUND_OTHER": 1,
        }
        assert rules(result) == ["F8"]


def test_f7_a_move_to_family_care_that_arrives_after_more_than_seven_days_is_an_exit_for_other_reasons() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "TO_FAMILY"), stay("FOSTER", MAY + 8 * DAYS)]
    result = count((*flows("FOSTER"), *destinations()), (child(), life))
    assert totals(result) == {
        "STOCK_FOSTER": 1,
        "ENTRY_FOSTER": 1,
        "LEFT": 1,
        "LEFT_OTHER": 1,
        "LEFT__FOUND_OTHER": 1,
    }
    assert rules(result) == ["F8"]


def test_f7_a_bridged_child_is_in_the_receiving_form_from_the_day_of_leaving() -> None:
    leaving = date(2024, 12, 29)
    life = [stay("HOME", date(2023, 1, 1), leaving, "MOVED"), stay("FOSTER", leaving + 5 * DAYS, area="B")]
    result = count(every_level("stock"), (child(), life))
    assert totals(result) == {"STOCK_ALL": 1, "STOCK_ALL_FAMILY": 1, "STOCK_FOSTER": 1}
    assert cell(result, "STOCK_FOSTER", area="B").value == 1


def test_f8_reunified_and_in_another_place_the_next_day_is_a_finding_and_counts_as_a_move() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "REUNIFIED"), stay("FOSTER", MAY + DAYS)]
    result = count(destinations(), (child(), life))
    assert totals(result) == {"LEFT": 1, "LEFT_FAMILY": 1, "LEFT__FOUND_FAMILY": 1}
    assert rules(result) == ["F7"]


def test_f8_a_reason_contradicted_on_the_same_day_is_a_finding() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "ADOPTED"), stay("FOSTER", MAY)]
    result = count(destinations(), (child(), life))
    assert (totals(result)["LEFT_FAMILY"], rules(result)) == (1, ["F8"])


def test_f8_a_recorded_family_placement_that_the_register_does_not_hold_keeps_its_destination() -> None:
    result = count(destinations(), (child(), [stay("HOME", date(2023, 1, 1), MAY, "TO_FAMILY")]))
    assert totals(result) == {"LEFT": 1, "LEFT_FAMILY": 1, "LEFT__TO_FAMILY": 1}
    assert rules(result) == ["F8"]


def test_f8_a_move_inside_family_care_that_is_not_seen_is_an_exit_for_other_reasons() -> None:
    life = [stay("FOSTER", date(2023, 1, 1), MAY, "TO_FAMILY")]
    assert totals(count(destinations("FOSTER"), (child(), life)))["LEFT_OTHER"] == 1


def test_f8_an_exit_without_a_reason_is_other_and_a_finding() -> None:
    result = count(destinations(), (child(), [stay("HOME", date(2023, 1, 1), MAY)]))
    assert totals(result) == {"LEFT": 1, "LEFT_OTHER": 1, "LEFT__NOT_RECORDED": 1}
    assert rules(result) == ["F8"]


def test_f15_guardianship_is_kinship_for_relatives_and_other_family_for_others() -> None:
    lives = [(child(), [stay("OPEKA", MAY, carer_relation=carer)]) for carer in ("AUNT", "NEIGHBOUR", "UNKNOWN", None)]
    result = count(every_level("stock"), *lives)
    assert totals(result) == {
        "STOCK_ALL": 4,
        "STOCK_ALL_FAMILY": 4,
        "STOCK_GUARDIANSHIP": 4,
        "STOCK_KINSHIP": 1,
        "STOCK_OTHER_FAMILY": 3,
    }
    assert rules(result) == ["F15", "F15"]


def test_informal_care_is_not_formal_care_and_an_unknown_form_is_a_finding() -> None:
    result = count(every_level("stock"), (child(), [stay("INFORMAL", MAY)]), (child(), [stay("CASTLE", MAY)]))
    assert (totals(result), rules(result)) == ({}, ["F5"])


def test_f20_a_death_in_care_is_an_exit_on_the_day_of_death_whenever_the_record_is_closed() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY + 40 * DAYS, "EDUCATION")]
    may = year(start=MAY, end=MAY + DAYS, reference_day=MAY)
    result = count(destinations(), (child(died=MAY), life), conditions=may)
    assert totals(result)["LEFT_DEATH"] == 1
    assert rules(result) == ["F8"]


def test_f20_a_placement_ended_by_death_is_a_death_though_the_register_of_children_does_not_say_so() -> None:
    result = count(destinations(), (child(), [stay("HOME", date(2023, 1, 1), MAY, "DIED")]))
    assert (totals(result)["LEFT_DEATH"], rules(result)) == (1, [])


def test_f20_a_child_recorded_in_a_place_after_its_recorded_death_did_not_die() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "DIED"), stay("HOME", MAY + 30 * DAYS)]
    result = count((*flows(), *destinations()), (child(), life))
    assert (totals(result)["LEFT_OTHER"], totals(result)["STOCK_RESIDENTIAL"], rules(result)) == (1, 1, ["F8"])


def test_f20_the_day_of_death_holds_against_the_day_the_placement_was_ended() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "DIED")]
    after = year(start=MAY + DAYS, reference_day=date(2024, 12, 31))
    result = count(destinations(), (child(died=MAY + 2 * DAYS), life), conditions=after)
    assert (totals(result)["LEFT_DEATH"], rules(result)) == (1, ["F20"])


def test_f20_a_placement_that_starts_after_the_death_is_a_finding() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "DIED"), stay("HOME", MAY + 30 * DAYS)]
    result = count((*flows(), *destinations()), (child(died=MAY), life))
    assert (totals(result)["LEFT_DEATH"], "STOCK_RESIDENTIAL" in totals(result), rules(result)) == (1, False, ["F20"])


def test_findings_are_told_only_in_the_period_they_touch() -> None:
    life = (child(), [stay("HOME", date(2020, 1, 1), date(2020, 2, 1)), stay("HOME", MAY)])
    assert rules(count(flows(), life)) == []
    assert rules(count(flows(), life, conditions=year(2020))) == ["F8"]


def test_a_joined_national_code_is_told_apart_by_the_place_that_follows() -> None:
    life = [stay("HOME", date(2023, 1, 1), MAY, "FAMILY_OR_ADOPTION"), stay("FOSTER", MAY)]
    classification = pack(FAMILY_OR_ADOPTION="FAMILY ADOPT")
    result = count(destinations(), (child(), life), classification=classification)
    assert totals(result) == {"LEFT": 1, "LEFT_FAMILY": 1, "LEFT__FAMILY_OR_ADOPTION": 1}
