"""Ids that were erased, in a file beside the databases: what a restored backup brings back is found and erased again.

One JSON object a line, appended and forced to the disk before the erasing transaction commits: a crash in between
leaves a line too many, never one too few. Copies on other disks or machines are written in the same act, the file that
is there after the loss of the machine among them; where one cannot be written, nothing is erased. The list is
what any of them says. It holds ids, instants and codes. Not here: the erasing itself.
"""

import hashlib
import hmac
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.config import Settings
from shared.errors import ConfigurationError
from shared.protection.keys import KeyProvider

FILE = "erased.jsonl"
INFO = "deny_list"
"""Under which key a session knows the list of its deployment."""
PURPOSE = "erased-list"
RULE = "deny-list-bound"


@dataclass(frozen=True)
class Erased:
    """One erased id: when, and on what ground (a code)."""

    id: UUID
    at: datetime
    ground: str


@dataclass(frozen=True)
class Line:
    """A line of a list: its place from 1 on, the version of the key that binds it, and the code that does.

    Two processes that write at once may give two lines one place; both are bound to the line before.
    """

    erased: Erased
    number: int
    key: int
    code: str


class DenyList:
    """The list of one deployment."""

    def __init__(self, path: Path, keys: KeyProvider, copies: Sequence[Path] = ()) -> None:
        """`path` need not exist before the first erasure; `keys` bind lines; `copies` are files elsewhere."""
        self.path = path
        self._keys = keys
        self._paths = (*copies, path)

    def append(self, erased: Iterable[Erased]) -> None:
        """Add to it; it is on the disks when this returns.

        Raises ConfigurationError where that is not possible, or where what is there is damaged.
        """
        found = self.found()
        judge(found, self._keys)
        known = _together(found)
        self._level(found, (*known, *self._bound(known, erased)))

    def take(self, lines: Iterable[Line]) -> None:
        """Add lines of other copies of it as they are, wherever they are missing. They have been judged."""
        found = self.found()
        self._level(found, _together([*found, ("", lines)]))

    def begin_anew(self, erased: Iterable[Erased]) -> None:
        """Set what is there aside (.aside), and bind this as a new list."""
        for path in self._paths:
            if path.exists():
                path.replace(path.with_name(f"{path.name}.aside"))
        self.begin()
        self.append(erased)

    def there(self) -> bool:
        """Whether there is a list, or a copy of it."""
        return any(path.exists() for path in self._paths)

    def begin(self) -> None:
        """Make an empty list wherever there is none, so that its being there says that nobody was erased."""
        for path in self._paths:
            if not path.exists():
                self._add(path, "")

    def found(self) -> list[tuple[str, Sequence[Line]]]:
        """What each file holds, by its path, as it stands there. Raises ConfigurationError where one cannot be read."""
        return [(str(path), _read(path)) for path in self._paths]

    def lines(self) -> tuple[Line, ...]:
        """Every line of any of the files, in their places, not judged."""
        return _together(self.found())

    def read(self) -> tuple[Erased, ...]:
        """What it and its copies say, the oldest first; an id may stand in several.

        Raises ConfigurationError where one is damaged, or holds what was not written here.
        """
        found = self.found()
        judge(found, self._keys)
        return tuple(line.erased for line in _together(found))

    def _bound(self, known: Sequence[Line], erased: Iterable[Erased]) -> Iterator[Line]:
        number, before = (known[-1].number, known[-1].code) if known else (0, "")
        version = self._keys.index_version
        for each in erased:
            number += 1
            before = _code(self._keys, version, before, number, each)
            yield Line(each, number, version, before)

    def _level(self, found: Iterable[tuple[str, Sequence[Line]]], lines: Sequence[Line]) -> None:
        """Write to each file what it lacks, the copies first."""
        for path, (_, there) in zip(self._paths, found, strict=True):
            known = set(there)
            self._add(path, text(line for line in lines if line not in known))

    def _add(self, path: Path, lines: str) -> None:
        try:
            if path == self.path:
                path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, lines.encode())
        except OSError as error:
            raise ConfigurationError(
                f"the list of erased ids cannot be written ({error.strerror}): nothing was erased",
                field=str(path), rule="deny-list", remedy="make the file writable for the service's account",
            ) from None  # fmt: skip


