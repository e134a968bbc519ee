"""Logs: one JSON object a line, with the ids of what is being done, without personal data and without secrets.

Belongs here: the form of a line, what is redacted, the ids bound to the work at hand. Not here: what is worth logging.

Values are redacted by the name of their key. The text of an exception is left out, for it quotes rows and input
(psycopg2 prints the row that broke a constraint): a line has the exception's type and where it was raised.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

REDACTED = "[redacted]"
MAX_TEXT = 2000
MAX_DEPTH = 6
# a key is redacted where one of its words is here: child_name, birthDate and AUTHORIZATION alike
_SENSITIVE_WORDS = """
    name names patronymic surname birth born dob address street phone telephone email mail authorization
    cookie token tokens password passwd secret secrets credential credentials key jwt iin pin pinfl cnic
    passport document identifier note notes text words comment body photo picture url uri dsn latitude
    longitude
"""
SENSITIVE = frozenset(_SENSITIVE_WORDS.split())
# keys of our own lines that hold such a word and nothing personal
PLAIN = frozenset({"route_name"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRETS = (
    (re.compile(r"eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)?"), REDACTED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@]*@"), rf"\1{REDACTED}@"),
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_request: ContextVar[str | None] = ContextVar("request", default=None)
_correlation: ContextVar[str | None] = ContextVar("correlation", default=None)
_event: ContextVar[str | None] = ContextVar("event", default=None)


def bind(*, request: str | None = None, correlation: str | None = None, event: str | None = None) -> None:
    """From here on, in this thread or greenlet, lines carry these ids."""
    _request.set(request)
    _correlation.set(correlation)
    _event.set(event)


def unbind() -> None:
    """From here on, lines carry no ids."""
    bind()


@contextmanager
def bound(*, request: str | None = None, correlation: str | None = None, event: str | None = None) -> Iterator[None]:
    """Lines within carry these ids; afterwards those from before."""
    before = (_request.get(), _correlation.get(), _event.get())
    bind(request=request, correlation=correlation, event=event)
    try:
        yield
    finally:
        bind(request=before[0], correlation=before[1], event=before[2])


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log of the process through JsonLines to `stream` (standard error). For process starts and tests."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


class JsonLines(logging.Formatter):
    """A record as one line of ASCII JSON: nothing in it can begin a new line or a new field."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, ids, then the record's own fields, redacted."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(_message(record)),
        }
        ids = {"request_id": _request.get(), "correlation_id": _correlation.get(), "event_id": _event.get()}
        line |= {name: value for name, value in ids.items() if value is not None}
        for name, value in vars(record).items():
            if name not in _STANDARD and name not in line:
                line[name] = redact(name, value)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["place"] = _place(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def _message(record: logging.LogRecord) -> str:
    """The message with its arguments; exceptions among them by type, mappings redacted by key."""
    args = record.args
    if isinstance(args, Mapping):
        record_args: Any = {name: _argument(redact(str(name), value), value) for name, value in args.items()}
    else:
        record_args = tuple(_argument(redact("", value), value) for value in args or ())
    try:
        return str(record.msg) % record_args if record_args else _text(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _argument(shown: Any, value: Any) -> Any:
    return value if isinstance(value, int | float) and shown is not REDACTED else shown


def _text(message: object) -> str:
    return type(message).__name__ if isinstance(message, BaseException) else str(message)


def redact(name: str, value: Any, depth: int = 0) -> Any:
    """`value` as it may be logged under `name`: hidden where the name says so, else plain JSON, cut to size."""
    if is_sensitive(name):
        return REDACTED
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        return {str(key): redact(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < MAX_DEPTH:
        return [redact("", inner, depth + 1) for inner in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | UUID | date | Decimal):
        return clean(str(value))
    # the repr of anything else may hold anything, an exception's text above all
    return type(value).__name__


def is_sensitive(name: str) -> bool:
    """True where one of the words of a key's name stands for personal data or a secret."""
    return name not in PLAIN and any(word.lower() in SENSITIVE for word in _WORDS.findall(name))


def clean(text: str) -> str:
    """Text without tokens and passwords, cut to 2,000 characters."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "..."


def _place(trace: TracebackType | None) -> list[str]:
    """Where it was raised, innermost last: file, line, function. Never the source line, never the values."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]
