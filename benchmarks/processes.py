"""What processes weigh and what they work: memory and CPU time, with all that they have started. Linux only.

Memory is the proportional set size, in which what processes share counts once. Not here: starting them.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

MEBIBYTE = 1024
"""KiB."""


def weight(roots: Iterable[int]) -> int:
    """MiB of these processes with all their descendants."""
    kibibytes = sum(_proportional(pid) for pid in _with_descendants(set(roots)))
    return round(kibibytes / MEBIBYTE)


def work(roots: Iterable[int]) -> dict[int, float]:
    """CPU seconds so far of each of these processes and their descendants that still run."""
    found = {}
    for pid in _with_descendants(set(roots)):
        with suppress(OSError):  # it has ended
            user, system = _stat(pid)[11:13]
            found[pid] = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return found


def title(pid: int) -> str:
    """What it says of itself, as `ps` shows it."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    return ""


def parent(pid: int) -> int:
    """The process that started it."""
    return int(_stat(pid)[1])


def _with_descendants(roots: set[int]) -> set[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = parent(int(folder.name))
        except OSError:  # it has ended
            continue
    found = set(roots)
    while more := {pid for pid, above in parents.items() if above in found} - found:
        found |= more
    return found


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
