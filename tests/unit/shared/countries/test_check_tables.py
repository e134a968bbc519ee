"""Tables of a pack: every fault of a line is found and named; a sound line is none."""

import json
from pathlib import Path

import pytest

from shared import countries

SCHEMA = {
    "type": "object",
    "required": ["id", "basis"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z-]+$"},
        "sex": {"type": "array", "items": {"type": "string", "x-list": "sex"}},
        "seat": {"type": "string", "x-area": True},
        "day": {"format": "date"},
        "days": {"type": "integer"},
        "areas": {"type": "array", "items": {"type": "string"}},
        "basis": {"enum": ["source", "project default", "to be confirmed"]},
        "source": {"type": "string"},
        "note": {"type": "string"},
    },
}
SOUND = 'id = "one"\nsex = ["F"]\nseat = "KZ-75"\nday = 2026-03-08\ndays = 1\nbasis = "source"\nsource = "An Act, s. 1"'


@pytest.fixture
def rules_of(root: Path):
    """What the check says to the lines of one table of a pack: key and rule of each finding in it."""
    (root / "_base/tables").mkdir(exist_ok=True)
    (root / "_base/tables/seats.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (root / "kz/tables").mkdir(exist_ok=True)

    def check(*lines: str, name: str = "seats"):
        file = f"kz/tables/{name}.toml"
        (root / file).write_text("".join(f"[[line]]\n{line}\n" for line in lines), encoding="utf-8")
        return {(found.key, found.rule) for found in countries.check("kz", root) if found.file == file}

    return check


def test_a_sound_line_is_no_finding(rules_of):
    assert rules_of(SOUND) == set()


ONE_FAULT = [
    ('id = "one"', "", "[0]", "id"),
    ('id = "one"', 'id = "ONE"', "ONE[0]/id", "schema-pattern"),
    ('"F"', '"X"', "one[0]/sex/0", "known-code"),
    ("KZ-75", "UZ-TK", "one[0]/seat", "known-area"),
    ("2026-03-08", '"8 March"', "one[0]/day", "schema-format"),
    ("days = 1", 'days = "1"', "one[0]/days", "schema-type"),
    ("days = 1", "hours = 1", "one[0]", "schema-additionalProperties"),
    ('basis = "source"\n', "", "one[0]", "basis"),
    ('basis = "source"', 'basis = "hearsay"', "one[0]/basis", "basis"),
    ('source = "An Act, s. 1"', "", "one[0]", "source"),
    ('source = "An Act, s. 1"', 'source = ""', "one[0]", "source"),
    ("days = 1", 'areas = ["KZ-99"]', "one[0]", "known-area"),
    ("days = 1", "from = 2026-01-01\nto = 2026-01-01", "one[0]", "from-before-to"),
    ("days = 1", 'from = "2026-01-01"', "one[0]/from", "schema-format"),
    ("days = 1", "from = 2026-01-01T00:00:00", "one[0]/from", "schema-format"),
]


@pytest.mark.parametrize(("old", "new", "key", "rule"), ONE_FAULT)
def test_one_fault_of_a_line_is_found_and_named(rules_of, old, new, key, rule):
    assert old in SOUND
    assert (key, rule) in rules_of(SOUND.replace(old, new, 1))


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("", "", True),
        ("to = 2026-01-01", "from = 2026-01-01", False),
        ("to = 2026-01-02", "from = 2026-01-01", True),
        ('areas = ["KZ-75"]', "", False),
        ('areas = ["KZ-75"]', 'areas = ["KZ-71"]', False),
        ('areas = ["KZ-75", "KZ-71"]', 'areas = ["KZ-71"]', True),
        ('areas = ["KZ-75"]\nto = 2026-01-01', 'areas = ["KZ-75"]\nfrom = 2026-01-01', False),
    ],
)
def test_one_line_of_an_id_is_in_force_in_an_area_on_a_day(rules_of, first, second, overlap):
    found = rules_of(f"{SOUND}\n{first}", f"{SOUND}\n{second}")
    assert found == ({("one[1]", "no-overlap")} if overlap else set())


def test_a_table_that_no_schema_knows_is_refused(rules_of):
    assert rules_of(SOUND, name="chairs") == {("", "known-table")}


def test_a_table_is_lines_and_nothing_else(rules_of, root: Path):
    for text in ('title = "Seats"\n', "line = [1]\n"):
        (root / "kz/tables/seats.toml").write_text(text, encoding="utf-8")
        found = {(each.key, each.rule) for each in countries.check("kz", root) if "seats" in each.file}
        assert ("", "form") in found


def test_a_schema_that_is_no_json_is_a_finding(rules_of, root: Path):
    (root / "_base/tables/seats.schema.json").write_text("{", encoding="utf-8")
    assert ("_base/tables/seats.schema.json", "readable") in {
        (each.file, each.rule) for each in countries.check("_base", root)
    }


def test_every_shipped_table_has_a_schema_and_lines_with_a_basis(shipped: Path):
    schemas = {path.name.removesuffix(".schema.json") for path in shipped.glob("_base/tables/*.schema.json")}
    for path in shipped.glob("*/tables/*.toml"):
        assert path.stem in schemas
    for pack in shipped.glob("*/pack.toml"):
        for lines in countries.load(pack.parent.name, shipped).tables.values():
            assert all(line["basis"] in {"source", "project default", "to be confirmed"} for line in lines)
