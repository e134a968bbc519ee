"""Keys: those that seal personal data, sign bundles, are trusted, and accept tokens. Not here: the files' modes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from services.cli.doctor.databases import each
from services.cli.doctor.finding import Check, Found, Group, NotHere, Unanswered, note, wrong
from services.cli.doctor.notes import instant
from services.cli.doctor.patient import Patient
from services.reporting import trust
from services.reporting.federation.keys import TrustEntry
from services.reporting.store.tables import delivery
from shared.auth import tokens
from shared.errors import ConfigurationError, KinwardError
from shared.protection.keyring import TABLE
from shared.protection.keys import FileKeyProvider, Keys

ROTATION_DAYS = 365
FEW = 2
"""Bundles left that a trusted key may sign, below which its owner is to be asked for the next."""


def opened(patient: Patient) -> Iterator[Found]:
    """Whether the key file opens with the passphrase."""
    try:
        _keys(patient)
    except ConfigurationError as error:
        if patient.settings.embedded and not patient.settings.keys_file.exists():
            raise NotHere("an embedded deployment makes its keys when it is first served") from error
        yield wrong("{why}", remedy=error.remedy or "", why=error.message)


def known(patient: Patient) -> Iterator[Found]:
    """Whether every data key is wrapped with a key of the file, and none with an old one."""
    keys = _opened(patient)
    for service, connection in each(patient, ("registry",)):
        used = connection.execute(select(TABLE.c.kek, func.count().label("number")).group_by(TABLE.c.kek)).all()
        for row in used:
            if row.kek not in keys.keks:
                yield wrong(
                    "{count} data keys are wrapped with version {number}, which the file lacks: they cannot be read",
                    service, "put the newest copy of the key file back", count=row.number, number=row.kek,
                )  # fmt: skip
            elif row.kek != keys.current:
                yield wrong(
                    "{count} data keys are wrapped with the old version {number}", service,
                    "kinward keys rotate --resume", count=row.number, number=row.kek,
                )  # fmt: skip


def rotated(patient: Patient) -> Iterator[Found]:
    """Whether the keys are older than a year."""
    _opened(patient)
    written = instant(patient.settings.keys_file, "written")
    if written is not None and patient.now - written > timedelta(days=ROTATION_DAYS):
        yield wrong("the keys were written {days} days ago", days=(patient.now - written).days)


def copied(patient: Patient) -> Iterator[Found]:
    """Whether a copy of the keys is recorded that is no older than the keys."""
    if patient.settings.embedded:
        raise NotHere("copies of an embedded deployment's keys are not recorded")
    copy = instant(patient.folder / "backup.json", "keys_copied_at")
    written = instant(patient.settings.keys_file, "written")
    if copy is None:
        yield wrong("no copy of the keys is recorded")
    elif written is not None and copy < written:
        yield wrong("the keys were written anew after they were copied")


def signing(patient: Patient) -> Iterator[Found]:
    """Whether periods can be closed and bundles signed, and sent where there is a parent to send them to."""
    settings = patient.settings
    try:
        trust.signing_key(settings.signing_key_file)
    except KinwardError as error:
        if settings.embedded and settings.parent_url is None and not settings.signing_key_file.exists():
            yield note("there is no signing key: until one is made, no period is closed from the portal or over HTTP")
        else:
            yield wrong("{why}: no period can be closed", remedy=error.remedy or "", why=error.message)
    if settings.parent_url is not None and settings.parent_token_file is None:
        yield wrong("{variable} is not set", variable="KINWARD_PARENT_TOKEN_FILE")


def trusted(patient: Patient) -> Iterator[Found]:
    """Whether the trusted keys can be read, hold the parent's, and do not end soon."""
    try:
        entries = trust.read(patient.settings.trusted_keys)
    except KinwardError as error:
        yield wrong("{why}", why=error.message)
        return
    parent = patient.settings.parent
    if parent is not None and parent not in {entry.issuer for entry in entries}:
        yield wrong("no key of the parent {issuer} is trusted: its receipts cannot be checked", issuer=parent)
    ending = [entry for entry in entries if entry.until_seq is not None and not _followed(entry, entries)]
    if not ending:
        return
    for _, connection in each(patient, ("reporting",)):
        taken = {row.issuer: row.seq for row in connection.execute(
            select(delivery.c.issuer, func.max(delivery.c.seq).label("seq")).group_by(delivery.c.issuer))}  # fmt: skip
        for entry in ending:
            left = int(entry.until_seq or 0) - (taken.get(entry.issuer) or 0)
            if left <= FEW:
                yield wrong("the trusted key of {issuer} is good for {count} more bundles", issuer=entry.issuer,
                            count=max(left, 0))  # fmt: skip


