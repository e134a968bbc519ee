"""What printing to PDF needs beside Python: Debian's pango and fonts for every script of the packs."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.testing import packages
from shared.testing.browser import FONTS
from shared.testing.missing import ServerMissing

LIBRARY = "libpangoft2-1.0.so.0"


@contextmanager
def printing() -> Iterator[None]:
    """Have pango and the fonts installed. Raises ServerMissing."""
    import ctypes

    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        _install("libpangoft2-1.0-0")
    if not FONTS.exists():
        _install("fonts-noto-core")
    yield


def _install(package: str) -> None:
    if not packages.can_install():
        remedy = f"apt-get install --no-install-recommends {package}, or run the tests as root on Debian."
        raise ServerMissing(f"{package} is missing: {remedy}")
    packages.install(package)
