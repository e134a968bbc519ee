"""`kinward pack new`, `show` and `missing`: a country's pack from nothing, what it says, what it does not know."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import pack_missing, pack_pages
from services.cli.app import tree
from shared import countries

COUNTRIES = Path(__file__).parents[3] / "countries"
NEW = ("--name", "Freedonia", "--iso3", "XFD", "--zone", "Europe/Vienna", "--language", "en", "--script", "Latn")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The packs as they are shipped, which nobody edits while a test reads them."""
    return Path(shutil.copytree(COUNTRIES, tmp_path_factory.mktemp("packs") / "countries"))


@pytest.fixture
def root(tmp_path, shipped):
    return Path(shutil.copytree(shipped, tmp_path / "countries"))


def run(*arguments, root=COUNTRIES):
    return CliRunner().invoke(tree("pack"), ["pack", *arguments, "--countries", str(root)])


def good(*arguments, root=COUNTRIES):
    result = run(*arguments, root=root)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_new_pack_is_sound_and_everything_of_its_law_is_to_be_confirmed(root):
    told = good("new", "xx", *NEW, root=root)
    assert countries.check("xx", root) == []
    made = countries.load("xx", root)
    assert (made.name, made.iso3, made.chain) == ("Freedonia", "XFD", ("_base", "xx"))
    assert {line["basis"] for line in made.table("decision_table")} == {"to be confirmed"}
    raw = tomllib.loads((root / "xx/parameters.toml").read_text(encoding="utf-8"))
    assert "emergency_decision" in raw
    assert "under_three_age" not in raw  # an international standard, not the country's to set
    assert all("value" not in entry and entry["basis"] == "to be confirmed" for (entry,) in raw.values())
    assert told.index("Areas") < told.index("Who decides") < told.index("Time in an emergency") < told.index("Words")


def test_a_line_taken_over_says_that_its_columns_are_not_law_until_they_are_read(root):
    good("new", "xx", *NEW, root=root)
    (entry,) = [line for line in countries.load("xx", root).table("decision_table") if line["id"] == "entry"]
    assert {"decides", "notices", "silence"} <= set(entry["defaults"])
    assert {"longest", "appeal"} <= set(entry["unknown"])


def test_what_is_settled_is_no_longer_missing(root):
    good("new", "xx", *NEW, root=root)
    before = [each["what"] for each in json.loads(good("missing", "xx", "--json", root=root))]
    file = root / "xx/parameters.toml"
    unknown = '[[emergency_decision]]\nunit = "hours"\nbasis = "to be confirmed"'
    known = '[[emergency_decision]]\nvalue = 48\nunit = "hours"\nbasis = "source"\nsource = "Children Act 2001 s. 12"'
    file.write_text(file.read_text(encoding="utf-8").replace(unknown, known), encoding="utf-8")
    with (root / "xx/areas.csv").open("a", encoding="utf-8") as areas:
        areas.write("XX-1,North,region,,,,,source,Constitution art. 2,\n")
    after = [each["what"] for each in json.loads(good("missing", "xx", "--json", root=root))]
    gone = [what for what in before if what not in after]
    assert len(gone) == 2
    assert gone[0] == "every area in which children live"
    assert gone[1].startswith("emergency_decision")
    assert "  emergency_decision: 48 hours  [Children Act 2001 s. 12]" in good(
        "show", "xx", "--area", "XX-1", root=root
    )


def test_a_province_inherits_its_country_and_is_one(root):
    good("new", "kz-xx", *NEW, "--inherits", "kz", root=root)
    made = countries.load("kz-xx", root)
    assert (made.kind, made.chain) == ("province", ("_base", "kz", "kz-xx"))
    assert made.has_area("KZ-75")
    assert made.denominators == ()


def test_packs_that_are_inherited_come_along_into_another_folder(tmp_path):
    good("new", "xx", *NEW, root=tmp_path)
    assert (tmp_path / "_base/pack.toml").is_file()
    assert countries.load("xx", tmp_path).name == "Freedonia"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("new", "kz", *NEW), "Conflict"),
        (("new", "X X", *NEW), "small letters"),
        (("new", "xx", *NEW, "--inherits", "nowhere"), "no such pack"),
        (("show", "nowhere"), "no such pack"),
        (("show", "kz", "--area", "KZ-99"), "no area KZ-99"),
        (("show", "kz", "--on", "yesterday"), "is no day"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(root, arguments, told):
    result = run(*arguments, root=root)
    assert result.exit_code != 0
    assert told in " ".join(result.output.split())
    assert "remedy:" in result.output


def test_a_wrong_time_zone_is_found_when_the_pack_is_made(root):
    options = ["Europe/Wien" if each == "Europe/Vienna" else each for each in NEW]
    assert "Name an IANA zone" in run("new", "xx", *options, root=root).output


def test_the_law_that_is_shown_is_that_of_the_day_and_the_area(shipped):
    before = json.loads(good("show", "uz", "--area", "UZ-TK", "--on", "2025-01-31", "--json", root=shipped))
    after = json.loads(good("show", "uz", "--area", "UZ-TK", "--on", "2025-02-01", "--json", root=shipped))
    number = {
        law["on"]: next(each["basis"] for each in law["numbers"] if each["name"] == "guardian_appointment")
        for law in (before, after)
    }
    assert number == {"2025-01-31": "project default", "2025-02-01": "source"}


def test_what_is_to_be_confirmed_is_marked(shipped):
    shown = good("show", "kz", "--area", "KZ-75", "--on", "2026-03-10", root=shipped)
    assert "  ? emergency_decision: 72 hours  [project default, not law]" in shown
    assert "    under_three_age: 3 years  [UNICEF CEE/CIS, November 2013]" in shown
    assert "to be confirmed (marked ?)" in shown


def test_every_pack_has_a_page_that_says_what_is_known_and_what_not(shipped):
    pages = pack_pages.pages(shipped)
    assert set(pages) == {f"packs/{path.parent.name}.md" for path in shipped.glob("*/pack.toml")}
    assert "## To settle" not in pages["packs/unicef.md"]  # it keeps no children
    punjab = pages["packs/pk-pb.md"]
    assert "Inherits [pk](pk.md), then [_base](_base.md)." in punjab
    assert "cpwb.punjab.gov.pk/rules_regulations" in punjab
    assert "41 of 41 lines" in punjab


@pytest.mark.parametrize("pack", ["kg", "kz", "pk", "pk-pb", "uz"])
def test_nothing_that_lacks_a_source_is_left_out_of_the_list(shipped, pack):
    packs = pack_missing.chain(pack, shipped)
    told = [each.what for each in pack_missing.missing(packs)]
    for name, entries in packs[-1].parameters.items():
        if any(entry["basis"] == "to be confirmed" for entry in entries):
            assert any(what.split(":")[0] == name for what in told), name
    for line in packs[-1].tables["decision_table"]["line"] if "decision_table" in packs[-1].tables else ():
        assert line["basis"] == "source" or any(what.startswith(f"{line['id']}:") for what in told)
