"""The cells file: one spelling for one set of figures, and back without loss."""

from dataclasses import fields
from decimal import Decimal

import pytest

from services.reporting.federation import archive, cells, structure
from services.reporting.federation.cells import Cell
from shared.errors import Invalid
from tests.unit.reporting.federation import given


def test_the_columns_are_those_of_the_structure():
    care = structure.care()
    components = [*(part.id for part in care.dimensions), "OBS_VALUE", *(part.id for part in care.attributes)]
    assert list(cells.COLUMNS[3:]) == components
    assert [
        part.name.upper().replace("VALUE", "OBS_VALUE", part.name == "value") for part in fields(Cell)
    ] == components


def test_the_first_lines_read_as_sdmx_csv_2_0():
    figure = given.cell(obs_footnote="", data_source="register")
    assert cells.to_csv([figure]).decode() == (
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,SUBNATIONAL_AREA,INDICATOR,SEX,AGE,RESIDENCE,WEALTH_QUINTILE,"
        "TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULTIPLIER,OBS_STATUS,FREQ,COVERAGE_TIME,DATA_SOURCE,OBS_FOOTNOTE\n"
        "dataflow,KINWARD:CARE(1.0),R,KAZ,_T,PT_CHLD_INRESIDENTIAL,_T,Y0T17,_T,_T,2011,14052,PS,0,D,A,2011-10-31,"
        "register,\n"
    )


def test_what_is_written_reads_back_the_same():
    figures = [
        given.cell(),
        given.cell(sex="F", value=0),
        given.cell(sex="M", value=None, obs_status="O"),
        given.cell(indicator="PT_CHLD_INRESIDENTIAL_PROP", unit_measure="PCNT", value=Decimal("36.6071")),
        given.cell(subnational_area="KZ-75", unit_multiplier=3, obs_footnote='"\n,\n"'),
    ]
    assert cells.from_csv(cells.to_csv(figures)) == tuple(sorted(figures, key=cells.key))


def test_the_gzip_holds_no_time_and_no_name():
    packed = cells.pack(b"figures")
    assert packed == cells.pack(b"figures")
    assert packed[3:8] == b"\0\0\0\0\0"
    assert archive.gunzip(packed, cells.RATIO_LIMIT) == b"figures"


def test_very_even_figures_are_packed_less_so_that_the_hub_does_not_take_them_for_a_bomb():
    raw = b"0" * 3_000_000
    packed = cells.pack(raw)
    assert len(raw) <= cells.RATIO_LIMIT * len(packed)
    assert archive.gunzip(packed, cells.RATIO_LIMIT) == raw


def test_nothing_is_rounded():
    with pytest.raises(Invalid, match="more than the 4 decimals"):
        cells.spell(Decimal("0.00001"), "PCNT")
    with pytest.raises(Invalid, match="more than the 0 decimals"):
        cells.spell(Decimal("0.5"), "PS")
    assert cells.spell(Decimal("-0"), "PS") == "0"


def test_an_unsound_cell_is_named_by_row_and_column():
    with pytest.raises(Invalid, match=r"row 2, SEX: 'X' is not in CL_SEX"):
        cells.to_csv([given.cell(), given.cell(sex="X", ref_area="UZB")])


def test_a_part_of_another_country_is_refused():
    with pytest.raises(Invalid, match="is no part of KAZ"):
        cells.to_csv([given.cell(subnational_area="UZ-AN")])


def test_two_cells_of_the_same_dimensions_are_refused():
    with pytest.raises(Invalid, match="row 2 repeats"):
        cells.to_csv([given.cell(), given.cell(value=1)])


def test_the_structure_s_hash_is_pinned():
    """A changed structure is another dataset version: bundles that wait at a hub would no longer be read."""
    assert structure.care().sha256 == "1ae3d1bdcd9e6ae11b393cd77cb5d42bec69b94939b5752e2f40860ea692cfa5"
    assert set(structure.care().codelists) == {
        "CL_AGE", "CL_COUNTRY", "CL_FREQ", "CL_OBS_STATUS", "CL_RESIDENCE", "CL_SEX", "CL_UNIT_MEASURE",
        "CL_UNIT_MULTIPLIER", "CL_WEALTH_QUINTILE",
    }  # fmt: skip
