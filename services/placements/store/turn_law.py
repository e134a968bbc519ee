"""When the law that rules read is another one: its digest, and the days on which a pack says something new by itself.

Not here: what follows from that (domain/turn_law.py).
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from services.placements import domain
from services.placements.domain.turn_law import Change
from shared.countries import Pack, Parameter

LISTS = ("care_form", "entry_reason", "carer_relation", "provider_kind", "absence_kind")
"""The code lists whose columns rules read."""


def digest(pack: Pack) -> str:
    """Another one where rules may answer otherwise: by parameters, tables, care forms, reasons, or new rules."""
    lists = {name: {code: dict(row) for code, row in pack.lists.get(name, {}).items()} for name in LISTS}
    tables = {name: [dict(line) for line in lines] for name, lines in sorted(pack.tables.items())}
    law = [[dict(own) for own in pack.parameters], tables, lists, sorted(domain.RULES)]
    return hashlib.sha256(repr(law).encode()).hexdigest()


def changes(pack: Pack, after: date, until: date) -> list[Change]:
    """What parameters and lines of tables change by themselves on the days in (after, until], in order."""
    found = {
        Change(day, _below(pack, areas)) for day, areas in _days(pack) if after < day <= until
    }  # fmt: skip
    return sorted(found, key=lambda change: (change.on, sorted(change.areas or ())))


def _days(pack: Pack) -> Iterator[tuple[date, tuple[str, ...]]]:
    for own in pack.parameters:
        for entries in own.values():
            for entry in entries:
                yield from _of_parameter(entry)
    for lines in pack.tables.values():
        for line in lines:
            for key in ("from", "to"):
                if isinstance(line.get(key), date):
                    yield line[key], tuple(line.get("areas", ()))


def _of_parameter(entry: Parameter) -> Iterator[tuple[date, tuple[str, ...]]]:
    for day in (entry.since, entry.until, entry.existing_from):
        if day is not None:
            yield day, entry.areas


def _below(pack: Pack, areas: Iterable[str]) -> frozenset[str] | None:
    """These areas with all that ever lay in them."""
    named = frozenset(areas)
    if not named:
        return None
    return frozenset().union(*(pack.areas.below(area) for area in named))
