"""Making a backup: one moment of all databases, dumped into one sealed file.

The heads of all event logs are locked together for the blink in which every database's moment is taken. So no database
of the file knows of an event that another lacks: what is restored from one file has no orphans. Not here: proving it.
"""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from services.cli.backups import facts, manifest
from services.cli.backups.places import PORTAL, Place
from shared import clock, db, deny_list
from shared.config import Settings
from shared.dumping import dumps, programs
from shared.errors import ConfigurationError, Refused, Unavailable
from shared.sealed import Recipient, SealedWriter
from shared.sealed.parts import PartsWriter, Summed
from shared.technical_tables import event_head

Dumps = Mapping[str, tuple[Connection, str]]


@dataclass(frozen=True)
class Made:
    """A file that was written, its manifest, and the key that opens it while this process lives."""

    path: Path
    manifest: Mapping[str, Any]
    key: bytes


def backup(settings: Settings, places: Mapping[str, Place], folder: Path, recipients: Sequence[Recipient]) -> Made:
    """Dump these databases into a new file in `folder`, sealed for the recipients.

    Raises ConfigurationError (account, programs, folder), Unavailable (database), Refused (never migrated).
    """
    with _moment(places) as moment, _written(folder, settings, manifest.BACKUP) as (path, file):
        document = _about(settings, manifest.BACKUP)
        sealed = SealedWriter(file, recipients, {"kind": manifest.BACKUP})
        writer = PartsWriter(sealed)
        services, parts = {}, {}
        for name, (connection, exported) in moment.items():
            program = programs.dumper(facts.server_version(connection))
            services[name] = facts.of(connection, has_log=places[name].has_log) | {"dumped_by": program.major}
            with dumps.dumping(program, places[name].admin, exported) as stream:
                parts[f"{name}.dump"] = writer.add(f"{name}.dump", stream)
        listed = deny_list.of(settings, manifest.key_provider(settings))
        listed.begin()
        parts[manifest.ERASED] = writer.add(manifest.ERASED, io.BytesIO(deny_list.text(listed.lines()).encode()))
        keys = manifest.keys_there(settings)
        document |= {
            "services": services,
            "keys": None if keys is None else manifest.keys_check(keys),
            "parts": _told(parts),
        }
        writer.finish(document)
    return Made(path, document, sealed.key)


def key_files(settings: Settings, folder: Path, recipients: Sequence[Recipient]) -> Made:
    """Put the deployment's keys and settings into a file of their own. Raises Refused where backups lie beside it."""
    if any(folder.glob("*.backup")):
        raise Refused(
            f"Backups of the databases lie in {folder}: who finds both reads everything.", field="out",
            rule="keys-apart", remedy="another folder, on another disk",
        )  # fmt: skip
    keys = manifest.keys_there(settings)
    with _written(folder, settings, manifest.KEYS) as (path, file):
        sealed = SealedWriter(file, recipients, {"kind": manifest.KEYS})
        writer = PartsWriter(sealed)
        there = {name: each for name, each in files(settings).items() if each.is_file()}
        parts = {name: writer.add(name, io.BytesIO(each.read_bytes())) for name, each in there.items()}
        document = _about(settings, manifest.KEYS) | {
            "keys": None if keys is None else manifest.keys_check(keys),
            "parts": _told(parts),
        }
        writer.finish(document)
    return Made(path, document, sealed.key)


def files(settings: Settings) -> dict[str, Path]:
    """The files that a deployment cannot go on without beside its databases, by the name of their part."""
    found = {
        "deployment.env": settings.folder / "deployment.env",
        "keys.json": settings.keys_file,
        "keys.passphrase": settings.keys_passphrase_file,
        "signing.jwk": settings.signing_key_file,
        "token.jwk": settings.token_key_file,
        "jwks.json": settings.jwks,
        "trust.json": settings.trusted_keys,
        "portal.jwk": settings.portal.key_file,
        "backup.jwk": settings.backup.key_file,
    }
    if settings.parent_token_file is not None:
        found["parent.token"] = settings.parent_token_file
    if settings.portal.provider is not None and settings.portal.provider.client_secret_file is not None:
        found["oidc.secret"] = settings.portal.provider.client_secret_file
    return found


@contextmanager
def _moment(places: Mapping[str, Place]) -> Iterator[Dumps]:
    """A connection to each database that sees one and the same moment of all, and the name of what it sees."""
    with ExitStack() as kept:
        taken: dict[str, tuple[Connection, str]] = {}
        with ExitStack() as locked:
            for place in places.values():
                if place.has_log:
                    _lock_head(locked, place)
            for name, place in places.items():
                engine = db.make_unpooled_engine(place.admin)
                connection = kept.enter_context(facts.snapshot(engine))
                if facts.revision(connection) is None:
                    if name == PORTAL:
                        continue  # it was never opened
                    raise Refused(f"The database of {name} is empty.", field=name, remedy="kinward migrate")
                facts.require_all_rows(connection, name)
                taken[name] = connection, facts.exported(connection)
        yield taken


def _lock_head(locked: ExitStack, place: Place) -> None:
    connection = locked.enter_context(db.make_unpooled_engine(place.url).connect())
    try:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        if facts.revision(connection) is not None:
            connection.execute(select(event_head.c.one).with_for_update())
    except OperationalError:
        raise Unavailable(
            f"The event log of {place.name} is being written for longer than 10 s.", field=place.name,
            remedy="try again when the import or migration is done",
        ) from None  # fmt: skip


@contextmanager
def _written(folder: Path, settings: Settings, kind: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file of mode 0600 that has its name only once it is whole and on the disk."""
    path = folder / f"{settings.deployment}-{clock.now():%Y%m%dT%H%M%SZ}.{kind}"
    beside = path.with_name(f".{path.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}", field="out") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield path, file
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unavailable(f"{folder}: {error.strerror}", field="out", remedy="make room on the disk") from None
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _about(settings: Settings, kind: str) -> dict[str, Any]:
    return {
        "format": manifest.FORMAT,
        "kind": kind,
        "deployment": settings.deployment,
        "pack": settings.pack,
        "release": manifest.release(),
        "taken_at": clock.now().isoformat(timespec="seconds"),
    }


def _told(parts: Mapping[str, Summed]) -> dict[str, Any]:
    return {name: part.document() for name, part in parts.items() if part.bytes}
