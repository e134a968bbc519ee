"""How files go to workers: the journey's together, every other by itself, in their order."""

from types import SimpleNamespace
from typing import Any, cast

from tests.spread import JOURNEY, WALKS, Spread, group


def test_files_that_look_at_one_journey_or_walk_go_to_one_worker() -> None:
    assert {group(f"tests/e2e/test_{name}.py") for name in ("journey", "pages")} == {JOURNEY}
    assert group("tests/e2e/portal/test_every_page.py") == WALKS


def test_every_other_file_goes_by_itself() -> None:
    for file in ("tests/e2e/test_import.py", "tests/unit/test_spread.py"):
        assert group(file) == file


def test_files_stay_in_their_order_however_few_tests_they_have() -> None:
    config = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True), getvalue=lambda name: ["2*popen"])
    made = Spread(cast("Any", config))
    assert config.option.loadscopereorder is False
    assert made._split_scope("tests/e2e/test_pages.py::test_one[x]") == JOURNEY
    assert made._split_scope("tests/unit/test_spread.py::test_one") == "tests/unit/test_spread.py"
