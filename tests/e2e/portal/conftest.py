"""One deployment with its portal, served once for all tests of pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.portal import portals, walked
from tests.e2e.portal.portals import DESKTOP
from tests.e2e.portal.walked import Walked

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab


@pytest.fixture(scope="session")
def rig() -> Iterator[portals.Rig]:
    """Kazakhstan's pack in demo mode."""
    with portals.rig() as made:
        yield made


@pytest.fixture(scope="session")
def living(rig: portals.Rig) -> portals.Rig:
    """The same with the demonstration's small caseload."""
    walked.enliven(rig)
    return rig


@pytest.fixture(scope="session")
def english(living: portals.Rig) -> Walked:
    """The walk in English."""
    return walked.walk(living, "en", each=2)


@pytest.fixture(scope="session")
def urdu(living: portals.Rig) -> Walked:
    """The walk in Urdu."""
    return walked.walk(living, "ur", each=1)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def browsing(request: pytest.FixtureRequest, browser: "Browser") -> "Iterator[Tab]":
    """A tab of a browser with scripts, and of one without: whole journeys are made in both."""
    context = browser.new_context(java_script_enabled=request.param, viewport=DESKTOP)
    yield context.new_page()
    context.close()


@pytest.fixture
def unscripted(browser: "Browser") -> "Iterator[Tab]":
    """A tab of a browser without scripts: what works here works with them."""
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    yield context.new_page()
    context.close()