def _followed(entry: TrustEntry, entries: tuple[TrustEntry, ...]) -> bool:
    ends = entry.until_seq or 0
    return any(
        other.issuer == entry.issuer
        and other.from_seq <= ends + 1
        and (other.until_seq is None or other.until_seq > ends)
        for other in entries
    )


def access(patient: Patient) -> Iterator[Found]:
    """Whether access tokens can be checked, and those that are made here are accepted."""
    try:
        held: Any = json.loads(patient.settings.jwks.read_text(encoding="utf-8"))
        kids = {key.get("kid") for key in held["keys"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        yield wrong("{path} holds no public keys", path=patient.settings.jwks)
        return
    if not patient.settings.token_key_file.exists():
        yield note("there is no key to make tokens with: the portal's local accounts and kinward token need one")
        return
    try:
        key = tokens.load_key(patient.settings.token_key_file)
    except KinwardError as error:
        yield wrong("{why}", remedy=error.remedy or "", why=error.message)
        return
    if key.kid not in kids and key.thumbprint() not in kids:
        yield wrong("tokens made with KINWARD_TOKEN_KEY_FILE are not accepted: its public half is not in KINWARD_JWKS")


def _keys(patient: Patient) -> Keys:
    return FileKeyProvider(patient.settings.keys_file, patient.settings.keys_passphrase_file).keys()


def _opened(patient: Patient) -> Keys:
    try:
        return _keys(patient)
    except ConfigurationError as error:
        raise Unanswered("the key file does not open: see keys-open") from error


CHECKS = (
    Check(
        "keys-open",
        Group.KEYS,
        "the key file and its passphrase",
        "Start refuses; nothing that is sealed can be read.",
        "put a copy of the key file and its passphrase back; before the first child: `kinward keys init`",
        opened,
    ),
    Check(
        "keys-known",
        Group.KEYS,
        "with which key versions the data keys are wrapped",
        "Records of some children cannot be opened.",
        "`kinward keys status`",
        known,
    ),
    Check(
        "keys-rotation",
        Group.KEYS,
        "when the key file was written last",
        "None: a key that somebody has copied opens more and more.",
        "`kinward keys rotate`, once a year",
        rotated,
    ),
    Check(
        "keys-copied",
        Group.KEYS,
        "the note of the last copy of the keys (backup.json)",
        "None until the file is lost: then what is sealed is gone.",
        "copy key file and passphrase to different places with the backup of the keys",
        copied,
    ),
    Check(
        "signing-key",
        Group.KEYS,
        "the key that signs periods and bundles, the token for the parent",
        "Closing a period is refused (no-signing-key), bundles are not sent.",
        "`kinward trust show-key`; give the public half to the parent",
        signing,
    ),
    Check(
        "trusted-keys",
        Group.KEYS,
        "the trusted keys: the parent's, and how many bundles the others may still sign",
        "A province's next bundle is refused.",
        "ask for the next public key, compare it by another way, `kinward trust add`",
        trusted,
    ),
    Check(
        "access-keys",
        Group.KEYS,
        "KINWARD_JWKS and the key that makes tokens",
        "Everybody is answered 401.",
        "put the public keys of the issuer into KINWARD_JWKS",
        access,
    ),
)
