"""The bundle for support: one archive that says how a deployment stands, and nothing about anybody.

What may be in it is decided by bundle_words. Not here: the checks.
"""

import importlib.metadata
import io
import json
import os
import platform
import tarfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select, text

from services.cli.doctor import bundle_words, growth
from services.cli.doctor.databases import each, revisions
from services.cli.doctor.events import logs
from services.cli.doctor.finding import Answer, Unanswered
from services.cli.doctor.patient import Patient
from shared import config, release, technical_tables
from shared.errors import ConfigurationError
from shared.event_log import overview as log_overview
from shared.stream import overview

LINES = 2000
LIBRARIES = ("alembic", "amqp", "eventlet", "flask", "kombu", "nameko", "psycopg2-binary", "sqlalchemy")
SHOWN = frozenset({"KINWARD_EMBEDDED", "KINWARD_DEMO", "KINWARD_TESTING"})
COUNTED = ("event_log", "audit", "idempotency_key", "parked_event", "dropped_event", "orphan_event", "applied_run")
TIME = len("2026-01-01T00:00:00")


def write(out: Path, patient: Patient, answers: Sequence[Answer], log_files: Sequence[Path]) -> list[str]:
    """Write the archive, readable by its owner alone; the names of what is in it. Raises ConfigurationError."""
    parts = documents(patient, answers, log_files)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"{out} cannot be written: {error.strerror}", field="--bundle", remedy="another name"
        ) from error
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, document in parts.items():
            content = (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode()
            entry = tarfile.TarInfo(f"kinward-doctor/{name}")
            entry.size, entry.mode = len(content), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return list(parts)


def documents(patient: Patient, answers: Sequence[Answer], log_files: Sequence[Path]) -> dict[str, Any]:
    """Every part of the bundle by its name."""
    known = bundle_words.words()
    return {
        "doctor.json": [bundle_words.answered(answer, known) for answer in answers],
        "versions.json": _versions(patient),
        "settings.json": _settings(patient),
        "migrations.json": _by_service(patient, _migrations, known),
        "counts.json": _by_service(patient, _counts, known),
        "log.json": list(_lines(log_files, known)),
    }


def _versions(patient: Patient) -> dict[str, Any]:
    found: dict[str, Any] = {
        "release": release.line(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    try:
        servers = {service: int(connection.scalar(text("show server_version_num")) or 0)
                   for service, connection in each(patient)}  # fmt: skip
    except Unanswered:
        servers = {}
    return found | {"postgresql": servers}


def _settings(patient: Patient) -> dict[str, Any]:
    """Which variables are set, where; of addresses how they are reached; never a value that somebody wrote."""
    return {name: _setting(name, patient) for name in config.VARIABLES}


def _setting(name: str, patient: Patient) -> dict[str, Any]:
    value = patient.values.get(name)
    if not value:
        return {"set": False}
    found: dict[str, Any] = {"set": True, "in": "environment" if patient.environment.get(name) else "file"}
    if name in SHOWN and value in {"0", "1"}:
        found["value"] = value
    if "://" in value:
        scheme = urlsplit(value).scheme
        found["scheme"] = scheme if scheme in {"http", "https", "amqp", "amqps", "postgresql+psycopg2"} else None
        found["this_machine"] = urlsplit(value).hostname in {None, "127.0.0.1", "localhost", "::1"}
    return found


def _by_service(patient: Patient, look: Any, known: frozenset[str]) -> dict[str, Any]:
    """What `look` says of each database that answers and is migrated."""
    found: dict[str, Any] = {}
    try:
        for service, connection in logs(patient):
            found[service] = look(patient, connection, known)
    except Unanswered as why:
        found["not asked"] = bundle_words.said(why.found, known)["what"]
    return found


def _migrations(_patient: Patient, connection: Connection, known: frozenset[str]) -> list[str]:
    return [bundle_words.shown(each, known) for each in revisions(connection)]


def _counts(patient: Patient, connection: Connection, known: frozenset[str]) -> dict[str, Any]:
    state, grown = log_overview.state(connection), growth.measure(connection, patient.now)
    tables = {name: connection.scalar(select(func.count()).select_from(getattr(technical_tables, name)))
              for name in COUNTED}  # fmt: skip
    return {
        "rows": tables,
        "log": {"epoch": state.ordinal, "sequence": state.sequence, "backlog": state.backlog},
        "bytes": {"database": grown.bytes, "log": grown.log_bytes, "a_day": round(grown.bytes_per_day)},
        "streams": [_stream(source, known) for source in overview.sources(connection)],
    }


def _stream(source: overview.SourceState, known: frozenset[str]) -> dict[str, Any]:
    words = {
        "consumer": source.consumer,
        "source": source.source.rpartition(":")[2],
        "state": source.state,
        "reason": source.reason,
    }
    numbers = ("sequence", "head", "attempts", "failed", "blocked", "waiting", "undecodable")
    return {name: bundle_words.shown(word, known) for name, word in words.items()} | {
        name: getattr(source, name) for name in numbers
    }


def _lines(files: Sequence[Path], known: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The last lines of log files, as far as they may leave; a line that is not ours says that alone."""
    messages = bundle_words.sentences()
    for file in files:
        try:
            with file.open(encoding="utf-8", errors="replace") as stream:
                last = deque(stream, maxlen=LINES)
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be read", field="--log") from error
        for written in last:
            yield _line(written, known, messages)


def _line(text_: str, known: frozenset[str], messages: frozenset[str]) -> dict[str, Any]:
    try:
        record = json.loads(text_)
    except ValueError:
        return {"message": bundle_words.WITHHELD}
    if not isinstance(record, Mapping):
        return {"message": bundle_words.WITHHELD}
    return _time(record.get("time")) | bundle_words.line(record, known, messages)


def _time(said: object) -> dict[str, str]:
    try:
        return {"time": datetime.fromisoformat(str(said)).isoformat(timespec="seconds")[:TIME]}
    except ValueError:
        return {}
