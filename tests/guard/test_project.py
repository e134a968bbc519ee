"""The project's own files: lint exclusions have reasons, the locks name no host, packs are sound."""

import re
import tomllib

import pytest

from shared import countries
from tests import lock
from tests.guard.project import ROOT, code, text

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?(?P<reason>.*)$")


def without_reason(pyproject):
    """Rules that the linter is told to leave out, on a line that does not say why."""
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    by_file = re.search(r"^\[tool\.ruff\.lint\.per-file-ignores\]\n(.*?)\n\n", pyproject, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for section in (ignored, by_file) if section for line in section[1].splitlines()]
    return [line for line in lines if line and not re.search(r"#\s*\w+", line)]


def bare_noqa(content):
    """Lines that silence the linter without naming the rule and the reason."""
    found = []
    for number, line in enumerate(content.splitlines(), start=1):
        match = NOQA.search(line)
        if match and not (match["codes"] and re.search(r"\w{3,}", match["reason"])):
            found.append(number)
    return found


def bare_type_ignore(content):
    """Lines that silence the type checker whatever it says."""
    lines = enumerate(content.splitlines(), start=1)
    return [number for number, line in lines if re.search(r"#\s*type:\s*ignore(?!\[)", line)]


def test_every_rule_that_the_linter_leaves_out_has_its_reason():
    assert tomllib.loads(PYPROJECT)["tool"]["ruff"]["lint"]["ignore"]
    assert without_reason(PYPROJECT) == []
    bad = 'ignore = [\n    "E501",\n    "S101",  # a reason\n]\n\n[tool.ruff.lint.per-file-ignores]\n"x" = ["S"]\n\n'
    assert without_reason(bad) == ['"E501",', '"x" = ["S"]']


def test_every_silenced_line_names_the_rule_and_the_reason():
    assert [f"{path}:{line}" for path in code() for line in bare_noqa(text(path))] == []
    assert [f"{path}:{line}" for path in code() for line in bare_type_ignore(text(path))] == []
    assert bare_noqa("x  # noqa\nx  # noqa: S101\nx  # noqa: S101 (narrows the type)\n") == [1, 2]
    assert bare_type_ignore("x  # type: ignore\nx  # type: ignore[misc]\n") == [1]


def test_warnings_are_errors_and_markers_are_strict():
    options = tomllib.loads(PYPROJECT)["tool"]["pytest"]["ini_options"]
    assert options["filterwarnings"][0] == "error"
    assert {"--strict-markers", "--strict-config"} <= set(options["addopts"].split())
    assert options["xfail_strict"] is True


@pytest.mark.parametrize("pack", sorted(path.parent.name for path in (ROOT / "countries").glob("*/pack.toml")))
def test_every_pack_is_sound(pack):
    assert countries.check(pack, ROOT / "countries") == []


def benchmarks_of(makefile):
    """The benchmarks that `make bench` runs."""
    return re.search(r"^BENCHMARKS := (.*)$", makefile, re.MULTILINE)[1].split()


def test_make_runs_every_benchmark_and_each_is_there():
    named = benchmarks_of((ROOT / "Makefile").read_text(encoding="utf-8"))
    ends_with_json = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "json.dumps(" in path.read_text()}
    assert sorted(named) == sorted(ends_with_json) != []
    assert [
        name for name in named if f"`{name}`" not in (ROOT / "docs/performance.md").read_text(encoding="utf-8")
    ] == []


def test_the_locks_hold_what_the_project_asks_for_and_name_no_host():
    assert lock.findings(ROOT) == []


HASH = "    --hash=sha256:" + "0" * 64
LOCK = f"flask==3.1.0 \\\n{HASH}\nwerkzeug==3.1.0 ; python_full_version < '3.12' \\\n{HASH}\n"
PROJECT = """
[project]
dependencies = ["flask>=3.1,<4", "Werkzeug>=3"]
[dependency-groups]
dev = ["pytest>=9"]
bench = ["pytest>=9"]
npm = []
[project.optional-dependencies]
telemetry = ["tracer>=1"]
"""


DEV = f"{LOCK}pytest==9.0.0 \\\n{HASH}\n"
IMAGE = f"{LOCK}tracer==1.0.0 \\\n{HASH}\n"


def locked(tmp_path, runtime=LOCK, dev=DEV, image=IMAGE, project=PROJECT):
    files = {
        "pyproject.toml": project, lock.RUNTIME: runtime, lock.DEV: dev, lock.BENCH: dev, lock.IMAGE: image,
        lock.NPM: "",
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return lock.findings(tmp_path)


def test_a_lock_that_fits_is_let_through(tmp_path):
    assert locked(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"runtime": "--index-url https://registry.example/simple\n" + LOCK}, "names a host"),
        ({"runtime": LOCK.replace("flask==3.1.0", "flask @ git+ssh://git@host/x")}, "names a host"),
        ({"project": PROJECT.replace('"Werkzeug>=3"', '"Werkzeug>=3", "gunicorn"')}, "gunicorn"),
        ({"dev": LOCK}, "pytest"),
        ({"image": LOCK}, "tracer"),
        ({"image": f"tracer==1.0.0 \\\n{HASH}\n"}, "requirements-image.lock: lacks flask==3.1.0"),
        ({"dev": f"pytest==9.0.0 \\\n{HASH}\n"}, "flask==3.1.0"),
        ({"runtime": LOCK.replace("3.1.0", "2.9.0"), "dev": LOCK.replace("3.1.0", "2.9.0")}, "flask"),
        ({"runtime": "flask==3.1.0\nwerkzeug==3.1.0\n"}, "hash"),
    ],
)
def test_a_lock_that_does_not_fit_is_found_out(tmp_path, changes, finding):
    assert any(finding in found for found in locked(tmp_path, **changes)), locked(tmp_path, **changes)
