"""A column of a code list may hold an area: it is one of the pack, or of none of its packs at all."""

import shutil
from pathlib import Path

import pytest

from shared import countries

COUNTRIES = Path(__file__).parents[4] / "countries"
HEADER = "code,label,account,office,area,officer,from,to,basis,source\n"


@pytest.mark.parametrize(
    ("area", "found"), [("KZ-75", []), ("", []), ("KZ-99", ["known-area"]), ("UZ-TK", ["known-area"])]
)
def test_whoever_is_on_the_roster_answers_for_an_area_of_the_pack(tmp_path, area, found):
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    line = f"HEAD_1,Head of the office,chief@example.org,north,{area},no,2026-01-01,,to be confirmed,\n"
    (root / "kz" / "codes" / "watch_roster.csv").write_text(HEADER + line, encoding="utf-8")
    mine = [each for each in countries.check("kz", root) if each.file == "kz/codes/watch_roster.csv"]
    assert [each.rule for each in mine] == found


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("", ""), ("", ""), ["no-overlap"]),
        (("", "2026-01-01"), ("2026-01-01", ""), []),
        (("", "2026-01-02"), ("2026-01-01", ""), ["no-overlap"]),
        (("2026-01-01", "2026-01-01"), ("2027-01-01", ""), ["from-before-to"]),
    ],
)
def test_dated_lines_of_a_list_say_the_same_once_a_day(tmp_path, first, second, found):
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    lines = [
        f"HEAD_{number},Head,chief@example.org,north,,no,{since},{until},to be confirmed,\n"
        for number, (since, until) in enumerate((first, second))
    ]
    other = "HEAD_9,Head,deputy@example.org,north,,no,,,to be confirmed,\n"
    (root / "kz" / "codes" / "watch_roster.csv").write_text(HEADER + "".join(lines) + other, encoding="utf-8")
    mine = [each for each in countries.check("kz", root) if each.file == "kz/codes/watch_roster.csv"]
    assert [each.rule for each in mine] == found
