"""What a service sees of its country pack: an object that is loaded once and never changes.

Not here: reading files (loader) and any meaning of a list, a role or a parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from shared.countries import parameters
from shared.countries.areas import AreaTree
from shared.countries.files import fault
from shared.countries.parameters import Parameter
from shared.countries.tables import in_force

Row = Mapping[str, str]
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One country pack with all it inherits; equal to itself alone. `chain` names its packs, the base first.

    A role is {label, scope, permissions}; what a scope or a permission means is said where access is decided.
    """

    id: str
    chain: tuple[str, ...]
    kind: str
    name: str
    iso3: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    scripts: tuple[str, ...]
    services: tuple[str, ...]
    expects: tuple[Mapping[str, str], ...]
    areas: AreaTree
    roles: Mapping[str, Mapping[str, Any]]
    statistics: Mapping[str, Any]
    denominators: tuple[Row, ...]
    indicators: tuple[Row, ...]
    lists: Mapping[str, Mapping[str, Row]]
    terms: Mapping[tuple[str, str], str]
    parameters: tuple[Mapping[str, tuple[Parameter, ...]], ...]
    tables: Mapping[str, tuple[Line, ...]]

    def codes(self, list_name: str) -> Mapping[str, Row]:
        """The rows of a code list by code, in order. Raises ConfigurationError for a list that no pack has."""
        if list_name not in self.lists:
            file = f"{self.id}/codes/{list_name}.csv"
            raise fault(file, list_name, "known-list", f"there is no code list {list_name}", "Name an existing list.")
        return self.lists[list_name]

    def has(self, list_name: str, code: str) -> bool:
        """Whether a code list has a code. Raises ConfigurationError for a list that no pack has."""
        return code in self.codes(list_name)

    def has_area(self, code: str, on: date | None = None) -> bool:
        """Whether an area exists on a day, or ever existed when no day is given."""
        return self.areas.get(code, on) is not None

    def parameter(self, name: str, on: date, area: str | None = None) -> Parameter:
        """The value of a parameter on a day and for an area; the pack nearest to the deployment that has one wins.

        Raises ConfigurationError if no pack has an entry for that day and area.
        """
        standing = self.entries(name, on, area)
        if not standing:
            where = f" for {area}" if area else ""
            message = f"no value of {name} is in force on {on.isoformat()}{where}"
            raise fault(f"{self.id}/parameters.toml", name, "parameter-in-force", message, f"Add [[{name}]].")
        return next((entry for entry in standing if entry.value is not None), standing[0])

    def entries(self, name: str, on: date, area: str | None = None) -> tuple[Parameter, ...]:
        """What each pack says of a parameter on a day and for an area, the nearest first, also that it is not known."""
        line = self.areas.ancestors(area, on) if area else ()
        found = (parameters.choose(own.get(name, ()), on, line) for own in reversed(self.parameters))
        return tuple(entry for entry in found if entry is not None)

    def table(self, name: str, on: date | None = None, area: str | None = None) -> tuple[Line, ...]:
        """The lines of a table in force on a day and in an area (None: any); none where no pack has the table."""
        above = self.areas.ancestors(area, on) if area else None
        return in_force(self.tables.get(name, ()), on, above)

    def term(self, key: str, language: str) -> str:
        """The pack's word for a key ("<list>/<code>" or a free key) in a language, else the code's English label."""
        if (key, language) in self.terms:
            return self.terms[key, language]
        list_name, _, code = key.partition("/")
        return self.lists.get(list_name, {}).get(code, {}).get("label", key)
