"""The error report: one row an error, safe to open in a spreadsheet, private, and counted for the summary."""

import csv
import stat

import pytest

from services.cli import register_errors
from services.cli.register_errors import ErrorReport, LineError, ReportInUse


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_error_is_a_row_and_the_summary_counts_rules_and_lines(tmp_path):
    path = tmp_path / "errors.csv"
    with ErrorReport(path) as report:
        report.add(
            [LineError(3, "sex", "female", "sex-known", "Use a code."), LineError(3, "area", "", "area-known", "x")]
        )
        report.add([LineError(9, "sex", "?", "sex-known", "Use a code.")])
    assert rows(path)[0] == {
        "line": "3", "column": "sex", "value": "female", "rule": "sex-known", "remedy": "Use a code.",
    }  # fmt: skip
    assert (len(rows(path)), report.lines, dict(report.by_rule)) == (3, 2, {"sex-known": 2, "area-known": 1})


@pytest.mark.parametrize("value", ["=1+1", "+7 701", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_value_that_a_spreadsheet_would_compute_gets_an_apostrophe(tmp_path, value):
    path = tmp_path / "errors.csv"
    with ErrorReport(path) as report:
        report.add([LineError(2, "given_name", value, "unprintable-character", "x")])
    assert rows(path)[0]["value"] == "'" + value


def test_a_long_value_is_shortened(tmp_path):
    path = tmp_path / "errors.csv"
    with ErrorReport(path) as report:
        report.add([LineError(2, "given_name", "ә" * 5000, "cell-length", "x")])
    assert len(rows(path)[0]["value"]) == register_errors.LONGEST_VALUE


def test_the_report_is_readable_by_its_owner_only_and_made_anew(tmp_path):
    path = tmp_path / "errors.csv"
    path.write_text("an older report")
    path.chmod(0o644)
    with ErrorReport(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"line,column,value,rule,remedy\r\n"


def test_a_report_that_another_import_writes_is_left_to_it(tmp_path):
    path = tmp_path / "errors.csv"
    with ErrorReport(path) as report:
        report.add([LineError(2, "sex", "female", "sex-known", "Use a code.")])
        with pytest.raises(ReportInUse) as refused, ErrorReport(path):
            pass
    assert "--errors" in str(refused.value.remedy)
    assert [row["line"] for row in rows(path)] == ["2"]
    with ErrorReport(path):
        pass
    assert rows(path) == []
