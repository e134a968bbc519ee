"""Prometheus' promtool, which checks alert rules and tries them on invented series.

    with promtool() as tool: tool.run("check", "rules", "alerts.yml")

Of Debian's package only this one program is wanted, so the package is unpacked (3 seconds), not installed.
Not here: fixtures (tests/conftest.py), what rules must say.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.testing import packages
from shared.testing.missing import ServerMissing
from shared.testing.scratch import scratch_folder


@dataclass(frozen=True)
class Promtool:
    """The program."""

    program: Path

    def run(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run it to its end, in a folder, whatever its exit code."""
        return subprocess.run(
            [str(self.program), *arguments], cwd=folder, check=False, capture_output=True, text=True, timeout=300
        )


@contextmanager
def promtool() -> Iterator[Promtool]:
    """The promtool of this machine, or one unpacked for a while; ServerMissing where none can be had."""
    installed = shutil.which("promtool")
    if installed is not None:
        yield Promtool(Path(installed))
        return
    if shutil.which("apt-get") is None:
        raise ServerMissing("No promtool on the path: install Prometheus, or run the tests on Debian.")
    with scratch_folder("prometheus") as folder:
        packages.unpack("prometheus", folder)
        yield Promtool(folder / "usr" / "bin" / "promtool")
