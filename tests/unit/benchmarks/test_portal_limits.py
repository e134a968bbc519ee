"""What the portal's benchmark takes for slow or failed ends it with status 1; how long things take is not looked at."""

import pytest

from benchmarks import portal

GOOD = {"p95_ms": {"work": 300}, "over": [], "failures": 0, "signin_failures": 0}


def test_screens_beyond_the_limit_are_named():
    assert portal.over({"work": 262, "timeline": 309, "care": 346, "child": 300, "find": 300.4}) == [
        "care", "find", "timeline",
    ]  # fmt: skip


def test_within_its_limits_it_ends_well():
    assert portal.beyond(GOOD) is False


@pytest.mark.parametrize(("name", "found"), [("over", ["care"]), ("failures", 1), ("signin_failures", 1)])
def test_beyond_one_of_them_it_does_not(name, found):
    assert portal.beyond(GOOD | {name: found}) is True
