"""How a definition is read: errors name the row, the code, the column and the rule."""

import csv
from pathlib import Path

import pytest

from services.reporting.indicators import definition, identities
from shared.errors import Invalid
from tests.unit.reporting.indicators.given import row

SHIPPED = Path("countries/_base/indicators.csv")


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"measure": "visits"}, "measure", "'visits' is not one of"),
        ({"population": "0-21"}, "population", "'0-21' is not one of"),
        ({"window": "period"}, "window", "a stock is counted on a day"),
        ({"measure": "entry", "window": "day"}, "window", "a stock is counted on a day"),
        ({"destination": "REUNION"}, "destination", "only exits have a destination"),
        ({"measure": "exit", "destination": "HEAVEN"}, "destination", "'HEAVEN' is not one of"),
        ({"unit": "PCNT"}, "unit", "with base '' it is PS"),
        ({"base": "POPULATION", "ages": "Y0T2 _T"}, "ages", "a rate has the whole population"),
        ({"sexes": "F X"}, "sexes", "'X' is not one of"),
        ({"ages": "Y18T24"}, "ages", "'Y18T24' is not one of"),
        ({"name": ""}, "name", "must not be empty"),
        ({"code": "in-care"}, "code", "capital letters, digits and underscores"),
        ({"code": "LEFT__*", "measure": "exit"}, "code", "ends in * exactly when the destination is *"),
        ({"base": "NOWHERE"}, "base", "must be the code of a number"),
        ({"base": "A_FLOW"}, "base", "is counted over another window"),
    ],
)
def test_a_definition_that_cannot_be_read_is_refused_with_row_column_and_rule(
    cells: dict[str, str], column: str, rule: str
) -> None:
    rows = [row("A_FLOW", measure="entry"), row("BAD", **{key: cells[key] for key in cells.keys() - {"code"}}) | cells]
    with pytest.raises(Invalid) as refused:
        definition.parse(rows)
    assert refused.value.field == column
    assert rule in refused.value.message
    assert refused.value.message.startswith("row 3: ")


def test_a_code_defined_twice_is_refused() -> None:
    with pytest.raises(Invalid, match=r"row 3: ONE is defined twice \(row 2\)"):
        definition.parse([row("ONE"), row("ONE")])


def test_the_shipped_definitions_hold_every_care_indicator_of_transmonee_1_to_28() -> None:
    definitions = definition.parse(_shipped())
    numbers = {one.tm_number for one in definitions if one.tm_number}
    whole = {number.split(".")[0] for number in numbers}
    assert whole == {str(number) for number in range(1, 29)} - {"23"}
    assert len(numbers) == 73
    assert not any(one.is_own for one in definitions if one.tm_number)
    assert "PT_CHLD_CARED_GUARDIAN" in {one.code for one in definitions}


def test_every_code_that_an_identity_names_is_shipped() -> None:
    codes = {one.code for one in definition.parse(_shipped())}
    named = {code for one in identities.SUMS for code in (one.whole, *one.plus, *one.minus)}
    assert named <= codes


def _shipped() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
