"""Whatever bytes follow the header: the reader never fails, and every line that is not blank is in or in the report."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli import register_file, register_rules
from services.cli.register_rules import RegisterLine
from shared import countries

PACK = Path(__file__).parents[2] / "countries"
HEADER = ",".join(register_rules.COLUMNS).encode() + b"\n"
GOOD = b"K-1,A,B,,Cyrl,F,2010-01-01,day,KZ-11,FOSTER,P-1,,2020-01-01,,,,C-1,W-1,UNRELATED"


@pytest.fixture(scope="module")
def pack() -> countries.Pack:
    return countries.load("kz", PACK)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("register") / "register.csv"


def spoilt(line: bytes) -> st.SearchStrategy[bytes]:
    """The line with one place replaced by a few bytes of any kind."""
    return st.builds(
        lambda place, cut, filling: line[:place] + filling + line[place + cut :],
        st.integers(0, len(line)),
        st.integers(0, 12),
        st.binary(max_size=6)
        | st.text(max_size=4).map(str.encode)
        | st.sampled_from([b'"', b",", b"\r", b"=", b"9999"]),
    )


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(spoilt(GOOD) | st.binary(max_size=80), max_size=6))
def test_every_line_is_either_in_or_in_the_report(path, pack, lines):
    content = HEADER + b"\n".join(lines)
    path.write_bytes(content)
    checked = dict(register_file.read(path, pack, date(2024, 1, 1)))
    physical = content.split(b"\n")[1:]
    assert list(checked) == [number for number, raw in enumerate(physical, start=2) if raw.strip()]
    assert all(isinstance(item, RegisterLine) or item for item in checked.values())
