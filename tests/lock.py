"""`python -m tests.lock`: the lock files fit pyproject.toml, carry hashes, and name no host. Part of `make check`.

Where uv is on the path they are also compiled anew, kept versions first, and compared. Not here: choosing versions.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUNTIME, DEV, BENCH = "requirements.lock", "requirements-dev.lock", "requirements-bench.lock"
IMAGE, NPM = "requirements-image.lock", "requirements-npm.lock"
COMPILE = ("uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "-q")
GROUPS: Mapping[str, tuple[str, ...]] = {
    RUNTIME: ("pyproject.toml",),
    IMAGE: ("pyproject.toml", "--extra", "telemetry"),
    DEV: ("pyproject.toml", "--group", "dev"),
    BENCH: ("pyproject.toml", "--group", "bench"),
    NPM: ("--group", "npm"),
}
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>.*(?:\n[ \t].*)*)", re.MULTILINE)
_ELSEWHERE = re.compile(r"://|^\s*-(?:-index-url|-extra-index-url|-find-links|-trusted-host|i|f|e)\b| @ ", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """The versions of a lock by the canonical names of the packages."""
    return {canonicalize_name(match["name"]): match["version"] for match in _PIN.finditer(text)}


def findings(root: Path) -> list[str]:
    """What is wrong with the locks of the project at `root`; empty where nothing is."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    locks = {name: (root / name).read_text(encoding="utf-8") for name in GROUPS}
    needed = project["project"]["dependencies"]
    found = [finding for name, text in locks.items() for finding in _form(name, text)]
    found += _missing(RUNTIME, locks[RUNTIME], needed)
    found += _missing(NPM, locks[NPM], project["dependency-groups"]["npm"])
    runtime = pins(locks[RUNTIME])
    groups = project["dependency-groups"]
    extra = project["project"]["optional-dependencies"]["telemetry"]
    for name, more in ((DEV, groups["dev"]), (BENCH, groups["bench"]), (IMAGE, extra)):
        found += _missing(name, locks[name], [*needed, *more])
        own = pins(locks[name])
        found += [
            f"{name}: lacks {package}=={version} of {RUNTIME}"
            for package, version in runtime.items()
            if own.get(package) != version
        ]
    return found


def _form(name: str, text: str) -> list[str]:
    found = [f"{name}: names a host: {line.strip()}" for line in text.splitlines() if _ELSEWHERE.search(line)]
    unhashed = [match["name"] for match in _PIN.finditer(text) if "--hash=sha256:" not in match["rest"]]
    return found + [f"{name}: no hash for {package}" for package in unhashed]


def _missing(name: str, text: str, needed: list[str]) -> list[str]:
    kept = pins(text)
    found = []
    for asked in map(Requirement, needed):
        version = kept.get(canonicalize_name(asked.name))
        if version is None or not asked.specifier.contains(version, prereleases=True):
            found.append(f"{name}: {asked} is asked for, {version or 'nothing'} is locked")
    return found


def differences(root: Path) -> list[str]:
    """The locks that compiling anew would change; empty without uv, or where no registry answers."""
    found = []
    for name, options in GROUPS.items():
        with tempfile.TemporaryDirectory() as folder:
            anew = Path(folder) / name
            shutil.copy(root / name, anew)
            result = subprocess.run([*COMPILE, *options, "-o", str(anew)], cwd=root, capture_output=True, check=False)
            if result.returncode:
                sys.stderr.write(f"{name}: not compiled anew: uv ended with {result.returncode}\n")
            elif pins(anew.read_text(encoding="utf-8")) != pins((root / name).read_text(encoding="utf-8")):
                found.append(f"{name}: differs from what pyproject.toml asks for; run: make lock")
    return found


def main() -> int:
    """Print what is wrong; 1 where something is."""
    root = Path(__file__).parent.parent
    found = findings(root)
    if not found and shutil.which("uv"):
        found = differences(root)
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
