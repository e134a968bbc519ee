"""One `kinward backup` of a deployment at a time: who comes second is refused by name, and told who is first.

The kernel lets go of a lock when its process dies: nothing is left behind that somebody would have to clear away. Not
here: the short lock under which the note of the last backup is written (note).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.config import Settings
from shared.embedded.lock import FileLock
from shared.errors import ConfigurationError, Unavailable

FILE = ".backup.lock"


class BackupRuns(Unavailable):
    """Another run makes a backup of this deployment."""

    code = "backup-runs"
    title = "A backup is being made"


@contextmanager
def alone(settings: Settings, folder: Path) -> Iterator[None]:
    """Hold the deployment's lock while the block makes a backup. Raises BackupRuns, ConfigurationError.

    Where the settings come by the environment alone and there is no deployment's folder, the lock is of `folder`.
    """
    lock = FileLock(_beside(settings, folder) / FILE)
    try:
        if not lock.try_lock():
            who = f" by process {pid}" if (pid := lock.signature()) else ""
            raise BackupRuns(
                f"A backup of {settings.deployment} is being made{who}; it holds {lock.path}.", field="out",
                rule="one-backup-at-a-time", remedy="wait until it is done; nothing was written",
            )  # fmt: skip
        lock.sign()
    except OSError as error:
        raise ConfigurationError(f"{lock.path} cannot be locked: {error.strerror}", field="out") from None
    try:
        yield
    finally:
        lock.release()


def _beside(settings: Settings, folder: Path) -> Path:
    if settings.folder.is_dir():
        return settings.folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}", field="out") from None
    return folder
