"""The bundle: manifest, cells, audit and signature in one zip; building one, opening its parts.

Not here: whether a hub accepts it (judge), sending it (the service).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from joserfc.jwk import OKPKey

from services.reporting.federation import archive, areas, cells, documents, manifest, signature, structure
from shared.errors import Invalid

NO_AUDIT: Mapping[str, object] = {"disclosure": None}  # until disclosure control is built there is nothing to report


@dataclass(frozen=True)
class Built:
    """A bundle ready to send, with what the next one needs: its manifest's hash is the next `prev`."""

    raw: bytes
    sha256: str
    manifest: manifest.Manifest
    manifest_sha256: str


def build(
    statement: manifest.Statement,
    figures: Iterable[cells.Cell],
    key: OKPKey,
    audit: Mapping[str, object] = NO_AUDIT,
) -> Built:
    """Build and sign a bundle; the bytes depend on the arguments only. Raises Invalid for what a hub would refuse."""
    figures = tuple(figures)
    check_figures(statement, figures)
    packed = cells.pack(cells.to_csv(figures))
    audited = documents.canonical(dict(audit))
    care = structure.care()
    stated = manifest.complete(
        statement,
        dataset=care.id,
        dsd_sha256=care.sha256,
        codelists=dict(care.codelists),
        files=(_entry("audit.json", audited, None), _entry("cells.csv.gz", packed, len(figures))),
    )
    said = manifest.to_bytes(stated)
    stated = manifest.parse(said)  # we send nothing that a hub would refuse
    members = {
        "manifest.json": said,
        "cells.csv.gz": packed,
        "audit.json": audited,
        "signature.json": signature.detached(said, key, signature.BUNDLE),
    }
    raw = archive.pack(members)
    return Built(raw, documents.sha256(raw), stated, documents.sha256(said))


def check_figures(statement: manifest.Statement, figures: tuple[cells.Cell, ...]) -> None:
    """Raises Invalid for a figure outside the areas or the period that the manifest states."""
    for area in sorted({cell.area for cell in figures}):
        if not areas.covers(statement.coverage.areas, area):
            raise Invalid(f"a figure is about {area}, which coverage does not list", field="REF_AREA")
    stated = (statement.period.time_period, statement.period.freq)
    for cell in figures:
        if (cell.time_period, cell.freq) != stated:
            raise Invalid(f"a figure is about {cell.time_period[:20]!r}, not {stated[0]}", field="TIME_PERIOD")


def open_files(members: Mapping[str, bytes], stated: manifest.Manifest) -> tuple[tuple[cells.Cell, ...], str]:
    """The cells of a bundle and the SHA-256 of their CSV. Raises Invalid where a file is not what the manifest says."""
    if {entry.name for entry in stated.files} != set(members) - {"manifest.json", "signature.json"}:
        raise Invalid("the files of the bundle are not those of the manifest", field="files")
    for entry in stated.files:
        content = members[entry.name]
        if entry.bytes != len(content) or entry.sha256 != documents.sha256(content):
            raise Invalid(f"{entry.name} is not the file that was signed", field="files")
    care = structure.care()
    if (stated.dataset, stated.dsd_sha256, stated.codelists) != (care.id, care.sha256, care.codelists):
        raise Invalid("the figures are in a structure that we do not know", field="dsd_sha256", remedy="upgrade both")
    raw = archive.gunzip(members["cells.csv.gz"], cells.RATIO_LIMIT)
    figures = cells.from_csv(raw)
    listed = {entry.name: entry.rows for entry in stated.files if entry.rows is not None}
    if listed != {"cells.csv.gz": len(figures)}:
        raise Invalid("the number of rows is not the one that was signed", field="files")
    check_figures(stated, figures)
    return figures, documents.sha256(raw)


def _entry(name: str, content: bytes, rows: int | None) -> manifest.FileEntry:
    return manifest.FileEntry(name, documents.sha256(content), len(content), rows)
