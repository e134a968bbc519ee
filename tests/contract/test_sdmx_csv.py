"""A foreign reader, pysdmx, gets out of our files exactly what went in."""

import csv
import io
from decimal import Decimal

from pysdmx.io import get_datasets, read_sdmx
from pysdmx.io.format import Format
from pysdmx.io.input_processor import process_string_to_read

from services.reporting.exchange import sdmx_csv
from services.reporting.federation import cells
from services.reporting.federation.cells import Cell

FOOTNOTES = (
    "",
    "Жасы мен жынысы ойдан алынған",
    'said "yes", then "no"',
    "first line\nsecond line\n\nfourth",
    "'single', semicolon; tab-free, ends with comma,",
    '"',
    "ریاست ماں کے جیسی",
    "  spaces kept  ",
    "NA",
    "=1+1",
    "007",
)


def figures(*, with_missing: bool) -> list[Cell]:
    """Counts, shares and (if asked) missing ones, each with a footnote that is hard on a reader."""
    found = []
    for number, footnote in enumerate(FOOTNOTES):
        common = {"ref_area": "KAZ", "age": "Y0T17", "time_period": str(2000 + number), "obs_footnote": footnote}
        common |= {"coverage_time": "2011-10-31", "data_source": f"ҚР {footnote}"}
        found.append(
            Cell(indicator="PT_CHLD_INRESIDENTIAL", sex="_T", value=14052 + number, unit_measure="PS", **common)
        )
        share = Decimal(number) / 7
        found.append(
            Cell(
                indicator="PT_CHLD_INRESIDENTIAL_PROP",
                sex="F",
                value=share.quantize(Decimal("0.0001")),
                unit_measure="PCNT",
                **common,
            )
        )
        if with_missing:
            missing = {"value": None, "obs_status": "O", "unit_measure": "PS"}
            found.append(Cell(indicator="PT_CHLD_LEFT_RESIDENTIAL_ADOPT", sex="M", **missing, **common))
    return found


def read(raw: bytes):
    [dataset] = get_datasets(raw.decode("utf-8"))
    return dataset


def expected(sent: list[Cell]) -> list[dict[str, str]]:
    return [
        {column: str(getattr(cell, column.lower())) for column in (*sdmx_csv.DIMENSIONS, *sdmx_csv.ATTRIBUTES)}
        for cell in sdmx_csv.rows(sent)
    ]


def test_pysdmx_takes_the_file_for_sdmx_csv_1_0_of_unicef_s_dataflow():
    raw = sdmx_csv.write(figures(with_missing=True))
    assert process_string_to_read(raw.decode())[1] is Format.DATA_SDMX_CSV_1_0_0
    assert read(raw).short_urn == "Dataflow=ECARO:TRANSMONEE(1.0)"


def test_pysdmx_reads_every_field_back_as_it_was_written():
    sent = figures(with_missing=True)
    rows = read(sdmx_csv.write(sent)).data.to_dict("records")
    values = [row.pop("OBS_VALUE") for row in rows]
    assert rows == expected(sent)
    assert values == [cells.spell(cell.value, cell.unit_measure) for cell in sdmx_csv.rows(sent)]


def test_pysdmx_reads_the_same_numbers_where_none_is_missing():
    """Without an empty value pandas reads the column as floats and drops trailing zeros, so numbers are compared."""
    sent = figures(with_missing=False)
    rows = read(sdmx_csv.write(sent)).data.to_dict("records")
    assert [Decimal(row.pop("OBS_VALUE")) for row in rows] == [cell.value for cell in sdmx_csv.rows(sent)]
    assert rows == expected(sent)


def test_a_file_through_the_disk_reads_the_same(tmp_path):
    file = tmp_path / "figures.csv"
    file.write_bytes(sdmx_csv.write(figures(with_missing=True)))
    [dataset] = read_sdmx(file).data
    assert len(dataset.data) == 3 * len(FOOTNOTES)


def test_python_s_csv_reader_agrees():
    sent = figures(with_missing=True)
    text = sdmx_csv.write(sent).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [{name: row[name] for name in expected(sent)[0]} for row in rows] == expected(sent)


def test_pysdmx_reads_the_cells_of_a_bundle_as_sdmx_csv_2():
    sent = figures(with_missing=True)
    raw = cells.to_csv(sent)
    # 2.0 and 2.1 share this header; pysdmx takes it for the newer.
    assert process_string_to_read(raw.decode())[1] is Format.DATA_SDMX_CSV_2_1_0
    dataset = read(raw)
    assert dataset.short_urn == "Dataflow=KINWARD:CARE(1.0)"
    rows = dataset.data.to_dict("records")
    assert [row["OBS_FOOTNOTE"] for row in rows] == [cell.obs_footnote for cell in sorted(sent, key=cells.key)]
