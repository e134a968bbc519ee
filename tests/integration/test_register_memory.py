"""Reading a register takes no more memory at the end of the file than at its beginning, save two digests a line."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).parents[2]
LINES = {"csv": 100_000, "xlsx": 30_000}
MOST_A_LINE = 500  # bytes: the digests of register_file
READING = """
import resource, sys
from datetime import date
from pathlib import Path
from services.cli import register_file, register_mapping_file
from shared import countries

root, path, early = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
pack = countries.load("kz", root)
mapping = register_mapping_file.load(str(path.with_name("mine.toml")), pack, root, date(2024, 3, 1))
for number, line in register_file.read(path, pack, date(2024, 3, 1), mapping):
    assert not isinstance(line, list), line
    if number == early:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(number)
"""
MAPPING = """
label = "Mine"
basis = "project default"
[[split]]
from = "name"
[columns]
child_key = { from = "key" }
script = { letters = true }
sex = { from = "sex", codes = { "ж" = "F" } }
birth_date = { from = "born", dates = ["DD.MM.YYYY"] }
area = { value = "KZ-75" }
"""


def lines(count):
    yield ("key", "name", "sex", "born")
    for number in range(count):
        yield (f"K-{number}", f"Мұсабекова Ұлжан{chr(1072 + number % 30)} Әділқызы", "ж", "28.02.2010")


@pytest.mark.parametrize("kind", LINES)
def test_reading_and_mapping_take_flat_memory(tmp_path, kind):
    path = tmp_path / f"register.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(lines(LINES[kind]))
    else:
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(lines(LINES[kind])):
                sheet.write_row(number, 0, line)
    path.with_name("mine.toml").write_text(MAPPING, encoding="utf-8")
    early = LINES[kind] // 20
    told = subprocess.run(
        [sys.executable, "-c", READING, str(ROOT / "countries"), str(path), str(early)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    at_first, at_last, last = map(int, told.stdout.split())
    assert last == LINES[kind] + 1
    assert (at_last - at_first) * 1024 < (LINES[kind] - early) * MOST_A_LINE, told.stdout
