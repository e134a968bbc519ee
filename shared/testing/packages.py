"""Installs a Debian package that the tests need, when we are root on Debian, without starting any system service; or
only unpacks it, where a program in it needs nothing else.

Not here: which packages, and running what they bring.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.embedded.lock import FileLock
from shared.testing.afterwards import afterwards
from shared.testing.missing import ServerMissing

_POLICY = Path("/usr/sbin/policy-rc.d")  # asked by invoke-rc.d before it starts anything; 101 is no
_CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
_LOCK = Path("/run/lock/kinward-test-packages")  # two test runs at once install one after the other
_APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")


def can_install() -> bool:
    """Whether we may: root, on a Debian."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Install a package with what it needs, starting nothing; ServerMissing with apt's own words if that fails."""
    with FileLock(_LOCK, patience=900), _replaced(_POLICY, "#!/bin/sh\nexit 101\n"):
        before = _port_mappers()
        with suppress(ServerMissing):  # old lists may still do, and a machine may have no way to newer ones
            _apt("update")
        _apt("install", "-y", "--no-install-recommends", package)
        for pid in _port_mappers() - before:  # Erlang's post-install leaves one behind
            os.kill(pid, signal.SIGTERM)
        if Path("/run/systemd/system").exists():  # not started now, and not at the next boot either
            subprocess.run(["systemctl", "--quiet", "disable", package], check=False, capture_output=True)


def install_postgresql(major: int) -> None:
    """Install a PostgreSQL of Debian without the cluster that its package would create and start."""
    if not _CREATE_CLUSTER.exists():
        install("postgresql-common")
    with _replaced(_CREATE_CLUSTER, "create_main_cluster = false\n"):
        install(f"postgresql-{major}")


def unpack(package: str, folder: Path) -> None:
    """Download a package of Debian and unpack it into a folder: nothing is installed, no account made, none started.

    ServerMissing where that fails; the lists of packages are renewed only where the old ones do not do, and we may.
    """
    try:
        _apt("download", package, folder=folder)
    except ServerMissing:
        if not can_install():
            raise
        with FileLock(_LOCK, patience=900):
            _apt("update")
        _apt("download", package, folder=folder)
    for archive in folder.glob("*.deb"):
        _run(["dpkg-deb", "--extract", str(archive), str(folder)])
        archive.unlink()


def _apt(*arguments: str, folder: Path | None = None) -> None:
    _run([*_APT, *arguments], folder)


def _run(command: list[str], folder: Path | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(
        command, cwd=folder, check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-600:]
        raise ServerMissing(f"{' '.join(command)} failed: {words}")


@contextmanager
def _replaced(file: Path, text: str) -> Iterator[None]:
    """The file has another content for a while; then it is as before, or gone if it was not there."""
    before = file.with_name(f"{file.name}.before-kinward-tests")
    if file.exists():
        shutil.copy2(file, before)
    with afterwards('if [ -e "$2" ]; then mv -f "$2" "$1"; else rm -f "$1"; fi', file, before):
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)
        yield


def _port_mappers() -> set[int]:
    """Erlang's port mappers on the default port, by process id; private ones are named by their environment."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or (entry / "comm").read_text(encoding="utf-8").strip() != "epmd":
                continue
            if b"ERL_EPMD_PORT=" not in (entry / "environ").read_bytes():
                found.add(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return found
