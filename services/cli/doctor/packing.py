"""The country pack and the portal's assets: files that come with a release or from a ministry."""

import hashlib
import json
from collections.abc import Iterator

from services.cli.doctor.finding import Check, Found, Group, note, wrong
from services.cli.doctor.patient import Patient
from services.portal import vendoring
from shared import countries

SHOWN = 10
UNCONFIRMED = "to be confirmed"


def sound(patient: Patient) -> Iterator[Found]:
    """Whether the pack is sound; entries that overlap are among the findings."""
    findings = countries.check(patient.settings.pack, patient.settings.countries)
    for finding in findings[:SHOWN]:
        yield wrong("{file} {key}: {rule}: {why}", file=finding.file, key=finding.key, rule=finding.rule,
                    why=finding.message)  # fmt: skip
    if len(findings) > SHOWN:
        yield wrong("and {count} more", count=len(findings) - SHOWN)


def confirmed(patient: Patient) -> Iterator[Found]:
    """How many numbers of the pack nobody has confirmed."""
    today = patient.now.date()
    names = sorted(
        name
        for name, entries in patient.pack.parameters[-1].items()
        if any(entry.basis == UNCONFIRMED for entry in entries)
    )
    if names:
        yield note("{count} parameters in force on {day} are to be confirmed: {names}", count=len(names), day=today,
                   names=", ".join(names))  # fmt: skip


def assets(patient: Patient) -> Iterator[Found]:
    """Whether the pages' style sheets, fonts and scripts are those of the manifest."""
    folder = vendoring.VENDOR
    try:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        yield wrong("there is no manifest: the portal cannot be served")
        return
    there = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(set(said) - set(there)):
        yield wrong("{asset} is missing", asset=name)
    for name in sorted(set(said) & set(there)):
        if hashlib.sha256(there[name].read_bytes()).hexdigest() != said[name]:
            yield wrong("{asset} is not what the manifest says", asset=name)
    for name in sorted(set(there) - set(said) - {"manifest.json"}):
        yield wrong("{asset} is not in the manifest", asset=name)


CHECKS = (
    Check(
        "pack-sound",
        Group.PACK,
        "the country pack with all it inherits",
        "Start refuses, or a rule decides with a wrong number.",
        "`kinward pack check` names file, key and remedy",
        sound,
    ),
    Check(
        "pack-confirmed",
        Group.PACK,
        "parameters whose basis is to be confirmed",
        "A number of the law may be wrong.",
        "confirm it with its source, and say so in the pack",
        confirmed,
    ),
    Check(
        "portal-assets",
        Group.PORTAL,
        "the portal's assets beside their manifest",
        "Pages without style or script; or somebody else's script.",
        "`make setup`, or install the release again",
        assets,
    ),
)
