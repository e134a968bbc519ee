"""The servers and the deployment that tests of faults share. `make faults` runs all; `pytest` only the smoke tests.

Options of `pytest tests/faults`: --faults-seed, --faults-attempts, --faults-keep (write the table into that page).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.testing import ServerMissing
from tests.faults import rig as rigs
from tests.faults.record import Record
from tests.faults.rig import Rig, Servers
from tests.faults.trial import Trial
from tests.faults.writing import Writer

SEED = 20261122
SMOKE = "test_smoke.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--faults-seed", type=int, default=SEED, help="what the faults are drawn from")
    group.addoption("--faults-attempts", type=int, default=3, help="how often each fault is made")
    group.addoption("--faults-keep", type=Path, default=None, help="page to write the table into")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name != SMOKE:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def record(pytestconfig: pytest.Config) -> Record:
    """What this run shows."""
    made = Record(pytestconfig.getoption("faults_seed", SEED))
    pytestconfig.stash[_RECORD] = made
    return made


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The servers that tests may kill."""
    try:
        with rigs.provided() as made:
            yield made
    except ServerMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def rig(servers: Servers, record: Record) -> Iterator[Rig]:
    """A deployment whose workers stay; a fault that ends one starts it again."""
    with rigs.standing(servers, record.seed) as made:
        made.start_all()
        yield made


@pytest.fixture(scope="session")
def writer(rig: Rig) -> Writer:
    """Who writes into it."""
    made = Writer(rig.made, rig.seed)
    made.prepare()
    made.write(10)
    return made


@pytest.fixture
def trial(
    rig: Rig, writer: Writer, record: Record, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Trial:
    """Makes faults: in the smoke test each once."""
    smoke = request.path.name == SMOKE
    rig.start_all()  # whatever a test before has left
    return Trial(rig, writer, record, 1 if smoke else pytestconfig.getoption("faults_attempts", 3))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    made = config.stash.get(_RECORD, None)
    if made is None or not made.lines:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(made.text())
    page = config.getoption("faults_keep", None)
    if page is not None:
        made.keep(page)


_RECORD: pytest.StashKey[Record] = pytest.StashKey()
