"""What a backup's file says of itself, and whether this deployment and this release may take it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.cli.backups.places import MIGRATIONS
from shared import db
from shared.config import Settings
from shared.errors import ConfigurationError, Refused
from shared.protection.keys import FileKeyProvider, Keys
from shared.release import VERSION
from shared.sealed import BrokenFile

FORMAT = 1
BACKUP, KEYS = "backup", "keys"
ERASED = "erased.jsonl"
PURPOSE = "backup check"


@dataclass(frozen=True)
class Manifest:
    """A manifest whose form was looked at."""

    document: Mapping[str, Any]

    @property
    def deployment(self) -> str:
        """Whose it is."""
        return str(self.document["deployment"])

    @property
    def taken_at(self) -> str:
        """When, RFC 3339."""
        return str(self.document["taken_at"])

    @property
    def release(self) -> str:
        """The release that wrote it."""
        return str(self.document["release"])

    @property
    def services(self) -> Mapping[str, Mapping[str, Any]]:
        """What it says of each database."""
        found: Mapping[str, Mapping[str, Any]] = self.document.get("services", {})
        return found

    def of(self, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Those databases, all of it where none is named. Raises Refused for one that it does not hold."""
        wanted = tuple(dict.fromkeys(names)) or tuple(self.services)
        for name in wanted:
            if name not in self.services:
                raise Refused(
                    f"This backup does not hold {name}.", field="service", rule="part-there",
                    remedy=f"it holds: {', '.join(self.services)}",
                )  # fmt: skip
        return {name: self.services[name] for name in wanted}


def release() -> str:
    """The release that runs here."""
    return VERSION


def read(document: Mapping[str, Any]) -> Manifest:
    """Raises Refused for the format of a newer release, BrokenFile where something is missing."""
    if document.get("format") != FORMAT:
        raise Refused(
            f"This backup is of format {document.get('format')}, this release knows {FORMAT}.", field="format",
            rule="known-release", remedy="restore with the release that wrote it, or a newer one",
        )  # fmt: skip
    if not {"deployment", "taken_at", "release", "parts"} <= document.keys():
        raise BrokenFile("Its manifest lacks something.", field="manifest", rule="sealed-parts")
    return Manifest(document)


def require_ours(found: Manifest, settings: Settings) -> None:
    """Raise Refused for the backup of another deployment."""
    if found.deployment != settings.deployment:
        raise Refused(
            f"This is a backup of {found.deployment}, not of {settings.deployment}.", field="deployment",
            rule="same-deployment", remedy=f"give --deployment {found.deployment}, or its own backup",
        )  # fmt: skip


def require_known(found: Manifest, names: Iterable[str]) -> None:
    """Raise Refused where a database was migrated by a release that is newer than this one."""
    for name, said in found.of(names).items():
        if name not in MIGRATIONS or said["revision"] not in db.known_revisions(MIGRATIONS[name]):
            raise Refused(
                f"{name} stands at revision {said['revision']}, written by release {found.release}; "
                f"this one ({release()}) does not know it.",
                field=f"services.{name}.revision", rule="known-release", remedy=f"install release {found.release}",
            )  # fmt: skip


def keys_check(keys: Keys) -> dict[str, Any]:
    """What tells one key file from another without telling a key: versions, and a derived number for each index key."""
    checks = {str(version): keys.index_key(PURPOSE, version).hex()[:32] for version in sorted(keys.index_versions)}
    return {"keks": sorted(keys.keks), "checks": checks}


def keys_there(settings: Settings) -> Keys | None:
    """The deployment's keys; None where it has no key file yet."""
    provider = key_provider(settings)
    return provider.keys() if provider.exists() else None


def key_provider(settings: Settings) -> FileKeyProvider:
    """Where the deployment's keys are; the file is read when it is asked."""
    return FileKeyProvider(settings.keys_file, settings.keys_passphrase_file)


def require_keys(found: Manifest, settings: Settings) -> None:
    """Raise ConfigurationError where the key file here is not the one that the backup was sealed with, or is older."""
    said = found.document.get("keys")
    if said is None:
        return
    keys = keys_there(settings)
    if keys is None:
        raise ConfigurationError(
            "there is no key file: what is sealed in the backup could not be read", field="KINWARD_KEYS_FILE",
            rule="keys-first", remedy="restore the keys first: kinward restore KEYS_BACKUP --key FILE",
        )  # fmt: skip
    own = keys_check(keys)
    lacking = sorted(set(said["keks"]) - set(own["keks"]))
    if lacking or any(own["checks"].get(version) != check for version, check in said["checks"].items()):
        raise ConfigurationError(
            "the key file is another one than the backup's" if not lacking else f"it lacks key versions {lacking}",
            field="KINWARD_KEYS_FILE", rule="same-keys", remedy="put the key file of that time, or a newer one, back",
        )  # fmt: skip
