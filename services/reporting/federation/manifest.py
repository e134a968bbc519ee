"""The manifest: what a bundle says about itself, signed as the very bytes of this document.

Its form is manifest.schema.json. Not here: whether the hub believes it (judge), the signature (signature).
"""

import functools
import importlib.resources
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import jsonschema

from services.reporting.federation import documents
from services.reporting.federation.period import Period
from shared.errors import Invalid

SPEC = "kinward-bundle/1"
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Coverage:
    """Reporting units (providers) expected, reported and late, and the areas that the figures cover."""

    expected: int
    reported: int
    late: int
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Position:
    """How far a source stream was read: every event up to `sequence` of this epoch is in the figures."""

    source: str
    epoch: str
    sequence: int


@dataclass(frozen=True)
class FileEntry:
    """A member of the bundle; `rows` only where it is a table."""

    name: str
    sha256: str
    bytes: int
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the issuer states; the rest of the manifest follows from the files and the structure.

    `seq` counts the issuer's bundles from 1 without a gap, `prev` is the SHA-256 of the manifest before it.
    `revision` counts the publications of one period from 1, `supersedes` is the manifest of the one before.
    """

    issuer: str
    audience: str
    seq: int
    prev: str | None
    period: Period
    revision: int
    supersedes: str | None
    as_of: tuple[Position, ...]
    created_at: datetime
    coverage: Coverage
    code_version: str


@dataclass(frozen=True, kw_only=True)
class Manifest(Statement):
    """A statement with its structure pinned and its files listed."""

    dataset: str
    dsd_sha256: str
    codelists: dict[str, str]
    files: tuple[FileEntry, ...]

    def file(self, name: str) -> FileEntry | None:
        """The entry of a member, or None."""
        return next((entry for entry in self.files if entry.name == name), None)


def complete(statement: Statement, **rest: Any) -> Manifest:
    """A manifest out of a statement and dataset, dsd_sha256, codelists and files."""
    stated = {field.name: getattr(statement, field.name) for field in fields(Statement)}
    return Manifest(**stated, **rest)


def to_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is signed, unchecked: `parse` says whether it is sound."""
    coverage = manifest.coverage
    document = {
        "spec": SPEC,
        "issuer": manifest.issuer,
        "audience": manifest.audience,
        "seq": manifest.seq,
        "prev": manifest.prev,
        "dataset": manifest.dataset,
        "dsd_sha256": manifest.dsd_sha256,
        "codelists": manifest.codelists,
        "period": str(manifest.period),
        "revision": manifest.revision,
        "supersedes": manifest.supersedes,
        "as_of": [vars(position) for position in manifest.as_of],
        "created_at": manifest.created_at.astimezone(UTC).strftime(_INSTANT),
        "coverage": {
            "expected": coverage.expected,
            "reported": coverage.reported,
            "late": coverage.late,
            "list": list(coverage.areas),
        },
        "includes": [],
        "sdc": None,
        "files": [vars(entry) for entry in manifest.files],
        "code_version": manifest.code_version,
    }
    return documents.canonical(document)


def parse(raw: bytes) -> Manifest:
    """Read a manifest; raises Invalid naming the field and the broken keyword, never foreign words of the document."""
    document = documents.parse(raw, "manifest.json")
    error = jsonschema.exceptions.best_match(_validator().iter_errors(document))
    if error is not None:
        raise Invalid(
            f"manifest.json breaks {error.validator!r} at {error.json_path[:100]}", field=error.json_path[:100]
        )
    coverage = document["coverage"]
    if coverage["reported"] > coverage["expected"] or coverage["late"] > coverage["reported"]:
        raise Invalid("coverage counts more late than reported, or more reported than expected", field="coverage")
    names = [entry["name"] for entry in document["files"]]
    if len(set(names)) != len(names):
        raise Invalid("manifest.json lists a file twice", field="files")
    return Manifest(
        **{name: document[name] for name in _PLAIN},
        period=Period.parse(document["period"]),
        as_of=tuple(Position(**entry) for entry in document["as_of"]),
        created_at=_instant(document["created_at"]),
        coverage=Coverage(coverage["expected"], coverage["reported"], coverage["late"], tuple(coverage["list"])),
        files=tuple(FileEntry(**entry) for entry in document["files"]),
    )


_PLAIN = (
    "issuer", "audience", "seq", "prev", "revision", "supersedes", "dataset", "dsd_sha256", "codelists", "code_version",
)  # fmt: skip


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid("created_at is no instant", field="created_at") from error


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    raw = importlib.resources.files(__package__).joinpath("manifest.schema.json").read_bytes()
    return jsonschema.Draft202012Validator(json.loads(raw))
