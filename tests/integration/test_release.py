"""`make dist`: the same commit gives the same bytes elsewhere, at another time, under another umask and language."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from release import packages
from release.shipped import LOCKS
from tests import history

ELSEWHERE = {"TZ": "Asia/Karachi", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "7"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return history.repository(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def commit(repository):
    """The last commit, fixed once: others may commit while a release is made."""
    return history.git(repository, "rev-parse", "HEAD").strip()


def release(repository, commit, out, umask, **surroundings):
    """A release of a commit, made in a process of its own with other surroundings."""
    command = [sys.executable, "-m", "release", "dist", "--commit", commit, "--to", str(out)]
    environment = {**os.environ, "TMPDIR": str(out.parent), **surroundings}
    done = subprocess.run(
        command, cwd=repository, env=environment, umask=umask, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {file.name: file for file in out.iterdir()}


@pytest.fixture(scope="module")
def made(repository, commit, tmp_path_factory):
    return release(repository, commit, tmp_path_factory.mktemp("here") / "dist", 0o022)


def of_kind(made, ending):
    return next(file for name, file in made.items() if name.endswith(ending))


def committed(repository, commit, *folders):
    return set(history.git(repository, "ls-tree", "-r", "--name-only", commit, *folders).splitlines())


def test_the_same_commit_gives_the_same_bytes_in_another_folder_time_umask_and_language(
    repository, commit, made, tmp_path
):
    folder = tmp_path / "a longer way" / "to it"
    folder.mkdir(parents=True)
    again = release(repository, commit, folder / "dist", 0o077, **ELSEWHERE)
    assert set(again) == set(made)
    assert [name for name in made if made[name].read_bytes() != again[name].read_bytes()] == []


def test_the_wheel_has_every_file_of_the_program_and_the_pages_assets_with_their_licences(repository, commit, made):
    with zipfile.ZipFile(of_kind(made, ".whl")) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("services/portal/static/vendor/manifest.json"))
    assert committed(repository, commit, "services", "shared", "countries") - names == set()
    vendored = {name.removeprefix("services/portal/static/vendor/") for name in names if "/static/vendor/" in name}
    assert vendored == {*manifest["files"], "manifest.json"}
    assert len([name for name in vendored if name.startswith("licences/")]) == len(manifest["packages"])
    assert [name for name in names if name.startswith(("tests/", "release/"))] == []


def test_the_wheel_runs_without_the_sources(made, tmp_path):
    with zipfile.ZipFile(of_kind(made, ".whl")) as archive:
        archive.extractall(tmp_path / "site")
    command = [sys.executable, "-m", "services", "pack", "check", "kz"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_source_archive_is_the_commit_and_its_metadata(repository, commit, made):
    with tarfile.open(of_kind(made, ".tar.gz")) as archive:
        members = archive.getmembers()
    (top,) = {member.name.split("/")[0] for member in members}
    assert {member.name.removeprefix(f"{top}/") for member in members} == {*committed(repository, commit), "PKG-INFO"}
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "")}
    assert {member.mode for member in members} == {0o644, 0o755}


def test_the_sums_and_the_provenance_are_of_these_files_this_commit_and_these_locks(repository, commit, made):
    said = json.loads(of_kind(made, ".provenance.json").read_text(encoding="utf-8"))
    subjects = {each["name"]: each["digest"]["sha256"] for each in said["subject"]}
    sums = dict(reversed(line.split("  ")) for line in made["SHA256SUMS"].read_text(encoding="utf-8").splitlines())
    digests = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in made.items()}
    assert {name: digests[name] for name in sums} == sums
    assert set(sums) == set(made) - {"SHA256SUMS"}
    assert subjects == {name: sums[name] for name in sums if not name.endswith(".provenance.json")}
    materials = said["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert {"uri": "git:kinward", "digest": {"gitCommit": commit}} in materials
    at_commit = {name: history.git(repository, "show", f"{commit}:{name}").encode() for name in LOCKS}
    assert {f"file:{name}": hashlib.sha256(content).hexdigest() for name, content in at_commit.items()}.items() <= {
        each["uri"]: each["digest"].get("sha256") for each in materials
    }.items()


def test_what_is_missing_is_said_with_its_remedy(repository, tmp_path):
    with pytest.raises(packages.CannotBuild, match="make assets"):
        packages.wheel(tmp_path, Path("nowhere"), 1, tmp_path)
    with pytest.raises(packages.CannotBuild, match="no-such-revision"):
        packages.commit_of(repository, "no-such-revision")
