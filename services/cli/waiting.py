"""A process that waits until `kinward init` has made a deployment here. Small: it is imported by every `serve`."""

import os
import time
from pathlib import Path

from shared import config

LOOK_SECONDS = 1.0


def is_initialised(deployment: str | None) -> bool:
    """Whether `kinward init` has made a deployment here, or one is named anyway."""
    home = Path(os.environ.get("KINWARD_HOME") or config.default_home())
    return bool(deployment or os.environ.get("KINWARD_DEPLOYMENT") or config.initialised(home))


def wait_until_initialised(deployment: str | None) -> None:
    """Return once `kinward init` has made a deployment here, or one is named anyway."""
    while not is_initialised(deployment):
        time.sleep(LOOK_SECONDS)
