"""What may leave with a bundle: numbers, and words that the code itself knows. Everything else is withheld.

By allow-list: not what looks like a name is taken out, but only what cannot be one is let through. Words are kinds of
errors, services, revisions, variables, reasons, routes; sentences are those that the code writes into its log.
"""

import ast
import builtins
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import amqp.exceptions
import httpx
import psycopg2.errors
import sqlalchemy.exc

from services.cli import documents
from services.cli.doctor.finding import Answer, Found, State
from services.cli.doctor.patient import PORTAL
from shared import config, errors, http
from shared.config import SERVICES
from shared.stream import gauges

ROOT = Path(__file__).parents[3]
LARGEST = 10**8
"""Of a log line: a number of more digits may be somebody's."""
WITHHELD = "[withheld]"
LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OF_ERRORS = (builtins, errors, sqlalchemy.exc, psycopg2.errors, amqp.exceptions, httpx)
OTHERS = frozenset({"stopped", "running", "created", "restored", "cluster", "shadow", "mem_alarm", "disk_free_alarm"})
SETTINGS_OF_POSTGRESQL = frozenset({"fsync", "full_page_writes", "synchronous_commit"})
TABLES = frozenset({"event_log", "audit"})


def words() -> frozenset[str]:
    """The words that the code knows and that are about nobody."""
    queues = {f"{service}.{end}" for service in SERVICES for end in ("inbox", "catch-up", "events")}
    kinds = {name for module in OF_ERRORS for name, found in vars(module).items() if _is_error(found)}
    routes = {route.rule for service in SERVICES for route in http.routes(documents.documented_app(service))}
    return frozenset({
        *SERVICES, PORTAL, *(f"{service}-shadow" for service in SERVICES), *queues, *kinds, *routes, *config.VARIABLES,
        *gauges.REASONS, *gauges.KINDS, *LEVELS, *METHODS, *OTHERS, *SETTINGS_OF_POSTGRESQL, *TABLES, *revisions(),
        *map(str, State), "",
    })  # fmt: skip


def _is_error(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, BaseException)


def revisions() -> frozenset[str]:
    """The revisions of every database that this release knows."""
    packages = [*(f"services/{service}/migrations" for service in SERVICES), "services/portal/issuer/migrations"]
    files = (file for package in packages for file in (ROOT / package).glob("0*.py"))
    return frozenset(found for file in files for found in _assigned(file, "revision"))


def _assigned(file: Path, name: str) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from (node.value.value for each in node.targets if isinstance(each, ast.Name) and each.id == name)


def sentences() -> frozenset[str]:
    """The messages that the code writes into its log."""
    found: set[str] = set()
    for room in ("services", "shared"):
        for file in (ROOT / room).rglob("*.py"):
            content = file.read_text(encoding="utf-8")
            if "LOG." in content or "logger." in content:
                found.update(_logged(ast.parse(content)))
    return frozenset(found)


def _logged(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner, first = node.func.value, node.args[0]
        if isinstance(owner, ast.Name) and owner.id in {"LOG", "logger"} and isinstance(first, ast.Constant):
            yield str(first.value)


def shown(value: Any, known: frozenset[str]) -> Any:
    """A value as it may leave."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if text in known else ", ".join(each if each in known else WITHHELD for each in text.split(", "))


def said(found: Found, known: frozenset[str]) -> dict[str, Any]:
    """One thing found: the code's sentence, with the facts that may leave."""
    facts = {name: shown(value, known) for name, value in found.facts.items()}
    return {"about": shown(found.about, known) or None, "what": found.says.format(**facts), "note": found.note}


def answered(answer: Answer, known: frozenset[str]) -> dict[str, Any]:
    """What came of a check."""
    return {
        "id": answer.check.id,
        "state": str(answer.state),
        "found": [said(each, known) for each in answer.found],
    }


def line(record: Mapping[str, Any], known: frozenset[str], messages: frozenset[str]) -> dict[str, Any]:
    """A line of the log: when, how bad, one of the code's messages, numbers and known words. No id, no actor."""
    kept = {"message": record.get("message") if record.get("message") in messages else WITHHELD}
    for name in ("level", "service", "consumer", "source", "method", "route", "exception", "error", "fault", "reason"):
        if name in record:
            kept[name] = shown(record[name], known)
    for name in ("status", "milliseconds", "port", "seconds", "done", "events", "epochs"):
        value = record.get(name)
        if isinstance(value, int | float) and abs(value) < LARGEST:
            kept[name] = value
    places = record.get("place")
    if isinstance(places, list):
        kept["place"] = [place for each in places if (place := _place(str(each))) is not None]
    return kept


def _place(text: str) -> str | None:
    """Where something was raised, if that is a file of ours: its path in the program and the line."""
    path, _, rest = text.partition(":")
    number = rest.partition(" ")[0]
    for room in ("services", "shared"):
        _, found, below = path.rpartition(f"/{room}/")
        if found and (ROOT / room / below).is_file() and number.isdigit():
            return f"{room}/{below}:{number}"
    return None
