"""What a sealed file of many parts holds: a tar archive (POSIX ustar), each part in pieces, and a manifest at the end.

A part's size is not known before it is written, so it goes in members `<part>/000000`, `<part>/000001`, ... of 4 MiB at
most; joined in order they are the part. Memory: one piece. Not here: what the parts are, what the manifest means.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from shared.sealed.errors import BrokenFile
from shared.sealed.recipients import Unlocking
from shared.sealed.stream import SealedReader, SealedWriter, read_header

PIECE = 4 * 1024 * 1024
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Summed:
    """A part as it went by: size in bytes, SHA-256."""

    bytes: int
    sha256: str

    def document(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {"bytes": self.bytes, "sha256": self.sha256}


class PartsWriter:
    """Writes parts, then the manifest."""

    def __init__(self, sealed: SealedWriter) -> None:
        self._sealed = sealed
        self._tar: Any = tarfile.open(mode="w|", fileobj=sealed, format=tarfile.USTAR_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115 (closed by finish)

    def add(self, name: str, source: IO[bytes]) -> Summed:
        """Write a part."""
        total, digest, number = 0, hashlib.sha256(), 0
        while piece := _full(source, PIECE):
            self._put(f"{name}/{number:06}", piece)
            digest.update(piece)
            total, number = total + len(piece), number + 1
        return Summed(total, digest.hexdigest())

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and the end."""
        self._put(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
        self._tar.close()
        self._sealed.close()

    def _put(self, name: str, piece: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(piece), 0o600
        self._tar.addfile(member, io.BytesIO(piece))
        self._tar.members.clear()  # it would remember every piece


def _full(source: IO[bytes], size: int) -> bytes:
    """As many bytes, fewer only at the end: a pipe gives what it has."""
    parts, missing = [], size
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def manifest(path: Path, unlocking: Unlocking | bytes, kind: str) -> dict[str, Any]:
    """Read the whole file once and give its manifest: every chunk is authentic, every part is what it says.

    Raises BrokenFile, WrongKey, and BrokenFile where the file is of another kind.
    """
    summed: dict[str, Summed] = {}
    found: dict[str, Any] | None = None
    with _opened(path, unlocking, kind) as (reader, tar):
        for name, pieces in _parts(tar):
            if name == MANIFEST:
                found = json.loads(b"".join(pieces))
            else:
                summed[name] = _summed(pieces)
        reader.drain()
    if found is None:
        raise _broken("It has no manifest.", "manifest")
    said = {name: Summed(part["bytes"], part["sha256"]) for name, part in found["parts"].items()}
    for name in sorted(summed.keys() | said.keys()):
        if summed.get(name) != said.get(name):
            raise _broken(f"Part {name} is not what the manifest says.", name)
    return found


def each(path: Path, unlocking: Unlocking | bytes, kind: str, take: Callable[[str, Iterator[bytes]], None]) -> None:
    """Give each part with its pieces, in the order of the file, to `take`; what it leaves is skipped."""
    with _opened(path, unlocking, kind) as (reader, tar):
        for name, pieces in _parts(tar):
            if name != MANIFEST:
                take(name, pieces)
        reader.drain()


def kind(path: Path) -> str:
    """What a file says that it holds, before it is opened: not yet checked. Raises BrokenFile."""
    try:
        with path.open("rb") as file:
            return str(read_header(file)[0].get("kind"))
    except OSError as error:
        raise _broken(f"{path} cannot be read: {error.strerror}.", "file") from None


@contextmanager
def _opened(path: Path, unlocking: Unlocking | bytes, kind: str) -> Iterator[tuple[SealedReader, tarfile.TarFile]]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise _broken(f"{path} cannot be read: {error.strerror}.", "file") from None
        reader = SealedReader(file, unlocking)
        if reader.about.get("kind") != kind:
            raise _broken(f"This file holds {reader.about.get('kind')}, not {kind}.", "kind")
        try:
            tar = stack.enter_context(tarfile.open(mode="r|", fileobj=reader))
        except tarfile.TarError:
            raise _broken("Its parts cannot be read.", "parts") from None
        yield reader, tar


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Parts in the order of the file, each with its pieces."""
    members = _members(tar)
    ahead = next(members, None)

    def pieces(part: str, first: tuple[str, bytes]) -> Iterator[bytes]:
        nonlocal ahead
        current: tuple[str, bytes] | None = first
        number = 0
        while current is not None and _part_of(current[0]) == part:
            if part != MANIFEST and current[0] != f"{part}/{number:06}":
                raise _broken(f"A piece of {part} is missing.", part)
            yield current[1]
            number += 1
            current = next(members, None)
        ahead = current

    while ahead is not None:
        part = _part_of(ahead[0])
        given = pieces(part, ahead)
        yield part, given
        for _ in given:  # what was left
            pass


def _part_of(name: str) -> str:
    return name.rpartition("/")[0] or name


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    try:
        while (member := tar.next()) is not None:
            cast(Any, tar).members.clear()
            limit = LARGEST_MANIFEST if member.name == MANIFEST else PIECE
            content = tar.extractfile(member) if member.isreg() and member.size <= limit else None
            if content is None:
                raise _broken("Its parts cannot be read.", "parts")
            yield member.name, content.read()
    except tarfile.TarError:
        raise _broken("Its parts cannot be read.", "parts") from None


def _summed(pieces: Iterable[bytes]) -> Summed:
    total, digest = 0, hashlib.sha256()
    for piece in pieces:
        total += len(piece)
        digest.update(piece)
    return Summed(total, digest.hexdigest())


def _broken(message: str, field: str) -> BrokenFile:
    return BrokenFile(message, field=field, rule="sealed-parts", remedy="take another copy of the file")
