"""The list of erased ids: it only grows, is private, and a damaged, changed or missing line is told, never skipped."""

import json
import stat
from datetime import UTC, datetime

import pytest

from shared import deny_list
from shared.deny_list import Erased
from shared.errors import ConfigurationError
from shared.ids import new_id
from shared.protection.keys import Keys

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = Keys.generated()


def at(path, copies=()):
    """The list there, with this module's keys."""
    return deny_list.DenyList(path, KEYS, copies)


def test_what_was_appended_is_read_in_its_order_and_the_file_is_private(tmp_path):
    listed = at(tmp_path / "kz" / "erased.jsonl")
    assert listed.read() == ()
    lines = [Erased(new_id(), AT, "court-order") for _ in range(3)]
    listed.append(lines[:2])
    listed.append(lines[2:])
    assert listed.read() == tuple(lines)
    assert stat.S_IMODE(listed.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("line", ["{", '{"id": "x"}', '{"id": "no uuid", "at": "2026-03-01", "ground": "g"}', "[]"])
def test_a_damaged_line_is_told_with_its_number(tmp_path, line):
    listed = at(tmp_path / "erased.jsonl")
    listed.append([Erased(new_id(), AT, "court-order")])
    with listed.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        listed.read()


def test_a_list_that_cannot_be_written_refuses(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError):
        at(tmp_path / "file" / "erased.jsonl").append([Erased(new_id(), AT, "court-order")])


def test_copies_elsewhere_are_written_first_brought_level_and_read_too(tmp_path):
    copies = [tmp_path / "a" / "list", tmp_path / "b" / "list"]
    first, second, third = (Erased(new_id(), AT, "court-order") for _ in range(3))
    at(tmp_path / "own").append([first])
    copies[0].parent.mkdir()
    listed = at(tmp_path / "own", copies)
    with pytest.raises(ConfigurationError, match="nothing was erased"):
        listed.append([second])
    assert at(tmp_path / "own").read() == (first,), "a copy that cannot be written stops the erasing"
    copies[1].parent.mkdir()
    listed.append([third])
    assert set(at(copies[1]).read()) >= {first, third}
    (tmp_path / "own").unlink()
    assert set(listed.read()) >= {first, third}
    assert listed.there()


def test_an_empty_list_says_that_nobody_was_erased(tmp_path):
    listed = at(tmp_path / "own")
    assert not listed.there()
    listed.begin()
    assert (listed.there(), listed.read()) == (True, ())


@pytest.fixture
def three(tmp_path):
    """A list of three in the file `own`."""
    listed = at(tmp_path / "own")
    for _ in range(3):
        listed.append([Erased(new_id(), AT, "court-order")])
    return listed


def changed(listed, change):
    """Change the lines of a list's file by hand."""
    lines = listed.path.read_text().splitlines()
    change(lines)
    listed.path.write_text("".join(f"{line}\n" for line in lines))


def spoilt(lines, place, **said):
    lines[place] = json.dumps(json.loads(lines[place]) | said)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: spoilt(lines, 1, id=str(new_id())),
        lambda lines: spoilt(lines, 2, at="2027-01-01T00:00:00+00:00"),
        lambda lines: spoilt(lines, 0, ground="registered-in-error"),
        lambda lines: spoilt(lines, 2, number=2),
        lambda lines: spoilt(lines, 2, number=0),
        lambda lines: lines.append(json.dumps({"id": str(new_id()), "at": AT.isoformat(), "ground": "court-order"})),
        lambda lines: spoilt(lines, 1, code=json.loads(lines[0])["code"]),
    ],
    ids=["another id", "another instant", "another ground", "another place", "no place", "added", "another's code"],
)
def test_a_line_that_was_changed_or_added_by_somebody_else_is_told(three, change):
    assert len(three.read()) == 3
    changed(three, change)
    before = three.path.read_bytes()
    with pytest.raises(ConfigurationError, match="was not written here") as refused:
        three.read()
    assert (refused.value.rule, refused.value.field) == ("deny-list-bound", str(three.path))
    with pytest.raises(ConfigurationError):
        three.append([Erased(new_id(), AT, "court-order")])
    assert three.path.read_bytes() == before


@pytest.mark.parametrize("gone", [0, 1])
def test_a_list_from_which_lines_before_others_are_gone_is_told(three, gone):
    changed(three, lambda lines: lines.pop(gone))
    with pytest.raises(ConfigurationError, match="it was cut"):
        three.read()


def test_lines_bound_with_the_keys_of_another_deployment_are_told(three):
    with pytest.raises(ConfigurationError, match="was not written here"):
        deny_list.DenyList(three.path, Keys.generated()).read()
    renewed = deny_list.DenyList(three.path, KEYS.with_new_kek().with_new_index())
    renewed.append([Erased(new_id(), AT, "court-order")])
    assert [(line.number, line.key) for line in renewed.lines()] == [(1, 1), (2, 1), (3, 1), (4, 2)]
    assert len(renewed.read()) == 4


def test_what_one_copy_has_lost_the_others_have_and_the_next_erasure_puts_back(three, tmp_path):
    both = at(three.path, [tmp_path / "copy"])
    both.append([Erased(new_id(), AT, "court-order")])
    whole = at(tmp_path / "copy").read()
    changed(three, lambda lines: lines.__delitem__(slice(1, None)))
    assert both.read() == whole
    both.append([Erased(new_id(), AT, "court-order")])
    assert at(three.path).read() == at(tmp_path / "copy").read() == both.read()
    assert len(both.read()) == 5


def test_two_that_erase_at_once_give_two_lines_one_place_and_both_count(tmp_path):
    first, second = at(tmp_path / "first"), at(tmp_path / "second")
    first.append([Erased(new_id(), AT, "court-order")])
    (tmp_path / "second").write_bytes((tmp_path / "first").read_bytes())
    for listed in (first, second):
        listed.append([Erased(new_id(), AT, "court-order")])
    first.take(second.lines())
    first.append([Erased(new_id(), AT, "court-order")])
    assert [line.number for line in first.lines()] == [1, 2, 2, 3]
    assert len(first.read()) == 4


def test_a_list_begun_anew_is_whole_and_the_old_one_is_set_aside(three):
    kept = three.path.read_bytes()
    changed(three, lambda lines: lines.pop(0))
    three.begin_anew(line.erased for line in three.lines())
    assert len(three.read()) == 2
    assert kept.endswith(three.path.with_name("own.aside").read_bytes())
