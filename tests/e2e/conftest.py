"""The journey, made once a run for all tests that look at its end."""

from collections.abc import Iterator

import pytest

from tests.e2e import played
from tests.e2e.played import SmallJourney


@pytest.fixture(scope="session")
def journey() -> Iterator[SmallJourney]:
    """Two countries and a hub, everything reported, still serving."""
    with played.journey() as made:
        yield made
