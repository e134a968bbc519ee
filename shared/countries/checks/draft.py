"""A pack as it was read for checking, sound or not, beside what it inherits. Not here: any judgement."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.countries import files, loader
from shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a pack: file, line or key in it, the rule it breaks, what is wrong and what would heal it."""

    file: str
    key: str
    rule: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The pack under check, and the packs it inherits, the base first."""

    own: files.RawPack
    inherited: tuple[files.RawPack, ...]

    def file(self, name: str) -> str:
        """How a file of the pack is named in findings."""
        return f"{self.own.id}/{name}"

    @property
    def whole(self) -> tuple[files.RawPack, ...]:
        """All packs of the chain, the base first, this one last."""
        return (*self.inherited, self.own)


def read_draft(pack_id: str, root: Path) -> tuple[Draft, list[Finding]]:
    """Read a pack for checking. What cannot be read becomes a finding and counts as empty."""
    findings: list[Finding] = []

    def note(error: ConfigurationError) -> None:
        findings.append(from_error(error))

    own = files.read_pack(pack_id, root, note)
    parent = own.identity.get("inherits")
    inherited: tuple[files.RawPack, ...] = ()
    if isinstance(parent, str):
        try:
            inherited = loader.inheritance(parent, root)
        except ConfigurationError as error:
            file, remedy = f"{pack_id}/pack.toml", error.remedy or ""
            findings.append(Finding(file, "inherits", error.rule or "inherits", error.message, remedy))
    return Draft(own, inherited), findings


def from_error(error: ConfigurationError) -> Finding:
    """What the reader could not read, as a finding."""
    file, _, key = (error.field or "").partition("#")
    message = error.message.removeprefix(f"{file}: ")
    return Finding(file, key, error.rule or "readable", message, error.remedy or "")


def names(value: object) -> tuple[str, ...]:
    """The texts of what should be a list of texts; a value of another form is the business of `form` alone."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def table(value: object) -> Mapping[str, Any]:
    """What should be a table; a value of another form counts as empty here and is told by `form`."""
    return value if isinstance(value, dict) else {}


def where(row: files.Row, *columns: str) -> str:
    """A CSV line as findings name it: its number and the cells that identify it."""
    named = " ".join(row.cells.get(column, "") for column in columns or ("code",)).strip()
    return f"line {row.line} ({named})" if named else f"line {row.line}"


def duplicates(rows: Iterable[files.Row], columns: tuple[str, ...], file: str) -> Iterator[Finding]:
    """A finding for each line whose identifying cells stood before."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.cells.get(column, "") for column in columns)
        if key in first:
            message = f"{' '.join(key).strip()} stands on line {first[key]} already"
            yield Finding(file, where(row, *columns), "no-duplicate", message, "Keep one of the lines.")
        first.setdefault(key, row.line)
