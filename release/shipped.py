"""What a release ships: the packages of requirements.lock on its platform, and the npm packages that pages load.

Belongs here: reading locks and installed metadata. Not here: what a licence allows (licences), formats (bill).
"""

import base64
import importlib.metadata
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release import licences
from services.portal.vendoring import PACKAGES

RUNTIME, DEV, ASSETS = "requirements.lock", "requirements-dev.lock", "services/portal/assets/package-lock.json"
LOCKS = (RUNTIME, DEV, "requirements-npm.lock", ASSETS)
PLATFORM = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_version": "3.11",
    "sys_platform": "linux",
    "extra": "",
}
"""What a deployment runs on: markers of the locks are judged by it, whatever machine makes the release."""
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+?))? *\\?$", re.MULTILINE
)


class NotAsLocked(Exception):
    """The virtual environment differs from the lock: what it says of licences is of something else."""


@dataclass(frozen=True)
class Part:
    """One package that a release brings; `needs` are the purls of those it asks for, `sha512` is of an npm archive."""

    ecosystem: str
    name: str
    version: str
    licence: str
    needs: tuple[str, ...] = ()
    sha512: str | None = None

    @property
    def purl(self) -> str:
        """The package URL, such as pkg:pypi/flask@3.1.3."""
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40')}@{self.version}"


def locked(text: str) -> dict[str, str]:
    """The versions that a lock installs on PLATFORM, by canonical name."""
    environment = {**default_environment(), **PLATFORM}
    return {
        canonicalize_name(pin["name"]): pin["version"]
        for pin in _PIN.finditer(text)
        if not pin["marker"] or Marker(pin["marker"]).evaluate(environment)
    }


def python_parts(root: Path) -> list[Part]:
    """The Python packages that run in a deployment. Raises NotAsLocked, licences.Unknown."""
    return list(_parts(locked((root / RUNTIME).read_text(encoding="utf-8"))))


def optional_parts(root: Path) -> list[Part]:
    """The Python packages that an extra of pyproject.toml brings besides. Raises NotAsLocked, licences.Unknown."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        canonicalize_name(Requirement(each).name)
        for extra in project.get("optional-dependencies", {}).values()
        for each in extra
    }
    beside = _beside(root)
    wanted = reached(asked, beside)
    return [part for part in beside if part.name in wanted]


def development_parts(root: Path) -> list[Part]:
    """The Python packages that only those who work on the program have. Raises NotAsLocked, licences.Unknown."""
    optional = {part.name for part in optional_parts(root)}
    return [part for part in _beside(root) if part.name not in optional]


def _beside(root: Path) -> list[Part]:
    shipped = locked((root / RUNTIME).read_text(encoding="utf-8"))
    pins = locked((root / DEV).read_text(encoding="utf-8"))
    return [part for part in _parts(pins) if part.name not in shipped]


def reached(names: Collection[str], parts: Collection[Part]) -> set[str]:
    """The names of those of `parts` that `names` are, or need, or need in turn."""
    by_name, by_purl = {part.name: part for part in parts}, {part.purl: part for part in parts}
    found, open_ = set(), [by_name[name] for name in names if name in by_name]
    while open_:
        part = open_.pop()
        if part.name not in found:
            found.add(part.name)
            open_ += [by_purl[purl] for purl in part.needs if purl in by_purl]
    return found


def asked_for(root: Path) -> set[str]:
    """The canonical names of the packages that pyproject.toml asks for itself."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {canonicalize_name(Requirement(each).name) for each in project["project"]["dependencies"]}


def _parts(pins: Mapping[str, str]) -> Iterator[Part]:
    for name, version in sorted(pins.items()):
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise NotAsLocked(f"{name} {version} is not installed; run: make setup") from None
        if found.version != version:
            raise NotAsLocked(f"{name} {found.version} is installed, {version} is locked; run: make setup")
        yield Part("pypi", name, version, licences.of(found), tuple(_needs(found, pins)))


def _needs(found: importlib.metadata.Distribution, pins: Mapping[str, str]) -> Iterator[str]:
    for requirement in sorted(
        {canonicalize_name(each.name) for each in map(Requirement, found.requires or ()) if _meant(each)}
    ):
        if requirement in pins:
            yield f"pkg:pypi/{requirement}@{pins[requirement]}"


def _meant(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**default_environment(), **PLATFORM})


def page_parts(root: Path) -> list[Part]:
    """The npm packages of which pages load files, by the lock: see services/portal/vendoring.py."""
    lock = json.loads((root / ASSETS).read_text(encoding="utf-8"))["packages"]
    return [_page_part(name, lock[f"node_modules/{name}"]) for name in sorted(PACKAGES)]


def development_page_parts(root: Path) -> list[Part]:
    """The npm packages that are installed beside them and not shipped: tests, and what a package would like to have."""
    lock = json.loads((root / ASSETS).read_text(encoding="utf-8"))["packages"]
    names = {path.removeprefix("node_modules/") for path in lock if path} - set(PACKAGES)
    return [_page_part(name, lock[f"node_modules/{name}"]) for name in sorted(names)]


def _page_part(name: str, entry: Mapping[str, str]) -> Part:
    kind, _, digest = entry["integrity"].partition("-")
    if kind != "sha512":
        raise NotAsLocked(f"{name}: integrity {kind}, expected sha512")
    return Part("npm", name, entry["version"], licences.known(entry["license"]), (), base64.b64decode(digest).hex())
