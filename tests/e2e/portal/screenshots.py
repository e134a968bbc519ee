"""`make screenshots`: a picture of every page, in English, as docs/portal.md shows it.

python -m tests.e2e.portal.screenshots docs/portal
"""

import io
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from shared.testing.browser import chromium
from tests.e2e import played
from tests.e2e.portal import portals, walked, walking
from tests.e2e.portal.endpoints import endpoint
from tests.e2e.portal.walked import by_role, tab_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE = {"width": 1100, "height": 760}
COLOURS = (48, 24, 12)
"""Of so many colours each picture is made, the first number with which it is small enough."""
LARGEST = 80_000
TALLEST = 1500
OF_A_COUNTRY = ("home.show", "signing.choose", "accounts.show_all", "accounts.own", "accounts.invite", "accounts.log",
                "accounts.show", "wording.show", "wording.report",
                "rules.listed", "rules.of_records", "rules.show")  # fmt: skip
"""Pages of a hub that a country has too: they are taken there, where more is on them."""


def main(folder: Path) -> None:
    """Make a deployment with the demonstration's caseload, and a hub with two reporters; take their pictures."""
    with chromium() as browser:
        with played.journey() as journey:
            country, hub = (portals.Pages(journey.stage.open_portal(each).pages) for each in ("kz", "unicef"))
            taken = take(country, browser, walked.figures(country, "en", "2011").pages, folder)
            taken |= take(hub, browser, walked.at_hub(hub, "en").pages, folder, OF_A_COUNTRY)
        with portals.rig() as rig:
            walked.enliven(rig)
            taken |= take(rig, browser, walked.walk(rig, "en", each=len(walked.ROLES)).pages, folder, taken)
    for old in folder.glob("*.png"):
        if old.stem not in taken:
            old.unlink()


def take(
    portal: portals.Pages, browser: "Browser", pages: list[walking.Page], folder: Path, before: Collection[str] = ()
) -> set[str]:
    """Write <endpoint>.png for each page that is not among those of `before`; gives their names."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen: dict[str, walking.Page] = {}
    for page in walked.Walked(pages).shapes().values():
        if (name := endpoint(page.path)) and name not in {*chosen, *before}:
            chosen[name] = page
    for role, theirs in by_role(chosen).items():
        with tab_of(portal, browser, role) as tab:
            tab.set_viewport_size(SIZE)
            for page in theirs:
                tab.goto(portal.url(page.path))
                (folder / f"{endpoint(page.path)}.png").write_bytes(small(_picture(tab)))
    return set(chosen)


def _picture(tab) -> bytes:
    height = tab.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": SIZE["width"], "height": min(height, TALLEST)}
    return tab.screenshot(full_page=True, clip=clip)


def small(picture: bytes) -> bytes:
    """The same in few colours. Raises ValueError where it stays too large."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    out = io.BytesIO()
    for colours in COLOURS:
        out = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= LARGEST:
            return out.getvalue()
    raise ValueError(f"{len(out.getvalue())} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
