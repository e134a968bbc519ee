"""What processes weigh: proportional set size, in which memory that processes share counts once. Linux only.

Not here: starting them.
"""

from collections.abc import Iterable
from pathlib import Path

MEBIBYTE = 1024


def weight(roots: Iterable[int]) -> int:
    """MiB of these processes with all their descendants."""
    kibibytes = sum(_proportional(pid) for pid in _with_descendants(set(roots)))
    return round(kibibytes / MEBIBYTE)


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
