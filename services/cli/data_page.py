"""docs/data.md: every table of the services with its class, what stands readable in it and what is sealed.

Made from the tables that the code maps, so that a column that is added shows. Not here: roles (who sees which field),
retention (records), the portal's own database (sign-in).
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping

from sqlalchemy import LargeBinary, MetaData, Table

from shared import technical_tables
from shared.config import SERVICES

SEALED = "sealed"
KEYED = frozenset({"digest", "any_issuer", "wrapped"})
PEOPLE = frozenset({"child", "other", "person", "member", "sibling", "kept", "merged", "holder_person"})
"""Columns that name a child or somebody around it."""
ABOUT_PEOPLE: Mapping[str, str] = {
    "child": "a child",
    "person": "a parent, relative or carer",
    "household": "a family",
    "majority": "a child",
    "whereabouts": "a child",
    "reading_alarm": "an account",
    "reading_day": "accounts",
    "notice": "an account",
    "worker": "an account",
    "rota_duty": "accounts",
    "carer_family": "a family that cares",
    "seal_task": "a sealed child",
}
"""Tables whose own row is a person, or an account of staff."""
CLASSES = {
    3: "restricted: sealed under the key of the person it is about",
    2: "confidential: about a person by random ids, codes, days and areas",
    1: "internal: about no person",
}
TOP = """
Three classes: {classes}. A table has the class of the most that is in it; its readable columns are confidential at
most. Where a table is restricted, words, names, births, numbers, addresses and contents are in its sealed column and
nothing of them is readable. What an erasure takes is said in [records](records.md#erased). Every service also has
technical tables (event log, audit log, marks of consumers, keys of repeated requests), which hold ids and codes;
the event log also days of birth where an event says so ([events](events/README.md)).
"""


def page(generated: str, services: Iterable[str] = SERVICES) -> str:
    """The page, with the line that says how it was made."""
    classes = "; ".join(f"**{number}** {words}" for number, words in CLASSES.items())
    parts = [f"# Data\n\n{generated}{TOP.format(classes=classes)}"]
    for service in services:
        parts.append(f"\n## {service}\n\n| table | class | readable | sealed or keyed |\n| --- | --- | --- | --- |\n")
        parts += [_row(table) for table in tables(service)]
    return "".join(parts)


def tables(service: str) -> list[Table]:
    """What a service's own database holds, by name, but for the technical tables."""
    store = importlib.import_module(f"services.{service}.store")
    inner = pkgutil.iter_modules(getattr(store, "__path__", ()))
    rooms = [store, *(importlib.import_module(f"{store.__name__}.{each.name}") for each in inner)]
    known = [each for room in rooms for each in vars(room).values() if isinstance(each, MetaData)]
    found = {table.name: table for each in known for table in each.tables.values()}
    return [found[name] for name in sorted(found) if name not in technical_tables.metadata.tables]


def class_of(table: Table) -> int:
    """3, 2 or 1: the most that is in a table."""
    if hidden(table):
        return 3
    about = table.name in ABOUT_PEOPLE or PEOPLE & set(table.c.keys())
    leads = any(class_of(key.column.table) > 1 for key in table.foreign_keys if key.column.table is not table)
    return 2 if about or leads else 1


def hidden(table: Table) -> list[str]:
    """Columns of which nothing can be read without keys: sealed documents, contents, digests, wrapped keys."""
    names = {SEALED, "content", *KEYED}
    return [each.name for each in table.columns if each.name in names and isinstance(each.type, LargeBinary)]


def _row(table: Table) -> str:
    sealed = hidden(table)
    readable = ", ".join(column.name for column in table.columns if column.name not in sealed)
    return f"| {table.name} | {class_of(table)} | {readable} | {', '.join(sealed)} |\n"
