"""When tables must be built anew because the program that would write them is another one."""

import pytest

from services.reporting import projections


def test_a_change_of_the_types_that_count_raises_the_version() -> None:
    """Where this fails: raise projections.VERSION, and say here what it is now."""
    assert projections.built_with() == "2-cadf6389"


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (None, False),
        (projections.built_with(), False),
        ("unknown", True),
        ("1-cc452989", True),
        (f"{projections.VERSION}-00000000", True),
        (f"{projections.VERSION + 1}-00000000", False),
    ],
)
def test_tables_of_an_older_or_unknown_making_are_built_anew(theirs: str | None, expected: bool) -> None:
    assert projections.must_rebuild(theirs) is expected
