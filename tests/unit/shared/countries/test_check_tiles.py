"""The grid of tiles of areas: all or none of a level, one each on a day; how the shipped packs are laid out."""

from pathlib import Path

import pytest

from shared import countries

HEAD = "code,name,kind,parent,from,to,successors,basis,source,note,tile_x,tile_y\n"
LAID_OUT = {"kg": 9, "kz": 20, "uz": 14, "pk": 7}


def found_in(folder: Path, *lines: str) -> set[tuple[str, str]]:
    """Rule and message of what the check finds in the areas of a small pack of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "pack.toml").write_text(
        'id = "land"\nkind = "base"\nname = "Land"\nzone = "UTC"\nlanguages = ["en"]\n'
        'scripts = ["Latn"]\nservices = []\n',
        encoding="utf-8",
    )
    rows = "".join(f"{line}\n" for line in lines)
    (folder / "areas.csv").write_text(HEAD + rows, encoding="utf-8")
    found = countries.check("land", folder.parent)
    return {(each.rule, each.message) for each in found if each.file == "land/areas.csv"}


def area(code: str, tile: str, parent: str = "", since: str = "", until: str = "", to: str = "") -> str:
    return f"{code},{code},r,{parent},{since},{until},{to},project default,,,{tile}"


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ([area("A", "0,0"), area("B", "1,0")], set()),
        ([area("A", ","), area("B", ",")], set()),
        ([area("A", "0,0"), area("B", "0,0")], {"one-tile-each"}),
        ([area("A", "0,0"), area("B", ",")], {"all-tiles"}),
        ([area("A", "0,0"), area("B", "1,0"), area("C", "0,0", "A"), area("D", "1,0", "A")], set()),
        ([area("A", "0,0"), area("B", "1,0"), area("C", ",", "A")], set()),
        ([area("A", "0,0"), area("B", "1,0"), area("C", ",", "A"), area("D", "2,2", "A")], {"all-tiles"}),
        ([area("A", "0,")], {"tile"}),
        ([area("A", "0,12")], {"tile"}),
        ([area("A", "-1,0")], {"tile"}),
        ([area("A", "x,0")], {"tile"}),
        # one follows the other: they never share a day, and may share a tile
        ([area("A", "0,0", until="2020-01-01", to="B"), area("B", "0,0", since="2020-01-01")], set()),
        ([area("A", "0,0", until="2020-01-01", to="A"), area("A", "0,0", since="2020-01-01")], set()),
    ],
)
def test_a_level_has_tiles_for_all_or_none_and_no_tile_twice_on_a_day(tmp_path, lines, rules):
    assert {rule for rule, _ in found_in(tmp_path / "land", *lines)} == rules


def test_a_pack_from_before_tiles_needs_no_columns_for_them(shipped: Path) -> None:
    districts = [each for each in countries.load("pk-pb", shipped).areas if each.parent == "PK-PB"]
    assert len(districts) == 41
    assert {each.tile for each in districts} == {None}


@pytest.mark.parametrize(("pack_id", "areas"), LAID_OUT.items())
def test_each_shipped_country_is_laid_out_on_its_first_level(shipped: Path, pack_id: str, areas: int) -> None:
    found = countries.load(pack_id, shipped).areas
    today = [each for each in found if each.parent is None and each.until is None]
    assert len({each.tile for each in today} - {None}) == len(today) == areas


def test_neighbours_of_the_shipped_grids_lie_where_people_look_for_them(shipped: Path) -> None:
    tile = {each.code: each.tile for pack in LAID_OUT for each in countries.load(pack, shipped).areas if each.tile}
    for west, east in (("KZ-47", "KZ-33"), ("KG-T", "KG-Y"), ("UZ-QR", "UZ-AN"), ("PK-BA", "PK-PB")):
        assert tile[west][0] < tile[east][0]
    for north, south in (("KZ-59", "KZ-75"), ("KG-GB", "KG-GO"), ("UZ-TK", "UZ-SU"), ("PK-GB", "PK-SD")):
        assert tile[north][1] < tile[south][1]
