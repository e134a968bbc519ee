"""Who acts when a command line changes something. Not here: the commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.cli import console
from shared import clock
from shared.runtime.deployment import Deployment

ACTOR = "command-line"
SERVICE = "reporting"


def acts(deployment: Deployment) -> dict[str, Any]:
    """`actor`, `at` and `today` of a command."""
    at = clock.now()
    return {"actor": ACTOR, "at": at, "today": clock.day_in(deployment.pack.zone, at)}


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Shows that something takes its time, where a person watches."""
    with console.err.status(words):
        yield
