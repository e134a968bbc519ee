"""The structure of the care figures (care.json): dimensions, attributes, code lists, and how a cell is checked by it.

Not here: UNICEF's own structure and lists (exchange), the file's bytes (cells).
"""

import functools
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.reporting.federation import documents

_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Component:
    """A dimension or attribute: exactly one of code list, pattern or greatest length of text."""

    id: str
    codelist: Mapping[str, str] | None
    pattern: re.Pattern[str] | None
    text: int | None
    codelist_name: str

    def fault(self, value: str) -> str | None:
        """The rule that the value breaks, or None."""
        if self.codelist is not None:
            return None if value in self.codelist else f"is not in {self.codelist_name}"
        if self.pattern is not None:
            return None if self.pattern.fullmatch(value) else "has not the form of the structure"
        if len(value) > (self.text or 0):
            return f"is longer than {self.text} characters"
        return "holds a control character other than a line feed" if _UNPRINTABLE.search(value) else None


@dataclass(frozen=True)
class Structure:
    """A dataset's structure, with the hashes that a manifest pins."""

    id: str
    sha256: str
    dimensions: tuple[Component, ...]
    attributes: tuple[Component, ...]
    decimals: Mapping[str, int]
    missing: frozenset[str]
    codelists: Mapping[str, str]
    subnational_prefix: Mapping[str, str]

    @property
    def components(self) -> Iterator[Component]:
        """Dimensions, then attributes, in file order (the measure stands between them)."""
        yield from self.dimensions
        yield from self.attributes


@functools.cache
def care() -> Structure:
    """KINWARD:CARE(1.0), the structure of every bundle of this release."""
    raw = importlib.resources.files(__package__).joinpath("care.json").read_bytes()
    return _structure(json.loads(raw))


def _structure(document: dict[str, Any]) -> Structure:
    lists: dict[str, dict[str, str]] = document["codelists"]
    return Structure(
        id=document["id"],
        # Hashed in canonical form: reformatting the file does not change the structure.
        sha256=documents.sha256(documents.canonical(document)),
        dimensions=tuple(_component(entry, lists) for entry in document["dimensions"]),
        attributes=tuple(_component(entry, lists) for entry in document["attributes"]),
        decimals=document["decimals"],
        missing=frozenset(document["missing"]),
        codelists={name: documents.sha256(documents.canonical(codes)) for name, codes in sorted(lists.items())},
        subnational_prefix=document["subnational_prefix"],
    )


def _component(entry: dict[str, Any], lists: dict[str, dict[str, str]]) -> Component:
    name = entry.get("codelist", "")
    pattern = entry.get("pattern")
    return Component(
        id=entry["id"],
        codelist=lists[name] if name else None,
        pattern=re.compile(pattern) if pattern is not None else None,
        text=entry.get("text"),
        codelist_name=name,
    )
