"""Debian's chromium with fonts for every script of the packs, driven by playwright: no browser of playwright's own.

    with chromium() as browser: page = browser.new_page()

Not here: fixtures (tests/conftest.py), what a page must hold.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing import packages
from shared.testing.missing import ServerMissing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAM = Path("/usr/bin/chromium")
FONTS = Path("/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf")  # one file of fonts-noto-core
# As root there is no sandbox, in a container no GPU; and a browser in a test asks nobody for anything.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Run a browser without a window; ServerMissing where none can be had."""
    _have(PROGRAM, "chromium")
    _have(FONTS, "fonts-noto-core")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def _have(file: Path, package: str) -> None:
    if file.exists():
        return
    if not packages.can_install():
        raise ServerMissing(
            f"{file} is missing: apt-get install --no-install-recommends {package}, or run the tests as root on Debian."
        )
    packages.install(package)