def of(settings: Settings, keys: KeyProvider) -> DenyList:
    """The list of a deployment, with the copies that its settings name."""
    copies = [folder / f"{settings.deployment}-{FILE}" for folder in settings.erased_copies]
    return DenyList(settings.folder / FILE, keys, copies)


def judge(found: Iterable[tuple[str, Iterable[Line]]], keys: KeyProvider) -> None:
    """Hold lists, each under its name, against the key, all together: what one lacks, another may have.

    Raises ConfigurationError for a line that was not written here or was changed, and where lines before one are gone
    from all of them. Lines that are gone from the end of all of them leave nothing by which that could be told.
    """
    lists = [(name, tuple(lines)) for name, lines in found]
    codes: dict[int, set[str]] = defaultdict(set, {0: {""}})
    for _, lines in lists:
        for line in lines:
            codes[line.number].add(line.code)
    for name, lines in lists:
        for line in lines:
            _judge(line, codes[line.number - 1], keys, name)


def _judge(line: Line, before: Iterable[str], keys: KeyProvider, name: str) -> None:
    if line.number > 0 and not before:
        raise ConfigurationError(
            f"the list of erased ids has a line {line.number} and no line {line.number - 1}: it was cut", field=name,
            rule=RULE, remedy="put a whole copy of the file in its place; where there is none: kinward erasures bind",
        )  # fmt: skip
    codes = (_code(keys, line.key, code, line.number, line.erased) for code in before if line.number > 0)
    if not any(hmac.compare_digest(line.code, code) for code in codes):
        raise ConfigurationError(
            f"line {line.number} of the list of erased ids was not written here, or was changed", field=name,
            rule=RULE, remedy="put a sound copy of the file in its place; where there is none, look at its lines: "
            "kinward erasures bind",
        )  # fmt: skip


def _code(keys: KeyProvider, version: int, before: str, number: int, erased: Erased) -> str:
    said = json.dumps([before, number, str(erased.id), erased.at.isoformat(), erased.ground])
    return hmac.new(keys.index_key(PURPOSE, version), said.encode(), hashlib.sha256).hexdigest()


def _together(found: Iterable[tuple[str, Iterable[Line]]]) -> tuple[Line, ...]:
    lines = dict.fromkeys(line for _, each in found for line in each)
    return tuple(sorted(lines, key=lambda line: (line.number, line.erased.at, line.code)))


def text(lines: Iterable[Line]) -> str:
    """Lines as they stand in a file."""
    return "".join(
        json.dumps({
            "id": str(line.erased.id), "at": line.erased.at.isoformat(), "ground": line.erased.ground,
            "number": line.number, "key": line.key, "code": line.code,
        }) + "\n"
        for line in lines
    )  # fmt: skip


def parse(lines: Iterable[str], name: str) -> Iterator[Line]:
    """The lines of a file of that name, not judged; one that is bound to nothing has the number 0.

    Raises ConfigurationError where one is damaged.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found: Mapping[str, Any] = json.loads(line)
            erased = Erased(UUID(found["id"]), datetime.fromisoformat(found["at"]), str(found["ground"]))
            yield Line(erased, int(found.get("number", 0)), int(found.get("key", 0)), str(found.get("code", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ConfigurationError(
                f"line {number} of the list of erased ids cannot be read", field=name, rule="deny-list",
                remedy="take the line from another copy of the file; do not delete it",
            ) from None  # fmt: skip


def _read(path: Path) -> tuple[Line, ...]:
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", errors="replace") as file:  # what is no text is a damaged line
        return tuple(parse(file, str(path)))


def _write(path: Path, lines: bytes) -> None:
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(descriptor, lines) != len(lines):
            raise OSError(0, "written in part")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
