"""The tree of areas through time: gaps, parents and successors that are not there when needed, circles of some days."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import countries
from shared.countries.areas import AreaTree

HEAD = "code,name,kind,parent,from,to,successors,basis,source\n"


def found_in(folder: Path, *lines: str) -> set[tuple[str, str]]:
    """Code and rule of what the check finds in the areas of a small pack of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "pack.toml").write_text(
        'id = "land"\nkind = "base"\nname = "Land"\nzone = "UTC"\nlanguages = ["en"]\n'
        'scripts = ["Latn"]\nservices = []\n',
        encoding="utf-8",
    )
    rows = "".join(f"{line},project default,\n" for line in lines)
    (folder / "areas.csv").write_text(HEAD + rows, encoding="utf-8")
    findings = [each for each in countries.check("land", folder.parent) if each.file == "land/areas.csv"]
    return {(each.key.split("(")[-1].split(" ")[0].rstrip(")"), each.rule) for each in findings}


FAULTS = [
    (["A,A,r,,,,"], set()),
    (["A,A,r,Z,,,"], {("A", "known-parent")}),
    (["A,A,r,,,2020-01-01,Z"], {("A", "known-successor")}),
    (["A,A,r,,,2020-01-01,"], {("A", "gap")}),
    (["A,A,r,,,2020-01-01,B", "B,B,r,,2020-01-02,,"], {("A", "gap")}),
    (["A,A,r,,,2020-01-01,B", "B,B,r,,2020-01-01,,"], set()),
    (["A,A,r,,,2020-01-01,B", "B,B,r,,2019-01-01,2019-06-01,A"], {("A", "gap")}),
    (["A,A,r,,,2020-01-01,A B", "A,A,r,,2020-02-01,,", "B,B,r,,2020-01-01,,"], {("A", "gap")}),
    (["A,A,r,,,2020-02-01,A", "A,A,r,,2020-01-01,,"], {("A", "no-overlap")}),
    (["P,P,r,,2020-01-01,,", "A,A,d,P,,,"], {("A", "parent-in-force")}),
    (["P,P,r,,2020-01-01,,", "A,A,d,P,2020-01-01,,"], set()),
    (["P,P,r,,,2020-01-01,Q", "Q,Q,r,,2020-01-01,,", "A,A,d,P,,,"], {("A", "parent-in-force")}),
    (["P,P,r,,,2020-01-01,P", "P,P,r,,2020-01-01,,", "A,A,d,P,,,"], set()),
    (["A,A,r,A,,,"], {("A", "no-circle")}),
    (["A,A,r,B,,,", "B,B,r,C,,,", "C,C,r,B,,,"], {("B", "no-circle"), ("C", "no-circle")}),
    # a circle of some days only: B lay below A before 2020, and A below B from then on
    (["A,A,r,,,2020-01-01,A", "A,A,r,B,2020-01-01,,", "B,B,r,A,,,"], {("A", "no-circle"), ("B", "no-circle")}),
    (["A,A,r,,,2020-01-01,A", "A,A,r,B,2020-01-01,,", "B,B,r,A,,2020-01-01,B", "B,B,r,,2020-01-01,,"], set()),
    (["A,A,r,,2020-01-01,2020-01-01,A"], {("A", "from-before-to")}),
    (["A,A,r,,,,B", "B,B,r,,,,"], {("A", "successors-need-to")}),
]


@pytest.mark.parametrize(("lines", "faults"), FAULTS)
def test_every_break_of_the_tree_is_found_and_a_sound_tree_is_none(tmp_path, lines, faults):
    assert found_in(tmp_path / "land", *lines) >= faults
    assert faults or not found_in(tmp_path / "land", *lines)


NAMES = st.sampled_from(["A", "B", "C", "D"])
DAYS = st.sampled_from(["", "2018-01-01", "2019-01-01", "2020-01-01"])
LINES = st.builds(
    lambda code, parent, since, until, after: f"{code},{code},r,{parent},{since},{until},{after}",
    NAMES, st.one_of(st.just(""), NAMES), DAYS, DAYS, st.lists(NAMES, max_size=2, unique=True).map(" ".join),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=5))
def test_a_tree_that_passes_the_check_can_be_walked_on_every_day(tmp_path_factory, lines):
    root = tmp_path_factory.mktemp("packs")
    if found_in(root / "land", *lines):
        return
    tree: AreaTree = countries.load("land", root).areas
    for area in tree:
        for day in filter(None, (area.since, area.until)):
            for code in tree.codes(day):
                line = tree.ancestors(code, day)
                assert len(set(line)) == len(line)
                assert all(tree.get(above, day) is not None for above in line)
        if area.until is not None:
            assert all(tree.get(after, area.until) is not None for after in area.successors)
            assert area.successors
