"""Puts a pack together from its own files and those it inherits. Not here: judging a pack (checks).

A later pack wins by key: a code list's row by code, an area by code and first day, a role by its name, an indicator by
code, a denominator by what it counts, a table of statistics key by key. Parameters stay apart, because dates and areas
decide between them at each question.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.countries import areas, files, parameters, tables
from shared.countries.pack import Pack, Row

DENOMINATOR_KEY = ("code", "area", "sex", "age", "reference_day")
PROVINCE = "province"
WHOLE = "_T"


def load(pack_id: str, root: Path) -> Pack:
    """Load a pack from `root` (the folder countries/). Cheap, but reads files: call it once a process and keep it.

    Raises ConfigurationError naming file, key and rule.
    """
    chain = inheritance(pack_id, root)
    own = chain[-1].identity
    return Pack(
        id=pack_id,
        chain=tuple(raw.id for raw in chain),
        kind=_wanted(pack_id, own, "kind", str),
        name=_wanted(pack_id, own, "name", str),
        iso3=_wanted(pack_id, {"iso3": "", **own}, "iso3", str),
        zone=_zone(pack_id, _wanted(pack_id, own, "zone", str)),
        languages=_texts(pack_id, own, "languages"),
        scripts=_texts(pack_id, own, "scripts"),
        services=_texts(pack_id, own, "services"),
        expects=_expects(pack_id, own),
        areas=areas.AreaTree(_areas(chain)),
        roles=MappingProxyType(_roles(chain)),
        statistics=MappingProxyType(_merged([raw.statistics for raw in chain])),
        denominators=_by_key(chain, "denominators.csv", lambda raw: _populations(raw, own), DENOMINATOR_KEY),
        indicators=_by_key(chain, "indicators.csv", lambda raw: raw.indicators, ("code",)),
        lists=_lists(chain),
        terms=MappingProxyType(_terms(chain)),
        parameters=tuple(parameters.parse(raw.id, raw.parameters) for raw in chain),
        tables=MappingProxyType(tables.merged(chain)),
    )


def inheritance(pack_id: str, root: Path) -> tuple[files.RawPack, ...]:
    """The pack and all it inherits, the base first. Raises ConfigurationError for a missing pack or a circle."""
    chain: list[files.RawPack] = []
    current: str | None = pack_id
    while current:
        if current in [raw.id for raw in chain]:
            message = f"{current} inherits itself"
            raise files.fault(f"{current}/pack.toml", "inherits", "no-circle", message, "Break the circle.")
        chain.append(files.read_pack(current, root))
        parent = chain[-1].identity.get("inherits", "")
        current = files.expect(parent, str, f"{current}/pack.toml", "inherits")
    return tuple(reversed(chain))


def _wanted(pack_id: str, identity: Mapping[str, Any], key: str, kind: type) -> Any:
    file = f"{pack_id}/pack.toml"
    if key not in identity:
        raise files.fault(file, key, "required", f"{key} is missing", f"Add {key}.")
    return files.expect(identity[key], kind, file, key)


def _texts(pack_id: str, identity: Mapping[str, Any], key: str) -> tuple[str, ...]:
    file = f"{pack_id}/pack.toml"
    return tuple(files.expect(text, str, file, key) for text in _wanted(pack_id, identity, key, list))


def _expects(pack_id: str, identity: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    entries = _wanted(pack_id, {"expects": [], **identity}, "expects", list)
    return tuple(MappingProxyType(files.expect(entry, dict, f"{pack_id}/pack.toml", "expects")) for entry in entries)


def _roles(chain: Iterable[files.RawPack]) -> dict[str, Mapping[str, Any]]:
    roles: dict[str, Mapping[str, Any]] = {}
    for raw in chain:
        for code, body in raw.roles.items():
            roles[code] = MappingProxyType(files.expect(body, dict, f"{raw.id}/roles.toml", code))
    return roles


def _zone(pack_id: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"{name!r} is no time zone"
        raise files.fault(f"{pack_id}/pack.toml", "zone", "zone", message, "Name an IANA zone.") from None


def _areas(chain: Iterable[files.RawPack]) -> Iterable[areas.Area]:
    found = {}
    for raw in chain:
        for row in raw.areas:
            area = areas.parse(row, f"{raw.id}/areas.csv")
            found[area.code, area.since] = area
    return found.values()


def _lists(chain: Iterable[files.RawPack]) -> Mapping[str, Mapping[str, Row]]:
    lists: dict[str, dict[str, Row]] = {}
    for raw in chain:
        for name, rows in raw.codes.items():
            own = lists.setdefault(name, {})
            for row in rows:
                own[_key(row, f"{raw.id}/codes/{name}.csv", ("code",))[0]] = MappingProxyType(dict(row.cells))
    return MappingProxyType({name: MappingProxyType(rows) for name, rows in lists.items()})


def _terms(chain: Iterable[files.RawPack]) -> dict[tuple[str, str], str]:
    terms = {}
    for raw in chain:
        for row in raw.terms:
            key, language, text = _key(row, f"{raw.id}/terms.csv", ("key", "language", "text"))
            terms[key, language] = text
    return terms


def _populations(raw: files.RawPack, own: Mapping[str, Any]) -> tuple[files.Row, ...]:
    """The populations of a pack that hold for `own` too: a province has no part in the total of its country."""
    if own.get("kind") != PROVINCE or raw.id == own.get("id"):
        return raw.denominators
    return tuple(row for row in raw.denominators if row.cells.get("area") != WHOLE)


def _by_key(
    chain: Iterable[files.RawPack],
    name: str,
    rows: Callable[[files.RawPack], Iterable[files.Row]],
    columns: tuple[str, ...],
) -> tuple[Row, ...]:
    found: dict[tuple[str, ...], Row] = {}
    for raw in chain:
        for row in rows(raw):
            found[_key(row, f"{raw.id}/{name}", columns)] = MappingProxyType(dict(row.cells))
    return tuple(found.values())


def _key(row: files.Row, file: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    missing = [column for column in columns if column not in row.cells]
    if missing:
        message = f"the column {missing[0]} is missing"
        raise files.fault(file, missing[0], "columns", message, "Add it to the header.")
    return tuple(row.cells[column] for column in columns)


def _merged(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            nested = isinstance(value, dict) and isinstance(whole.get(key), dict)
            whole[key] = _merged([whole[key], value]) if nested else value
    return whole
