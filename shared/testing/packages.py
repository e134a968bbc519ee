"""Installs a Debian package that the tests need, when we are root on Debian, without starting any system service.

Not here: which packages, and running what they bring.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.lock import FileLock
from shared.testing.missing import ServerMissing

_POLICY = Path("/usr/sbin/policy-rc.d")  # asked by invoke-rc.d before it starts anything; 101 is no
_CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
_APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")


def can_install() -> bool:
    """Whether we may: root, on a Debian."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Install a package with what it needs, starting nothing; ServerMissing with apt's own words if that fails."""
    with FileLock(Path("/run/lock/kinward-test-packages"), patience=900), _no_service_starts():
        epmds = _processes("epmd")
        listed = subprocess.run(
            ["apt-cache", "show", package], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if listed.returncode != 0:
            _apt("update")
        _apt("install", "-y", "--no-install-recommends", package)
        for pid in _processes("epmd") - epmds:  # Erlang's post-install leaves its port mapper behind
            os.kill(pid, 15)


def install_postgresql(major: int) -> None:
    """Install a PostgreSQL of Debian without the cluster that its package would create and start."""
    if not _CREATE_CLUSTER.exists():
        install("postgresql-common")
    with _replaced(_CREATE_CLUSTER, "create_main_cluster = false\n"):
        install(f"postgresql-{major}")


def _apt(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(
        [*_APT, *arguments], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-600:]
        raise ServerMissing(f"apt-get {' '.join(arguments)} failed: {words}")


@contextmanager
def _no_service_starts() -> Iterator[None]:
    with _replaced(_POLICY, "#!/bin/sh\nexit 101\n"):
        yield


@contextmanager
def _replaced(file: Path, text: str) -> Iterator[None]:
    """The file has another content for a while; then it is as before, or gone if it was not there."""
    before = file.read_bytes() if file.exists() else None
    mode = file.stat().st_mode & 0o7777 if before is not None else None
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755 if file == _POLICY else 0o644)
    try:
        yield
    finally:
        if before is None or mode is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(before)
            file.chmod(mode)


def _processes(name: str) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text(encoding="utf-8").strip() == name:
                found.add(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return found
