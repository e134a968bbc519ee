"""When the newest backup was taken, proven, and the keys put apart: a small file that watches read.

No personal data. Not here: the watching.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared import clock
from shared.config import Settings
from shared.embedded.lock import FileLock

FILE = "backup.json"
EMPTY: dict[str, Any] = {
    "taken_at": None,
    "verified_at": None,
    "services": [],
    "bytes": 0,
    "keys_copied_at": None,
    "proven": None,
}


def path(settings: Settings) -> Path:
    """Where it lies."""
    return settings.folder / FILE


def read(settings: Settings) -> dict[str, Any]:
    """What it says; nothing known where it is not there or cannot be read."""
    try:
        return EMPTY | json.loads(path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return dict(EMPTY)


def taken(settings: Settings, manifest: Mapping[str, Any], size: int) -> None:
    """A backup was written."""
    _write(settings, taken_at=manifest["taken_at"], verified_at=None, services=sorted(manifest["services"]), bytes=size)


def verified(settings: Settings, manifest: Mapping[str, Any], file: Path) -> None:
    """A backup was proven: its name, and when where it is the newest."""
    newest = read(settings)["taken_at"] == manifest["taken_at"]
    _write(settings, proven=file.name, **({"verified_at": _now()} if newest else {}))


def keys_copied(settings: Settings) -> None:
    """The keys were put apart."""
    _write(settings, keys_copied_at=_now())


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _write(settings: Settings, **said: Any) -> None:
    file = path(settings)
    if not file.parent.is_dir():
        return  # a deployment whose settings come by the environment alone
    new = file.with_name(f".{FILE}.new")
    with FileLock(file.with_name(f".{FILE}.lock")):  # a proof and a copy of the keys write it too
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            json.dump(read(settings) | said, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        new.rename(file)
