"""Parameters of a pack: a value with its unit, its basis, the days and areas it holds for, and who may override it.

Not here: which parameters there are and what a rule does with one; the services ask by name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.countries import files
from shared.errors import ConfigurationError

Value = bool | int | float | str | date | tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a named parameter, in force in [since, until), for `areas` and what lies below (none: everywhere).

    `value` None says that the pack does not know it yet. `applies_to` is new, existing (from `existing_from`) or both.
    """

    name: str
    value: Value
    unit: str
    basis: str
    source: str
    since: date | None
    until: date | None
    areas: tuple[str, ...]
    applies_to: str
    existing_from: date | None
    overridable: bool
    override_by: tuple[str, ...]
    note: str
    pack: str

    def whole(self) -> int:
        """The value as a whole number of its unit. Raises ConfigurationError if it is none, or not known."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise self._unfit("a whole number")

    def text(self) -> str:
        """The value as text. Raises ConfigurationError if it is none, or not known."""
        if isinstance(self.value, str):
            return self.value
        raise self._unfit("text")

    def flag(self) -> bool:
        """The value as yes or no. Raises ConfigurationError if it is neither, or not known."""
        if isinstance(self.value, bool):
            return self.value
        raise self._unfit("true or false")

    def _unfit(self, wanted: str) -> ConfigurationError:
        found = "not known to the pack yet" if self.value is None else repr(self.value)
        file = f"{self.pack}/parameters.toml"
        return files.fault(file, self.name, "value", f"{self.name} is {found}, not {wanted}", "Set it, with its basis.")

    def in_force(self, on: date) -> bool:
        """Whether the value is in force on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


def parse(pack_id: str, raw: Mapping[str, Any]) -> dict[str, tuple[Parameter, ...]]:
    """All entries of one pack's parameters.toml by name. Raises ConfigurationError naming the parameter at fault."""
    file = f"{pack_id}/parameters.toml"
    parsed: dict[str, tuple[Parameter, ...]] = {}
    for name, entries in raw.items():
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise files.fault(file, name, "form", f"{name} is no list of entries", f"Write [[{name}]].")
        parsed[name] = tuple(_entry(pack_id, name, entry) for entry in entries)
    return parsed


def _entry(pack_id: str, name: str, entry: Mapping[str, Any]) -> Parameter:
    file = f"{pack_id}/parameters.toml"

    def get(key: str, kind: type, absent: Any) -> Any:
        return files.expect(entry[key], kind, file, name) if key in entry else absent

    value = entry.get("value")
    return Parameter(
        name=name,
        value=tuple(value) if isinstance(value, list) else value,
        unit=get("unit", str, ""),
        basis=get("basis", str, ""),
        source=get("source", str, ""),
        since=get("from", date, None),
        until=get("to", date, None),
        areas=tuple(get("areas", list, ())),
        applies_to=get("applies_to", str, "new"),
        existing_from=get("existing_from", date, None),
        overridable=get("overridable", bool, False),
        override_by=tuple(get("override_by", list, ())),
        note=get("note", str, ""),
        pack=pack_id,
    )


def choose(entries: Iterable[Parameter], on: date, line: tuple[str, ...]) -> Parameter | None:
    """The entry in force on a day for an area, the nearest area first, then the one for everywhere.

    `line` is the area and its ancestors. An entry without a value is chosen only if there is no other.
    """
    standing = [entry for entry in entries if entry.in_force(on)]

    def distance(entry: Parameter) -> int:
        return min((line.index(area) for area in entry.areas if area in line), default=len(line))

    fitting = [entry for entry in standing if not entry.areas or set(entry.areas) & set(line)]
    return min(fitting, key=lambda entry: (entry.value is None, distance(entry)), default=None)
