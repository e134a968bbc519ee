"""How the files of a run are spread over its workers (pytest -n 2 --dist loadfile).

Whole files, in the order in which they were collected: what takes long, tests/e2e and tests/faults, is begun first, and
the small files of tests/unit fill up what is left at the end. Files that look at one journey, or at one walk through
the portal, go to one worker, because it is made once a worker. Not here: what a session's servers are (conftest).
"""

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[1]
JOURNEY, WALKS = "tests/e2e: the journey", "tests/e2e: the walks through the portal"
LOOK_AT = {
    JOURNEY: re.compile(r"^def \w+\([^)]*\bjourney\b", re.MULTILINE),
    WALKS: re.compile(r"^def \w+\([^)]*\b(english|urdu)\b", re.MULTILINE),
}
"""What a session makes once a worker and takes long, and how a file asks for it."""


class Spread(LoadFileScheduling):
    """Whole files in their order, those that look at one thing together."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # by how many tests a file has: long ones with few would come last
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group(super()._split_scope(nodeid))


@cache
def group(file: str) -> str:
    """What a file of tests is given to a worker with."""
    if not file.startswith("tests/e2e/"):
        return file
    text = (ROOT / file).read_text(encoding="utf-8")
    return next((thing for thing, asks in LOOK_AT.items() if asks.search(text)), file)
