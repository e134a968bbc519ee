"""What is kept, for how long, and whether it could be had back: backups, audit logs, what is to be forgotten."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from services.cli.audit_anchors import NOTE
from services.cli.doctor import growth
from services.cli.doctor.databases import each
from services.cli.doctor.events import logs
from services.cli.doctor.finding import Check, Found, Group, NotHere, note, wrong
from services.cli.doctor.notes import instant
from services.cli.doctor.patient import PORTAL, Patient
from services.portal.issuer.signins import KEPT
from services.portal.issuer.tables import signin
from shared import audit_check, deny_list, keeping
from shared.errors import ConfigurationError
from shared.protection.keys import FileKeyProvider
from shared.technical_tables import audit, idempotency_key

BACKUP = timedelta(hours=26)
ANCHOR = timedelta(days=35)
GRACE = timedelta(days=1)
WRITABLE = "mount it, and make it writable for the services' account"


def backed_up(patient: Patient) -> Iterator[Found]:
    """Whether a backup was taken within a day, and verified by restoring it."""
    if patient.settings.embedded:
        raise NotHere("backups of an embedded deployment are copies of its folder")
    file = patient.folder / "backup.json"
    taken, verified = instant(file, "taken_at"), instant(file, "verified_at")
    if taken is None:
        yield wrong("no backup is recorded")
    elif patient.now - taken > BACKUP:
        yield wrong(
            "the last backup was taken {hours} hours ago", hours=round((patient.now - taken) / timedelta(hours=1))
        )
    if taken is not None and verified is None:
        yield wrong("the last backup was not verified by restoring it")


def erased(patient: Patient) -> Iterator[Found]:
    """Whether the list of erased ids is as it was written, and each of its copies whole."""
    settings = patient.settings
    keys = FileKeyProvider(settings.keys_file, settings.keys_passphrase_file)
    listed = deny_list.of(settings, keys)
    if not listed.there():
        raise NotHere("nobody was erased here, and there is no list of it")
    try:
        found = listed.found()
        deny_list.judge(found, keys)
    except ConfigurationError as error:
        yield wrong("{path}: {why}", remedy=error.remedy or "", path=error.field, why=error.message)
        return
    every = {line for _, lines in found for line in lines}
    for path, lines in found:
        if missing := len(every.difference(lines)):
            yield wrong("{path} lacks {count} lines that another copy has", path=path, count=missing)


def elsewhere(patient: Patient) -> Iterator[Found]:
    """Whether a copy of the list of erased ids is written to another disk than the deployment's folder."""
    if patient.settings.embedded or "registry" not in patient.services:
        raise NotHere("this deployment keeps no children, or is for demonstrations")
    copies = patient.settings.erased_copies
    if not copies:
        yield wrong("{variable} is not set: the list of erased ids has no copy", variable="KINWARD_ERASED_COPIES")
    at = device(growth.existing(patient.folder))
    apart = False
    for folder in copies:
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            yield wrong(
                "{path} is not there or cannot be written: nobody is erased until it can", remedy=WRITABLE, path=folder
            )
        elif device(folder) != at:
            apart = True
        else:
            yield note("{path} lies on the same disk as the deployment's folder", path=folder)
    if copies and not apart:
        yield wrong("every copy of the list of erased ids lies on the disk of the data, or cannot be written")


def device(path: Path) -> int:
    """The file system that a path lies on; partitions of one disk are two."""
    return path.stat().st_dev


def anchored(patient: Patient) -> Iterator[Found]:
    """Whether an anchor of the audit logs was taken within the month."""
    taken = instant(patient.folder / NOTE, "taken_at")
    if taken is None:
        yield wrong("no anchor of the audit logs was taken from here")
    elif patient.now - taken > ANCHOR:
        yield wrong("the last anchor of the audit logs is {days} days old", days=(patient.now - taken).days)


def chained(patient: Patient) -> Iterator[Found]:
    """Whether each audit log ends as its head says; all of it is for `kinward audit verify`."""
    for service, connection in logs(patient):
        head = audit_check.head(connection)
        last = connection.execute(
            select(audit.c.sequence, audit.c.hash).order_by(audit.c.sequence.desc()).limit(1)
        ).first()
        if head is None:
            yield wrong("the audit log has lost its head", service)
        elif (head.sequence, head.hash) != ((last.sequence, bytes(last.hash)) if last else (0, head.hash)):
            yield wrong("the audit log does not end where its head says", service)


def forgotten(patient: Patient) -> Iterator[Found]:
    """Whether what is kept for a while only is deleted when its time is over."""
    for service, connection in logs(patient):
        old = idempotency_key.c.at < patient.now - keeping.KEYS - GRACE
        count = connection.scalar(select(func.count()).select_from(idempotency_key).where(old))
        if count:
            yield wrong(
                "{count} idempotency keys are older than {days} days", service,
                "start the service's worker: it deletes them every hour", count=count, days=keeping.KEYS.days,
            )  # fmt: skip
    if PORTAL not in patient.with_databases:
        return
    for service, connection in each(patient, (PORTAL,)):
        if connection.scalar(text("select to_regclass('signin')")) is None:
            continue
        count = connection.scalar(
            select(func.count()).select_from(signin).where(signin.c.seen_at < patient.now - KEPT - GRACE)
        )
        if count:
            yield wrong(
                "{count} sign-ins are older than {days} days", service,
                "they are deleted with the next sign-in: is the portal used?", count=count, days=KEPT.days,
            )  # fmt: skip


CHECKS = (
    Check(
        "backup",
        Group.KEEPING,
        "the note of the last backup (backup.json): when it was taken, and that it was verified",
        "None until a disk is lost (KinwardBackupOld).",
        "take a backup and verify it; let a timer of the machine do it every night",
        backed_up,
    ),
    Check(
        "erased-list",
        Group.KEEPING,
        "the list of erased ids and its copies (KINWARD_ERASED_COPIES): each line is bound to the one before",
        "Nothing more is erased (deny-list-bound); a restore is refused, or brings back who was erased.",
        "put a sound copy of the file in the place of the other",
        erased,
    ),
    Check(
        "erased-elsewhere",
        Group.KEEPING,
        "the folders of KINWARD_ERASED_COPIES: there, writable, on another file system than the deployment's folder",
        "None until the machine or its disk is lost: who was erased since the last backup then comes back.",
        "name a folder on another disk or machine in KINWARD_ERASED_COPIES; on one machine BACKUP_FOLDER in .env",
        elsewhere,
    ),
    Check(
        "audit-anchor",
        Group.KEEPING,
        "when an anchor of the audit logs was taken last on this machine",
        "None: who may write to the databases could write the audit logs anew, unseen.",
        "`kinward audit anchor`, with each monthly bundle; keep it elsewhere",
        anchored,
    ),
    Check(
        "audit-end",
        Group.KEEPING,
        "the last row of each audit log beside its head",
        "None: rows were cut off or put in.",
        "`kinward audit verify` names the place",
        chained,
    ),
    Check(
        "retention",
        Group.KEEPING,
        "idempotency keys and sign-ins past their time (audit logs have none: they are kept)",
        "More is kept than was promised.",
        "start what deletes it",
        forgotten,
    ),
)
