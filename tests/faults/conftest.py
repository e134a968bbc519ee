"""The servers and the deployment that tests of faults share. `make faults` runs all; `pytest` only the smoke tests.

Options of `pytest tests/faults`: --faults-seed, --faults-attempts, --faults-keep (write the table into that page).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults import rig as rigs
from tests.faults.record import Record
from tests.faults.rig import Rig, Servers
from tests.faults.trial import Trial
from tests.faults.writing import Writer
from tests.provided import provided

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
    yield from provided(rigs.provided)


class Keeper:
    """Keeps one deployment with its workers for as long as nothing has spoiled it."""

    def __init__(self, servers: Servers, seed: int) -> None:
        self._servers, self._seed = servers, seed
        self._kept = ExitStack()
        self._there: tuple[Rig, Writer] | None = None

    def deployment(self) -> tuple[Rig, Writer]:
        """The deployment, every worker running, and who writes into it."""
        if self._there is None:
            made = self._kept.enter_context(rigs.standing(self._servers, self._seed))
            made.start_all()
            writer = Writer(made.made, self._seed)
            writer.prepare()
            writer.write(10)
            self._there = made, writer
        self._there[0].start_all()
        return self._there

    def give_up(self) -> None:
        """What a failed test has left must not fail the next."""
        self._there = None
        self._kept.close()


@pytest.fixture(scope="session")
def keeper(servers: Servers, record: Record) -> Iterator[Keeper]:
    """Who keeps the deployment that faults are made on."""
    made = Keeper(servers, record.seed)
    yield made
    made.give_up()


@pytest.fixture
def trial(
    keeper: Keeper, record: Record, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Iterator[Trial]:
    """Makes faults: in the smoke test each once."""
    smoke = request.path.name == SMOKE
    attempts = 1 if smoke else pytestconfig.getoption("faults_attempts", 3)
    made = Trial(*keeper.deployment(), record, attempts)
    yield made
    if not made.sound:
        keeper.give_up()


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
