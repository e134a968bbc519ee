"""A container engine of the run's own: Debian's docker.io with data, socket and networks of its own, gone afterwards.

Containers have no route out; images are built on the machine's network. Not here: which images (standins).
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from shared.testing import packages
from shared.testing.afterwards import afterwards
from shared.testing.missing import KernelRefuses, ServerMissing

DOCKER = "/usr/bin/docker"
"""Debian's own client: a newer one builds nothing without a plugin."""

PROGRAMS = {"/usr/sbin/dockerd": "docker.io", DOCKER: "docker-cli", "/usr/bin/mmdebstrap": "mmdebstrap"}
"""By the program: its package. In Debian 12 docker.io brings the client too."""

ASKED = {
    "namespaces for mounts, networks and processes": "true",
    "mounts": "mount -t tmpfs none /mnt",
    "an overlay of folders": 'cd "$1"; mkdir low up work all; '
    "mount -t overlay none -o lowerdir=low,upperdir=up,workdir=work all",
    "bridges": "! command -v ip || ip link add probe type bridge",
    "control groups": "test -e /sys/fs/cgroup/cgroup.controllers || test -d /sys/fs/cgroup/memory",
}
"""What is asked of the kernel before the engine is started, so that a refusal has its name."""

PATIENCE = 60.0
LONGEST = 600.0
"""Seconds for one command: apt, an image, the machine brought up."""

_STOP = """
if [ -e "$1/pid" ]; then
    pid=$(cat "$1/pid")
    kill -s TERM "$pid"
    for turn in $(seq 300); do [ -e "$1/pid" ] || break; sleep 0.3; done
fi
for namespace in "$1"/exec/netns/*; do umount "$namespace"; done
for turn in 1 2 3 4 5 6 7 8; do rm -rf "$1" && break; sleep 0.5; done
"""


class Engine:
    """An engine that answers; `folder` is a scratch folder beside its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/socket", "DOCKER_CONFIG": str(folder)}

    def docker(self, *arguments: str, buildkit: bool = False, stdin: IO[bytes] | None = None) -> str:
        """Run docker; what it printed. AssertionError with its words where it failed."""
        environment = {**self.environment, "DOCKER_BUILDKIT": str(int(buildkit))}
        return said([DOCKER, *arguments], environment, stdin=stdin)


def said(
    command: list[str],
    environment: Mapping[str, str],
    *,
    folder: Path | None = None,
    typed: str | None = None,
    stdin: IO[bytes] | None = None,
) -> str:
    """Run a program, with what is typed or comes by a pipe; what it printed. AssertionError with its last words."""
    with subprocess.Popen(
        command, env=environment, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        stdin=subprocess.PIPE if typed is not None else stdin or subprocess.DEVNULL,
    ) as done:  # fmt: skip
        try:
            out, err = done.communicate(None if typed is None else typed.encode(), timeout=LONGEST)
        except subprocess.TimeoutExpired:
            done.kill()
            raise AssertionError(f"{' '.join(command)}: not done in {LONGEST:.0f} s") from None
    printed, words = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{printed[-2000:]}\n{words[-4000:]}"
    return printed


@contextmanager
def engine() -> Iterator[Engine]:
    """Install and start it. Raises ServerMissing where it cannot be installed, KernelRefuses where it may not run."""
    for program, package in PROGRAMS.items():
        if not Path(program).exists():
            if not packages.can_install():
                raise ServerMissing(
                    f"No container engine: apt-get install {package}, or run the tests as root on Debian."
                )
            packages.install(package)
    folder = Path(tempfile.mkdtemp(prefix="kinward-engine-", dir="/var/tmp"))
    with afterwards(_STOP, folder), (folder / "log").open("wb") as log:
        _preflight(folder)
        started = subprocess.Popen(
            ["/usr/sbin/dockerd", "--data-root", folder / "data", "--exec-root", folder / "exec",
             "--host", f"unix://{folder}/socket", "--pidfile", folder / "pid", "--bridge", "none",
             "--storage-driver", "overlay2", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield _answering(Engine(folder), started)
        finally:
            _end(started)


def _answering(made: Engine, started: subprocess.Popen[bytes]) -> Engine:
    deadline = time.monotonic() + PATIENCE
    while not _answers(made):
        if started.poll() is not None or time.monotonic() > deadline:
            words = (made.folder / "log").read_text(encoding="utf-8", errors="replace")[-800:]
            refused = any(each in words.lower() for each in ("cgroup", "not permitted", "not supported"))
            raise (KernelRefuses if refused else ServerMissing)(f"The container engine does not run here: {words}")
        time.sleep(0.2)
    return made


def _end(started: subprocess.Popen[bytes]) -> None:
    started.terminate()
    try:
        started.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def _preflight(folder: Path) -> None:
    """Try what an engine asks of the kernel, each by itself, in namespaces of its own. Raises KernelRefuses."""
    for what, script in ASKED.items():
        try:
            done = subprocess.run(
                ["unshare", "--mount", "--net", "--pid", "--fork", "sh", "-euc", script, "preflight", folder],
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise KernelRefuses(f"The kernel gives no answer: {what}") from None
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise KernelRefuses(f"A container engine needs what the kernel of this machine refuses: {what} ({words})")


def _answers(made: Engine) -> bool:
    done = subprocess.run([DOCKER, "version"], env=made.environment, check=False, capture_output=True)
    return done.returncode == 0
