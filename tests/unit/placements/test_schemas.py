"""What the API shows of a row of a table: also the day on which it began, which code and column name otherwise."""

from collections.abc import Callable
from datetime import date

import pytest
from marshmallow import Schema
from sqlalchemy import Table

from services.placements.domain.gatekeeping_voluntary import VoluntaryStatus
from services.placements.schemas import alarms, gatekeeping_voluntary, placements, stays
from services.placements.store import alarms as kept_alarms
from services.placements.store import stays_tables, tables

SHOWN: tuple[tuple[Callable[[], Schema], Table], ...] = (
    (placements.Placement, tables.placement),
    (stays.Absence, stays_tables.absence),
    (stays.WhereaboutsConflict, tables.placement),
    (alarms.Duty, kept_alarms.rota_duty),
)


@pytest.mark.parametrize(("schema", "table"), SHOWN)
def test_a_row_is_shown_with_the_day_on_which_it_began(schema: Callable[[], Schema], table: Table) -> None:
    row = {column.name: None for column in table.columns} | {"from": date(2026, 11, 22)}
    assert schema().dump(row)["from"] == "2026-11-22"


@pytest.mark.parametrize("how", [VoluntaryStatus.RETURNED, VoluntaryStatus.ORDER_APPLIED])
def test_a_withdrawn_agreement_is_settled_by_a_return_or_an_application(how: VoluntaryStatus) -> None:
    given = {"how": str(how), "on": "2026-11-22"}
    assert gatekeeping_voluntary.SettleVoluntaryPlacement().load(given)["how"] is how
