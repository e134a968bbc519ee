"""The list of erased ids: it only grows, is private, and a damaged line is told, never skipped."""

import stat
from datetime import UTC, datetime

import pytest

from shared.deny_list import DenyList, Erased
from shared.errors import ConfigurationError
from shared.ids import new_id

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_what_was_appended_is_read_in_its_order_and_the_file_is_private(tmp_path):
    listed = DenyList(tmp_path / "kz" / "erased.jsonl")
    assert listed.read() == ()
    lines = [Erased(new_id(), AT, "court-order") for _ in range(3)]
    listed.append(lines[:2])
    listed.append(lines[2:])
    assert listed.read() == tuple(lines)
    assert stat.S_IMODE(listed.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("line", ["{", '{"id": "x"}', '{"id": "no uuid", "at": "2026-03-01", "ground": "g"}', "[]"])
def test_a_damaged_line_is_told_with_its_number(tmp_path, line):
    listed = DenyList(tmp_path / "erased.jsonl")
    listed.append([Erased(new_id(), AT, "court-order")])
    with listed.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        listed.read()


def test_a_list_that_cannot_be_written_refuses(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError):
        DenyList(tmp_path / "file" / "erased.jsonl").append([Erased(new_id(), AT, "court-order")])
