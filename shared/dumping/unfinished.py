"""A note in the deployment's folder while a restore is under way: nothing is served from half of one.

What was erased since the backup is there until the restore has come to its end. Not here: the restore.
"""

from pathlib import Path

from shared.errors import ConfigurationError

FILE = "restoring"


def begin(folder: Path) -> None:
    """Note that a restore begins."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).touch(mode=0o600)


def end(folder: Path) -> None:
    """Note that it has come to its end."""
    (folder / FILE).unlink(missing_ok=True)


def require_none(folder: Path) -> None:
    """Raise ConfigurationError where a restore was begun and not ended."""
    if (folder / FILE).exists():
        raise ConfigurationError(
            "a restore was begun here and has not come to its end", field=str(folder / FILE), rule="restore-ended",
            remedy="wait for it, or begin it again: kinward restore FILE --replace",
        )  # fmt: skip
