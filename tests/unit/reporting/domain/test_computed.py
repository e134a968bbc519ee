"""Figures as cells: UNICEF's ages, the day or the year they are of, and what is published."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

from services.reporting import domain
from services.reporting.federation import cells
from services.reporting.indicators.facts import ChildFact, EpisodeFact
from shared import countries

BORN = date(2005, 5, 5)


def computed(**changes: object) -> domain.Computed:
    """Kazakhstan 2010: four children in a home, one of whom went home in June and one of unknown sex."""
    plan = domain.plan(countries.load("kz", Path("countries")), "2010")
    plan = replace(plan, **changes)  # type: ignore[arg-type]
    children = [ChildFact(UUID(int=n), "FMFU"[n], BORN, BORN, False) for n in range(4)]  # type: ignore[arg-type]
    episodes = [
        EpisodeFact(UUID(int=n), UUID(int=n), "CHILDRENS_HOME", None, "KZ-75", date(2009, 1, 1)) for n in range(4)
    ]
    episodes[0] = replace(episodes[0], end=date(2010, 6, 1), destination="REUNIFICATION")
    return domain.compute(plan, children, episodes)


def one(found: domain.Computed, indicator: str, sex: str = "_T", age: str = "Y0T17", area: str = "_T") -> cells.Cell:
    """A cell."""
    (cell,) = (
        cell
        for cell in found.cells
        if (cell.indicator, cell.sex, cell.age, cell.subnational_area) == (indicator, sex, age, area)
    )
    return cell


def test_the_total_of_children_is_an_age_of_its_own() -> None:
    found = computed()
    assert one(found, "PT_CHLD_INRESIDENTIAL").value == 3
    assert one(found, "PT_YOUNG_LEFT_RESIDENTIAL", age="Y18T24").value == 0
    assert one(found, "KW_CHLD_LEFT_RESIDENTIAL_ALLAGES", age="_T").value == 1
    assert "_T" not in {cell.age for cell in found.cells if cell.indicator.startswith("PT_")}


def test_a_stock_is_of_its_day_and_a_flow_of_its_year() -> None:
    found = computed()
    assert one(found, "PT_CHLD_INRESIDENTIAL").coverage_time == "31 December 2010"
    assert one(found, "PT_CHLD_LEFT_RESIDENTIAL").coverage_time == "2010"


def test_a_flow_keeps_its_distinct_children_beside_it() -> None:
    found = {f.cell.indicator: f for f in computed().figures if (f.cell.sex, f.cell.subnational_area) == ("_T", "_T")}
    assert found["PT_YOUNG_LEFT_RESIDENTIAL"].children == 0
    assert found["KW_AGED18"].children == 0
    assert found["PT_YOUNG_INRESIDENTIAL"].children is None


def test_every_cell_is_one_that_the_federation_takes() -> None:
    found = computed()
    assert not [fault for cell in found.cells for fault in cells.faults(cell)]
    assert "KW_CHLD_LEFT_RESIDENTIAL__REUNIFICATION" in {cell.indicator for cell in found.cells}


def test_only_the_breakdowns_of_the_plan_are_published() -> None:
    found = computed(breakdowns=frozenset({"sex"}))
    assert {cell.sex for cell in found.cells} == {"F", "M", "_U", "_T"}
    assert {cell.subnational_area for cell in found.cells} == {"_T"}
    assert {cell.age for cell in found.cells} == {"Y0T17", "Y18T24", "_T"}


def test_equal_figures_have_one_hash_and_others_another() -> None:
    assert computed().content_sha256 == computed().content_sha256
    assert computed().content_sha256 != computed(data_source="another").content_sha256
