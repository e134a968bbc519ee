"""What the shipped packs must say: bound by the counting rules and by what their sources give."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared import countries

PACKS = ("_base", "kg", "kz", "pk", "pk-pb", "unicef", "uz")
BASES = {"source", "project default", "to be confirmed"}


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_shipped_pack_passes_its_check(shipped: Path, pack_id: str) -> None:
    assert countries.check(pack_id, shipped) == []


def test_every_shipped_folder_is_one_of_the_packs_tested_here(shipped: Path) -> None:
    assert {path.parent.name for path in shipped.glob("*/pack.toml")} == set(PACKS)


def test_every_code_has_a_basis_and_a_source_where_that_is_its_basis(shipped: Path) -> None:
    for pack_id in PACKS:
        for rows in countries.load(pack_id, shipped).lists.values():
            for row in rows.values():
                assert row["basis"] in BASES
                assert row["source"] or row["basis"] != "source"


def test_reasons_of_the_poverty_class_are_those_that_never_suffice(shipped: Path) -> None:
    rows = countries.load("_base", shipped).codes("entry_reason")
    assert {code for code, row in rows.items() if row["class"] == "poverty"} == {
        "POVERTY", "DESTITUTION", "HOMELESSNESS", "UNEMPLOYMENT", "SINGLE_PARENT",
        "EDUCATION_ACCESS", "PARENT_MIGRATION", "DISABILITY_OF_CHILD", "DIVORCE",
    }  # fmt: skip


def test_guardianship_is_counted_by_carer_in_every_pack(shipped: Path) -> None:
    for pack_id in PACKS:
        for row in countries.load(pack_id, shipped).codes("care_form").values():
            assert (row["bucket"] == "BY_CARER") == (row["national"] == "GUARDIANSHIP")


def test_a_close_friend_known_to_the_child_is_kin(shipped: Path) -> None:
    rows = countries.load("_base", shipped).codes("carer_relation")
    assert rows["FAMILY_FRIEND"]["kin"] == "yes"
    assert {code for code, row in rows.items() if row["kin"] != "yes"} == {"UNRELATED", "UNKNOWN"}


def test_no_one_who_reads_figures_only_reads_a_child(shipped: Path) -> None:
    roles = countries.load("_base", shipped).roles
    for role in ("analyst", "statistician", "hub_analyst", "oversight_body", "programme_officer"):
        assert not any(
            ".child." in name or ".placement." in name or ".case." in name for name in roles[role]["permissions"]
        )
    assert not any(".child." in name for name in roles["administrator"]["permissions"])


def test_the_return_of_kazakhstan_for_2011_publishes_stocks_of_its_reference_day(shipped: Path) -> None:
    period = countries.load("kz", shipped).statistics["period"]["2011"]
    assert period["reference_day"] == date(2011, 10, 31)
    assert not any("ENTER" in code or "LEFT" in code for code in period["publish"]["indicators"])


def test_kazakhstan_has_no_denominator_for_2011_and_its_own_for_2024(shipped: Path) -> None:
    rows = countries.load("kz", shipped).denominators
    assert min(row["reference_day"] for row in rows) == "2020-07-01"
    assert [row["value"] for row in rows if row["reference_day"] == "2024-01-01"] == ["6841527"]


@pytest.mark.parametrize("pack_id", ["kg", "kz", "pk", "uz"])
def test_girls_and_boys_add_up_in_every_denominator(shipped: Path, pack_id: str) -> None:
    values = {
        (row["sex"], row["reference_day"]): Decimal(row["value"])
        for row in countries.load(pack_id, shipped).denominators
        if row["code"] == "DM_POP_U18"
    }
    for day in {day for _, day in values}:
        assert values["F", day] + values["M", day] == values["_T", day]


@pytest.mark.parametrize("year", ["2022", "2023", "2024"])
def test_the_returns_of_uzbekistan_cover_a_part_and_give_no_rates(shipped: Path, year: str) -> None:
    period = countries.load("uz", shipped).statistics["period"][year]
    assert period["coverage"] == "partial"
    assert period["rates"] is False


def test_a_province_has_no_part_in_the_population_of_its_country(shipped: Path) -> None:
    assert {row["area"] for row in countries.load("pk", shipped).denominators} == {"_T"}
    assert countries.load("pk-pb", shipped).denominators == ()


def test_punjab_decides_by_court_and_inherits_what_it_does_not_say(shipped: Path) -> None:
    punjab = countries.load("pk-pb", shipped)
    assert punjab.chain == ("_base", "pk", "pk-pb")
    on = date(2026, 1, 1)
    assert punjab.parameter("emergency_decision", on, "PK-PB-LAHORE").whole() == 24
    assert punjab.parameter("child_until_age_with_guardian", on).whole() == 21
    assert punjab.parameter("adoption_known", on).flag() is False
    assert punjab.areas.ancestors("PK-PB-LAHORE") == ("PK-PB-LAHORE", "PK-PB")


def test_what_no_source_gives_is_not_said_to_have_one(shipped: Path) -> None:
    districts = [area for area in countries.load("pk-pb", shipped).areas if area.kind == "district"]
    assert len(districts) == 41
    assert {area.basis for area in districts} == {"to be confirmed"}


def test_the_order_of_preference_is_kin_then_families_then_small_homes_then_other_residential_care(
    shipped: Path,
) -> None:
    places = {"NONE": {"0"}, "KINSHIP": {"1"}, "BY_CARER": {"1"}, "FOSTER": {"2"}, "OTHER_FAMILY": {"2", "3"}}
    for pack_id in PACKS:
        for code, row in countries.load(pack_id, shipped).codes("care_form").items():
            assert row["preference"] in places.get(row["bucket"], {"3", "4"}), (pack_id, code)


def test_guardianship_and_kafalah_are_reviewed_as_long_term_care_and_nothing_informal_is(shipped: Path) -> None:
    for pack_id in PACKS:
        for code, row in countries.load(pack_id, shipped).codes("care_form").items():
            long_term = row["national"] in {"GUARDIANSHIP", "KAFALAH"}
            wanted = "none" if row["bucket"] == "NONE" else "long_term" if long_term else "temporary"
            assert row["review"] == wanted, (pack_id, code)


def test_only_families_are_approved_and_only_pakistan_does_not_know_a_form(shipped: Path) -> None:
    for pack_id in PACKS:
        for code, row in countries.load(pack_id, shipped).codes("care_form").items():
            family = row["provider_kind"] in {"CARER_FAMILY", "FAMILY_TYPE_HOME"}
            assert row["approval"] == "no" or family, (pack_id, code)
            assert (row["permitted"] == "no") == (pack_id.startswith("pk") and code == "PRE_ADOPTIVE")


def test_the_clocks_of_kyrgyzstans_data_bank_have_their_order_as_source(shipped: Path) -> None:
    pack = countries.load("kg", shipped)
    for name, months in (("relatives_search", 1), ("national_candidates", 3)):
        found = pack.parameter(name, date(2026, 1, 1))
        assert (found.whole(), found.unit, found.basis) == (months, "calendar months", "source")
        assert "Order 620" in found.source


def test_what_only_the_press_or_a_secondary_source_says_is_to_be_confirmed(shipped: Path) -> None:
    press = ("24.kg", "gnnhd.tv", "dunyanews", "dailytimes", "qalampir", "labirint", "xabar.uz", "diyor24", "pro1c")
    for pack_id in PACKS:
        for lines in countries.load(pack_id, shipped).tables.values():
            for line in lines:
                assert line["basis"] != "source" or not any(each in line["source"] for each in press), line["id"]
