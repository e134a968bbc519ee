"""A country's years together."""

from services.reporting.federation.cells import Cell
from services.reporting.hub_views import Column, Line, SideBySide
from services.reporting.pages import spans
from tests.unit.reporting.federation.given import cell


def flow(year: int, value: int | None, **changes: object) -> Cell:
    """Leavers of a year."""
    status = "O" if value is None else "A"
    return cell(time_period=str(year), coverage_time=str(year), value=value, obs_status=status, **changes)


def columns(*years: int, issuer: str = "uz") -> tuple[Column, ...]:
    """The columns of a country."""
    return tuple(Column(issuer, "Uzbekistan", "UZB", str(year), str(year)) for year in years)


def together(*cells: Cell | None) -> Cell | None:
    """The last column's figure."""
    years = tuple(range(2022, 2022 + len(cells)))
    found = SideBySide(columns(*years), (Line("PT_LEFT", "_T", "Y0T17", cells),))
    wide = spans.together(found)
    assert [column.period for column in wide.columns][-1] == f"{years[0]} to {years[-1]}"
    return wide.lines[0].cells[-1]


def test_what_happened_in_each_year_adds_up() -> None:
    found = together(flow(2022, 1278), flow(2023, 405), flow(2024, 491))
    assert found is not None
    assert found.value == 2174


def test_a_year_without_a_value_leaves_the_sum_without_one() -> None:
    found = together(flow(2022, 1), flow(2023, None))
    assert found is not None
    assert (found.value, found.obs_status) == (None, "O")


def test_stocks_shares_and_years_that_are_missing_do_not_add_up() -> None:
    stock = cell(time_period="2022", coverage_time="31 December 2022", value=5)
    share = flow(2023, 5, unit_measure="PCNT")
    assert together(stock, stock) is None
    assert together(share, share) is None
    assert together(flow(2022, 1), None) is None


def test_a_country_with_one_period_has_no_sum() -> None:
    found = SideBySide(columns(2011, issuer="kz"), (Line("PT_LEFT", "_T", "Y0T17", (flow(2011, 3),)),))
    assert spans.together(found) == found
