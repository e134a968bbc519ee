"""UNICEF's file: its columns, its codes, its spelling, and errors that name row and column."""

from decimal import Decimal

import pytest

from services.reporting.exchange import codelists, sdmx_csv
from tests.unit.reporting.federation import given

SHARE = {"indicator": "PT_CHLD_INRESIDENTIAL_PROP", "unit_measure": "PCNT"}


def lines(*figures) -> list[str]:
    return sdmx_csv.write(figures).decode().split("\r\n")


def test_the_columns_are_unicef_s_in_unicef_s_order():
    assert lines()[0] == (
        "DATAFLOW,REF_AREA,INDICATOR,SEX,AGE,RESIDENCE,WEALTH_QUINTILE,TIME_PERIOD,OBS_VALUE,COVERAGE_TIME,"
        "UNIT_MEASURE,OBS_FOOTNOTE,FREQ,DATA_SOURCE,UNIT_MULTIPLIER,OBS_STATUS"
    )


def test_a_count_stands_in_its_row_as_a_whole_number():
    figure = given.cell(obs_footnote="as known at 2012-01-15", data_source="register")
    assert lines(figure)[1:] == [
        "ECARO:TRANSMONEE(1.0),KAZ,PT_CHLD_INRESIDENTIAL,_T,Y0T17,_T,_T,2011,14052,2011-10-31,PS,"
        "as known at 2012-01-15,A,register,0,D",
        "",
    ]


@pytest.mark.parametrize(
    ("value", "spelled"),
    [(Decimal("36.6"), "36.6000"), (Decimal("100"), "100.0000"), (0, "0.0000"), (Decimal("0.0001"), "0.0001")],
)
def test_a_share_has_four_decimals(value, spelled):
    assert f",{spelled}," in lines(given.cell(value=value, **SHARE))[1]


def test_a_count_never_has_a_point_zero():
    assert ",14052," in lines(given.cell(value=Decimal("14052.0")))[1]


@pytest.mark.parametrize("status", ["O", "M"])
def test_a_missing_value_is_empty_and_its_status_says_why(status):
    figure = given.cell(value=None, obs_status=status, obs_footnote="joined national code")
    assert ",2011,,2011-10-31,PS,joined national code,A,Тіркелім,0," + status in lines(figure)[1]


def test_quotes_commas_and_line_feeds_are_quoted_by_rfc_4180():
    written = sdmx_csv.write([given.cell(obs_footnote='said "yes", then\nleft')]).decode()
    assert ',"said ""yes"", then\nleft",' in written


def test_own_codes_and_parts_of_a_country_are_left_out():
    figures = [
        given.cell(indicator="KW_CHLD_INCARE"),
        given.cell(subnational_area="KZ-75"),
        given.cell(sex="_U"),
    ]
    assert lines(*figures)[1:] == [""]


def test_the_bytes_do_not_depend_on_the_order_of_the_cells():
    figures = [given.cell(sex=sex, age=age) for sex in ("F", "M", "_T") for age in ("Y0T2", "Y3T6", "Y7T17", "Y18T24")]
    assert sdmx_csv.write(figures) == sdmx_csv.write(reversed(figures))


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"ref_area": "XXX"}, "REF_AREA"),
        ({"indicator": "PT_CHLD_INVENTED"}, "INDICATOR"),
        ({"sex": "X"}, "SEX"),
        ({"age": "Y0T16"}, "AGE"),
        ({"age": "_T"}, "AGE"),
        ({"residence": "U"}, "RESIDENCE"),
        ({"wealth_quintile": "Q1"}, "WEALTH_QUINTILE"),
        ({"time_period": "2011-Q4"}, "TIME_PERIOD"),
        ({"time_period": "2011\n"}, "TIME_PERIOD"),
        ({"unit_measure": "KG"}, "UNIT_MEASURE"),
        ({"unit_measure": "PCNT"}, "UNIT_MEASURE"),
        ({"unit_multiplier": 6}, "UNIT_MULTIPLIER"),
        ({"obs_status": "Z"}, "OBS_STATUS"),
        ({"freq": "Q"}, "FREQ"),
        ({"value": None}, "OBS_VALUE"),
        ({"obs_status": "O"}, "OBS_VALUE"),
        ({"value": Decimal("1.5")}, "OBS_VALUE"),
        ({"value": Decimal("NaN")}, "OBS_VALUE"),
        ({"value": Decimal("Infinity")}, "OBS_VALUE"),
        ({"value": -1}, "OBS_VALUE"),
        ({"value": Decimal("1.00001"), **SHARE}, "OBS_VALUE"),
        ({"obs_footnote": "a\rb"}, "OBS_FOOTNOTE"),
        ({"obs_footnote": "x" * 4001}, "OBS_FOOTNOTE"),
        ({"data_source": "a\0b"}, "DATA_SOURCE"),
        ({"coverage_time": "\ud800"}, "COVERAGE_TIME"),
    ],
    ids=str,
)
def test_what_unicef_would_not_take_is_named_by_row_and_column(change, column):
    sound = given.cell(ref_area="AFG")
    with pytest.raises(sdmx_csv.UnicefFileRefused) as refused:
        sdmx_csv.write([given.cell(**change), sound])
    assert [(finding.row, finding.column) for finding in refused.value.findings] == [(2, column)]
    assert str(refused.value).startswith(f"row 2, {column}: ")
    assert refused.value.field == column


def test_a_figure_that_stands_twice_is_named():
    with pytest.raises(sdmx_csv.UnicefFileRefused, match=r"row 2, INDICATOR.*twice"):
        sdmx_csv.write([given.cell(), given.cell(value=1)])


def test_all_findings_are_kept_and_five_are_shown():
    bad = [given.cell(sex="X", indicator=code) for code in list(codelists.load("CL_INDICATORS_TRANSMONEE"))[20:28]]
    with pytest.raises(sdmx_csv.UnicefFileRefused, match=r"more$") as refused:
        sdmx_csv.write(bad)
    assert sum(finding.column == "SEX" for finding in refused.value.findings) == 8


@pytest.mark.parametrize("name", sorted({*sdmx_csv._LISTS.values()}))
def test_every_code_has_a_name_and_a_source(name):
    for row in codelists.load(name).values():
        assert row["name"] and row["source"]
