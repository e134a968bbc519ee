"""What a run does where something that its tests need cannot be had: it fails under CI=true, else it skips, loudly.

Not here: how servers are had (shared/testing), which fixtures ask for them (conftest).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

import pytest

from shared.testing import ServerMissing
from shared.testing.missing import KernelRefuses

Server = TypeVar("Server")


def provided(provide: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    """What a fixture gives: the server, until the fixture ends. What the kernel refuses is skipped in CI too."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(provide())
        except KernelRefuses as refused:
            pytest.skip(f"NOT TRIED, also in CI: {refused}")
        except ServerMissing as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield server
