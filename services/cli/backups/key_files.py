"""The keys and settings of a deployment back into its folder. Not here: what is in the file (making)."""

import os
from collections.abc import Iterator
from pathlib import Path

from services.cli.backups import making, manifest
from shared import config
from shared.config import Settings
from shared.errors import Refused
from shared.sealed import Unlocking, parts

SETTINGS_FILE = "deployment.env"


def restore(settings: Settings, path: Path, unlocking: Unlocking, *, replace: bool) -> dict[str, str]:
    """Put every file where the settings want it; what became of each. Raises Refused, BrokenFile, WrongKey.

    The settings come first: where the other files go is said in them.
    """
    found = manifest.read(parts.manifest(path, unlocking, manifest.KEYS))
    manifest.require_ours(found, settings)
    contents: dict[str, bytes] = {}

    def take(part: str, pieces: Iterator[bytes]) -> None:
        contents[part] = b"".join(pieces)

    parts.each(path, unlocking, manifest.KEYS, take)
    told = {}
    if SETTINGS_FILE in contents and not (settings.folder / SETTINGS_FILE).exists():
        told[SETTINGS_FILE] = _put(settings.folder / SETTINGS_FILE, contents[SETTINGS_FILE], replace=False)
        settings = config.load(settings.deployment)
    places = making.files(settings)
    given = {name: places[name] for name in contents if name in places and name not in told}
    for name, file in given.items():
        if not replace and name != SETTINGS_FILE and file.exists() and file.read_bytes() != contents[name]:
            raise Refused(
                f"{file} is there and says something else.", field=name, rule="keys-not-replaced",
                remedy="look which one is newer; to take the backup's: --replace",
            )  # fmt: skip
    for name, file in given.items():
        told[name] = _put(file, contents[name], replace=replace and name != SETTINGS_FILE)
    return told


def _put(file: Path, content: bytes, *, replace: bool) -> str:
    if file.exists() and (not replace or file.read_bytes() == content):
        return f"{file} stays as it is"
    # As root the embedded PostgreSQL has an account of its own, which passes through here to its 0700 folder.
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.rename(file)
    return f"{file} restored"
