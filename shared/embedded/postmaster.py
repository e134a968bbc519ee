"""What a PostgreSQL server writes about itself into its data directory, and whether that is still true.

Not here: starting and stopping.
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Postmaster:
    """A server process. status: starting, ready, stopping."""

    pid: int
    socket_folder: Path | None
    status: str


def recorded(data: Path) -> Postmaster | None:
    """What postmaster.pid says (PostgreSQL documentation, miscadmin.h: line 1 pid, 5 socket folder, 8 status)."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(int(lines[0]), Path(lines[4]) if lines[4] else None, lines[7].strip() or "starting")


def running(data: Path) -> Postmaster | None:
    """The live server of this data directory, or None; a stale postmaster.pid is seen through."""
    found = recorded(data)
    return found if found is not None and _serves(found, data) else None


def _serves(found: Postmaster, data: Path) -> bool:
    """Whether the process works in this data directory: the number in the file may be another process's by now."""
    process = Path(f"/proc/{found.pid}")
    try:
        os.kill(found.pid, 0)
        if not Path("/proc/self").exists():
            return True
        state = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state != "Z" and (_works_in(process, data) or _names(process, found.socket_folder))
    except (ProcessLookupError, FileNotFoundError):
        return False
    except PermissionError:
        return False  # another account's, so not the server of our data


def _works_in(process: Path, data: Path) -> bool:
    try:
        return (process / "cwd").samefile(data)
    except PermissionError:  # a container's root without CAP_SYS_PTRACE may not look
        return False


def _names(process: Path, socket_folder: Path | None) -> bool:
    arguments = (process / "cmdline").read_bytes().split(b"\0")
    return f"unix_socket_directories={socket_folder}".encode() in arguments
