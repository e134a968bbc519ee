"""A reporting period as the shipped packs describe it."""

from datetime import date
from pathlib import Path

import pytest

from services.reporting import domain
from shared import countries
from shared.countries import Pack
from shared.errors import Invalid, Refused


def pack(id_: str) -> Pack:
    """A shipped pack."""
    return countries.load(id_, Path("countries"))


def test_kazakhstan_2011_is_counted_on_31_october_and_says_that_the_definition_differs() -> None:
    conditions = domain.plan(pack("kz"), "2011", "Invented.").conditions
    assert (conditions.reference_day, conditions.coverage_time) == (date(2011, 10, 31), "31 October 2011")
    assert conditions.obs_status == "D"
    assert conditions.footnotes[-1] == "Invented."
    assert "PT_CHLD_CARED_BY_FOSTER" in conditions.publication_plan


def test_the_areas_of_a_period_are_those_that_existed_in_it() -> None:
    early, split = (domain.plan(pack("kz"), year).conditions.areas or {} for year in ("2011", "2022"))
    assert not {"KZ-10", "KZ-33", "KZ-62", "KZ-79"} & set(early)
    assert {"KZ-10", "KZ-19", "KZ-33", "KZ-63"} <= set(split)


def test_a_year_without_a_word_of_the_pack_ends_on_31_december_and_publishes_everything() -> None:
    conditions = domain.plan(pack("kz"), "2023").conditions
    assert (conditions.reference_day, conditions.coverage_time) == (date(2023, 12, 31), "31 December 2023")
    assert (conditions.obs_status, conditions.publication_plan, conditions.complete) == ("A", (), True)


def test_partial_coverage_gives_no_rates_and_its_note_to_every_figure() -> None:
    conditions = domain.plan(pack("uz"), "2023").conditions
    assert not conditions.complete
    assert any("23 institutions" in text for text in conditions.footnotes)


def test_populations_keep_source_day_and_multiplier() -> None:
    rows = domain.plan(pack("uz"), "2022").conditions.denominators
    (girls,) = (row for row in rows if (row.day, row.sex) == (date(2022, 7, 1), "F"))
    assert (str(girls.value), girls.multiplier, girls.status) == ("5830.0465", 3, "E")
    assert girls.source.startswith("United Nations")


@pytest.mark.parametrize("label", ["", "22", "2022-Q1", "20222", "zwei", "0999"])
def test_a_period_is_a_year(label: str) -> None:
    with pytest.raises(Invalid):
        domain.period_of(label)


def test_a_hub_counts_nobody() -> None:
    with pytest.raises(Refused):
        domain.plan(pack("unicef"), "2024")


def test_a_national_destination_leads_back_to_its_definition() -> None:
    plan = domain.plan(pack("uz"), "2022")
    assert plan.definition("KW_CHLD_LEFT_RESIDENTIAL__EDUCATION").code == "KW_CHLD_LEFT_RESIDENTIAL__*"
    assert plan.definition("KW_CHLD_LEFT_RESIDENTIAL_ALLAGES").code == "KW_CHLD_LEFT_RESIDENTIAL_ALLAGES"
    with pytest.raises(Invalid):
        plan.definition("PT_NONE")
