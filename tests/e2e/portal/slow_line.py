"""How long the first page takes over a slow line, as Chromium makes one: printed, held by no test.

    python -m tests.e2e.portal.slow_line

A test holds the weight (test_every_page), which is the same everywhere; seconds are the machine's.
"""

import time
from typing import TYPE_CHECKING

from shared.testing.browser import chromium
from tests.e2e.portal import portals

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LINES = {"none": (0, 0, 0), "2G": (300, 250, 50), "EDGE, far": (400, 150, 50)}
"""Milliseconds of delay, kbit/s down and up."""
PAGES = ("/sign-in", "/sign-in", "/languages")
"""The first load, the same again, and another page."""
PAINTED = "performance.getEntriesByName('first-contentful-paint').map(each => each.startTime / 1000)[0] || 0"


def main() -> None:
    """Measure each line in English and Urdu."""
    with portals.rig() as rig, chromium() as browser:
        for name in LINES:
            for language in ("en", "ur"):
                _measure(rig, browser, name, language)


def _measure(rig: portals.Rig, browser: "Browser", name: str, language: str) -> None:
    latency, down, up = LINES[name]
    context = browser.new_context(locale=language)
    page = context.new_page()
    line = context.new_cdp_session(page)
    loaded: list[float] = []
    line.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    line.send("Network.enable")
    if down:
        speed = {"downloadThroughput": down * 125, "uploadThroughput": up * 125}
        line.send("Network.emulateNetworkConditions", {"offline": False, "latency": latency, **speed})
    for path in PAGES:
        loaded.clear()
        begun = time.monotonic()
        page.goto(rig.url(path), wait_until="networkidle", timeout=180_000)
        seconds = time.monotonic() - begun - 0.5  # of silence, which is how idleness is seen
        said = f"to be read after {page.evaluate(PAINTED):.1f} s, whole after {seconds:.1f} s"
        print(f"{name:10} {language} {path:12} {said}, {sum(loaded) / 1000:.0f} kB", flush=True)
    context.close()


if __name__ == "__main__":
    main()
