"""A lock on a file between processes: exclusive, or shared by many; the kernel lets go when a process dies.

Not here: what a lock guards.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.errors import ConfigurationError, Unavailable


class FileLock:
    """`with FileLock(path):` holds it alone. Waiting is by sleeping, never in the kernel, so green threads go on."""

    def __init__(self, path: Path, *, patience: float = 300.0) -> None:
        self.path = path
        self._patience = patience
        self._file: int | None = None

    def try_lock(self, *, shared: bool = False) -> bool:
        """Take the lock, or change the way it is held, without waiting; False if another holds it."""
        if self._file is None:
            self._file = self._open()
        try:
            fcntl.flock(self._file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except PermissionError:
            raise ConfigurationError(
                f"This account may not open {self.path}.",
                rule="lock-file-owner",
                remedy="Run as the account that made it, or choose another KINWARD_HOME.",
            ) from None

    def lock(self, *, shared: bool = False) -> None:
        """Take the lock, waiting for it; Unavailable after `patience` seconds."""
        deadline = time.monotonic() + self._patience
        while not self.try_lock(shared=shared):
            if time.monotonic() > deadline:
                self.release()
                raise Unavailable(f"Another process has held {self.path} for {self._patience:.0f} seconds.")
            time.sleep(0.02)

    def release(self) -> None:
        """Let go; nothing happens if it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def sign(self) -> None:
        """Write our process id into the file, for people and for the refusal of a second process."""
        assert self._file is not None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def signature(self) -> str:
        """The process id last written, or an empty text."""
        return self.path.read_text(encoding="ascii") if self.path.exists() else ""

    def __enter__(self) -> Self:
        self.lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
