"""What assurance and threat model claim is there: every path, test and command they name, every criterion once.

Not here: whether a claim is true. That a test proves what its row says is for a reader.
"""

import ast
import re
from functools import cache

import pytest

from tests.guard.project import ROOT, text

PAGES = (
    "docs/assurance.md",
    "docs/threat-model.md",
    "docs/dpg.md",
    "docs/data-protection.md",
    "docs/principles.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
)
ANSWERS = {"met", "partly", "not met", "not ours", "not applicable"}
ROW = re.compile(r"^\| (?P<id>[^|]+?) \| (?P<answer>[^|]+?) \| (?P<evidence>.*?) \|$", re.MULTILINE)
THREAT = re.compile(r"^\| (?P<id>T\d\d) \|(?P<rest>.*)\| (?P<proof>[^|]*) \|$", re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")
LINKED = re.compile(r"\]\((?P<target>[^)\s#]+)")
PATH = re.compile(
    r"(?:[\w.-]+/)+[\w.*-]*(?:::\w+)?|[A-Z_]+(?:\.\w+)?|[\w-]+\.(?:py|md|toml|lock|yml|cff|json)(?:::\w+)?"
)
FOUND_AT_ROOT = {"LICENSE", "NOTICE", "Makefile", "Dockerfile"}

CRITERIA = {
    "Digital Public Goods Standard": "1 2 3 4 5 6 7 8 9a 9b 9c",
    "GovStack": (
        "development-1 development-2 deployment-1 deployment-2 deployment-3 architecture-1 architecture-2 "
        "architecture-6 quality-1 quality-2 security-1 security-3 security-4 security-5 security-7 security-16 "
        "data-1 data-2 data-3"
    ),
    "OpenSSF Best Practices, passing": (
        "description_good interact contribution floss_license license_location documentation_basics "
        "documentation_interface sites_https discussion maintained repo_public repo_track repo_interim version_unique "
        "release_notes release_notes_vulns report_process report_responses report_archive vulnerability_report_process "
        "vulnerability_report_private vulnerability_report_response build test test_policy tests_are_added warnings "
        "warnings_fixed know_secure_design know_common_errors crypto_published crypto_floss crypto_keylength "
        "crypto_working crypto_password_storage crypto_random delivery_mitm delivery_unsigned "
        "vulnerabilities_fixed_60_days no_leaked_credentials static_analysis static_analysis_fixed "
        "dynamic_analysis_fixed"
    ),
    "OpenSSF Baseline, level 1": (
        "AC-01.01 AC-02.01 AC-03.01 AC-03.02 BR-01.01 BR-01.03 BR-03.01 BR-03.02 BR-07.01 DO-01.01 DO-02.01 GV-02.01 "
        "GV-03.01 LE-02.01 LE-02.02 LE-03.01 LE-03.02 QA-01.01 QA-01.02 QA-02.01 QA-04.01 QA-05.01 QA-05.02 VM-02.01"
    ),
    "OpenSSF Baseline, level 2": (
        "AC-04.01 BR-02.01 BR-04.01 BR-05.01 BR-06.01 DO-06.01 DO-07.01 GV-01.01 GV-01.02 GV-03.02 LE-01.01 QA-03.01 "
        "QA-06.01 SA-01.01 SA-02.01 SA-03.01 VM-01.01 VM-03.01 VM-04.01"
    ),
    "OpenSSF Baseline, level 3": (
        "AC-04.02 BR-01.04 BR-02.02 BR-07.02 DO-03.01 DO-03.02 DO-04.01 DO-05.01 GV-04.01 QA-02.02 QA-04.02 QA-06.02 "
        "QA-06.03 QA-07.01 SA-03.02 VM-04.02 VM-05.01 VM-05.02 VM-05.03 VM-06.01 VM-06.02"
    ),
    "Conventions": (
        "CloudEvents AsyncAPI OpenAPI HTTP Prometheus OpenTelemetry Kubernetes Helm-or-kustomize Health 12-factor "
        "Versions-and-changelog REUSE-SPDX security.txt CITATION publiccode HTML SLSA"
    ),
}


def sections(page):
    """The text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def functions(path):
    """The names of the test functions in a file."""
    return {node.name for node in ast.walk(ast.parse(text(path))) if isinstance(node, ast.FunctionDef)}


def absent(page):
    """Paths and tests that a page names in code, and that are not there."""
    for named in dict.fromkeys(QUOTED.findall(page)):
        if PATH.fullmatch(named) and (named in FOUND_AT_ROOT or "/" in named or "." in named):
            path, _, test = named.partition("::")
            if not any(ROOT.glob(path)) or (test and test not in functions(path)):
                yield named


def ill_answered(rows):
    """Rows whose answer is none, or that claim something without showing it, or miss something without saying what."""
    for row in rows:
        shown = [named for named in QUOTED.findall(row["evidence"]) if "/" in named or "." in named or " " in named]
        shown += LINKED.findall(row["evidence"])
        if row["answer"] not in ANSWERS:
            yield f"{row['id']}: {row['answer']!r} is no answer"
        elif row["answer"] in {"met", "partly"} and not shown and "LICENSE" not in row["evidence"]:
            yield f"{row['id']}: {row['answer']}, and nothing is shown"
        elif len(row["evidence"].split()) < (1 if row["answer"] == "met" else 4):
            yield f"{row['id']}: {row['answer']}, and not said why"


def rows_of(section):
    return [match for match in ROW.finditer(section) if match["id"] not in {"no.", "---"}]


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_a_claim_points_to_is_there(page):
    assert list(absent(text(page))) == []


def test_the_guard_sees_a_file_or_a_test_that_is_not_there():
    this = "tests/guard/test_assurance.py"
    page = f"`{this}` `{this}::test_no_such` `docs/no-such.md` `make test` `a/*.py`"
    assert list(absent(page)) == [f"{this}::test_no_such", "docs/no-such.md", "a/*.py"]


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_is_answered_once_and_shown_or_said_to_be_missing(name):
    section = next(body for heading, body in sections(text("docs/assurance.md")).items() if heading == name)
    rows = rows_of(section)
    assert [row["id"] for row in rows] == CRITERIA[name].split()
    assert list(ill_answered(rows)) == []


def test_the_guard_sees_an_answer_without_evidence_and_a_gap_without_a_word():
    head = "| no. | answer | evidence |\n| --- | --- | --- |\n"
    page = f"{head}| 1 | met | trust us |\n| 2 | soon | `a/b` |\n| 3 | not met | no |\n"
    assert [each.split(":")[0] for each in ill_answered(rows_of(page))] == ["1", "2", "3"]


def test_every_threat_has_a_test_that_proves_its_control():
    page = text("docs/threat-model.md")
    threats = list(THREAT.finditer(page))
    assert [row["id"] for row in threats] == [f"T{number:02}" for number in range(1, len(threats) + 1)]
    assert len(threats) > 40
    assert [row["id"] for row in threats if not re.search(r"`tests/[^`]+`", row["proof"])] == []
    told = set(re.findall(r"^- \*\*(R\d+)", page, re.MULTILINE))
    assert set(re.findall(r"\bR\d+\b", page)) == told


def test_the_sum_of_answers_at_the_top_is_the_sum_of_the_rows():
    page = text("docs/assurance.md")
    for name, body in sections(page).items():
        if name in CRITERIA:
            rows = rows_of(body)
            counts = [str(sum(row["answer"] == answer for row in rows)) for answer in ("met", "partly", "not met")]
            rest = str(sum(row["answer"] in {"not ours", "not applicable"} for row in rows))
            assert f"| {name} | {' | '.join([*counts, rest])} |" in page, f"{name}: {counts} {rest}"
