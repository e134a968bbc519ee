"""What ends or fills up by itself, as gauges: certificates, disk, backups, keys. A serving process looks now and then.

The alerts over them: deploy/monitoring/alerts.yml. What cannot be looked at keeps no gauge; `kinward doctor` says why.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.cli.doctor import certificates, growth, machine
from services.cli.doctor.finding import Unanswered
from services.cli.doctor.notes import instant
from services.cli.doctor.patient import Patient
from shared import metrics
from shared.errors import KinwardError

LOG = logging.getLogger("kinward.watching")
EVERY_SECONDS = 900.0
NOTES = {"taken": "taken_at", "verified": "verified_at", "keys": "keys_copied_at"}


def watch(deployment: str) -> None:
    """Look at everything once; never raises for what cannot be looked at."""
    try:
        with Patient(deployment) as patient:
            look(patient)
    except (KinwardError, Unanswered, SQLAlchemyError, OSError) as error:
        LOG.warning("not watched", extra={"error": type(error).__name__})


def look(patient: Patient) -> None:
    """Set every gauge that can be told."""
    _certificates(patient)
    if patient.settings.embedded:
        return  # its disk is this machine's, its backups are copies of its folder
    _backups(patient)
    with suppress(Unanswered, SQLAlchemyError):
        _databases(patient)


def _certificates(patient: Patient) -> None:
    for endpoint in certificates.endpoints(patient.settings):
        seen = certificates.look(endpoint)
        if seen.days is not None:
            ends = patient.now + timedelta(days=seen.days)
            metrics.CERTIFICATE_ENDS.labels(endpoint.name).set(ends.timestamp())


def _backups(patient: Patient) -> None:
    for which, name in NOTES.items():
        _note(which, patient.folder / "backup.json", name)
    _note("keys-written", patient.settings.keys_file, "written")


def _note(which: str, file: Path, name: str) -> None:
    """When it was done last; never is long ago."""
    done = instant(file, name)
    metrics.KEPT.labels(which).set(0 if done is None else done.timestamp())


def _databases(patient: Patient) -> None:
    grown, free = machine.grown_and_free(patient)
    for service, each in grown.items():
        metrics.LOG_SIZE.labels(service).set(each.log_bytes)
        metrics.DATABASE_SIZE.labels(service).set(each.bytes)
    if isinstance(free, Unanswered):
        return
    days = growth.days_until_full(free, sum(each.bytes_per_day for each in grown.values()))
    if days is None:
        metrics.DISK_FULL.clear()
    else:
        full = patient.now + timedelta(days=min(days, 36_500))
        metrics.DISK_FULL.labels("databases").set(full.timestamp())
