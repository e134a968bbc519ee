"""The wheel and the source archive of a commit: the same bytes wherever and whenever they are made.

The sources are what git has of the commit, never the working tree; times are the commit's; modes, order and owner are
fixed. The wheel holds the pages' assets too, taken from npm packages that the lock's hashes have checked. The same
zlib is assumed. Not here: lists and statements about them (bill, statement).
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

MODULES = Path("build/assets/node_modules")
WHEEL = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


class CannotBuild(Exception):
    """What is missing to make a release here, with the remedy."""


def commit_of(root: Path, revision: str) -> tuple[str, int]:
    """The full name of a commit, and its time in seconds. Raises CannotBuild."""
    said = _git(root, "log", "-1", "--format=%H %ct", f"{revision}^{{commit}}").decode().split()
    return said[0], int(said[1])


def export(root: Path, commit: str, folder: Path) -> None:
    """The files of a commit into `folder`, which is made, with modes 644 and 755."""
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", commit))) as archive:
        archive.extractall(folder, filter="data")
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def wheel(sources: Path, modules: Path, at: int, out: Path) -> Path:
    """The wheel of exported `sources`, with pages' assets out of the npm packages in `modules`. Raises CannotBuild."""
    if not (modules / "bootstrap").is_dir():
        raise CannotBuild(f"no npm packages in {modules}; run: make assets")
    work = sources.parent / f"{sources.name}.wheel"
    shutil.copytree(sources, work)
    _python(work, at, "-m", "services", "portal", "assets", str(modules.resolve()))
    for path in (work / "services/portal/static/vendor").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    out.mkdir(parents=True, exist_ok=True)
    name = _python(work, at, "-c", WHEEL, str(out.resolve())).splitlines()[-1]
    shutil.rmtree(work)
    return out / name


def sdist(sources: Path, built: Path, at: int, out: Path) -> Path:
    """The source archive: the exported `sources`, and the metadata of the wheel that was `built` of them."""
    name = "-".join(built.name.split("-")[:2])
    files = {path.relative_to(sources).as_posix(): path for path in sources.rglob("*") if path.is_file()}
    unpacked = io.BytesIO()
    with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for inner in sorted(files):
            _add(archive, f"{name}/{inner}", files[inner].read_bytes(), files[inner].stat().st_mode & 0o755, at)
        _add(archive, f"{name}/PKG-INFO", metadata(built), 0o644, at)
    target = out / f"{name}.tar.gz"
    target.write_bytes(gzip.compress(unpacked.getvalue(), compresslevel=9, mtime=0))
    return target


def metadata(built: Path) -> bytes:
    """The METADATA of a wheel."""
    with zipfile.ZipFile(built) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return archive.read(name)


def version(built: Path) -> str:
    """The release that a wheel is of."""
    found = re.search(rb"^Version: (.+)$", metadata(built), re.MULTILINE)
    assert found
    return found[1].decode()


def sums(files: list[Path]) -> str:
    """Lines that `sha256sum --check` reads."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int, at: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), mode, at
    archive.addfile(entry, io.BytesIO(content))


def _git(root: Path, *words: str) -> bytes:
    try:
        command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *words]
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise CannotBuild("git is needed: a release is made of a commit") from None
    if done.returncode:
        raise CannotBuild(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _python(folder: Path, at: int, *words: str) -> str:
    """What a Python of its own says, in `folder`, with nothing of this process' surroundings that shows in a file."""
    fixed = {"SOURCE_DATE_EPOCH": str(at), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0", "PYTHONPATH": str(folder), **fixed}
    command = [sys.executable, "-W", "ignore", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, umask=0o022, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotBuild(f"{words[:2]}: {done.stderr.strip()[-2000:]}")
    return done.stdout
