"""Servers for tests that ask for them, each started on first use and once a run; everything in them is fresh per test.

amqp_uri: a fresh vhost. postgresql_url: a fresh database, the test runs on the wheel's 18 and on Debian's 15.
wheel_url: a fresh database on the wheel only. new_database: call it for each database a test needs (wheel).
browser: Debian's chromium. page: an empty page of its own, with nothing remembered from other tests.
promtool: Prometheus' program that checks alert rules. printing: what PDF needs beside Python.
container_engine: an engine with data, socket and networks of its own.
What becomes of a test whose server cannot be had: tests/provided. Not here: how servers are had (shared/testing).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from shared.testing import postgresql_server, rabbitmq_node
from shared.testing.browser import chromium
from shared.testing.engine import Engine, engine
from shared.testing.postgresql import DatabaseServer
from shared.testing.printing import printing as printing_programs
from shared.testing.prometheus import Promtool
from shared.testing.prometheus import promtool as promtool_program
from shared.testing.rabbitmq import Broker
from tests.provided import provided

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

# A laptop looks for new examples at each run; CI tries the same ones, so that a change is judged by what it changed.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

# Processes that tests start, hundreds a run, find compiled what the first one compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_NEEDS = {
    "rabbitmq": {"amqp_uri", "rabbitmq"},
    "browser": {"browser", "page"},
    "promtool": {"promtool"},
    "printing": {"printing"},
    "containers": {"container_engine"},
    "postgresql": {"postgresql_url", "wheel_url", "new_database", "postgresql_wheel", "postgresql_debian15"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, fixtures in _NEEDS.items():
            if fixtures & set(getattr(item, "fixturenames", ())):
                item.add_marker(marker)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "Scheduling | None":
    """How files are spread over workers (spread)."""
    from tests.spread import Spread

    return Spread(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Broker]:
    """The run's private RabbitMQ node, or the one that KINWARD_TEST_AMQP_URI names."""
    yield from provided(rabbitmq_node)


@pytest.fixture(scope="session")
def postgresql_wheel() -> Iterator[DatabaseServer]:
    """The run's private PostgreSQL 18 of the wheel."""
    yield from provided(lambda: postgresql_server("wheel"))


@pytest.fixture(scope="session")
def postgresql_debian15() -> Iterator[DatabaseServer]:
    """The run's private PostgreSQL 15 of Debian."""
    yield from provided(lambda: postgresql_server("debian"))


@pytest.fixture(scope="session")
def promtool() -> Iterator[Promtool]:
    """Prometheus' promtool."""
    yield from provided(promtool_program)


@pytest.fixture(scope="session")
def printing() -> Iterator[None]:
    """Pango and fonts."""
    yield from provided(printing_programs)


@pytest.fixture(scope="module")
def container_engine() -> Iterator[Engine]:
    """A container engine of the module's own, empty."""
    yield from provided(engine)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The run's browser."""
    yield from provided(chromium)


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A fresh page in a context of its own."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def amqp_uri(rabbitmq: Broker) -> Iterator[str]:
    """The AMQP URI of a fresh vhost."""
    uri = rabbitmq.new_vhost()
    yield uri
    rabbitmq.drop_vhost(uri)


@pytest.fixture(params=["wheel", "debian15"])
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database; the test runs once on each PostgreSQL."""
    yield from _one_database(request.getfixturevalue(f"postgresql_{request.param}"))


@pytest.fixture
def wheel_url(postgresql_wheel: DatabaseServer) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database on the wheel's PostgreSQL only."""
    yield from _one_database(postgresql_wheel)


@pytest.fixture
def new_database(postgresql_wheel: DatabaseServer) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a fresh database, as often as the test needs one."""
    with ExitStack() as stack:

        def create() -> str:
            url = postgresql_wheel.new_database()
            stack.callback(postgresql_wheel.drop_database, url)
            return url

        yield create


def _one_database(server: DatabaseServer) -> Iterator[str]:
    url = server.new_database()
    yield url
    server.drop_database(url)
