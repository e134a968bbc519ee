"""Every alert has its page in docs/operations.md: symptom, cause, confirm, fix, tried."""

import re

import pytest

from tests import alarms
from tests.guard.project import ROOT
from tests.guard.test_docs import headings

PARTS = ("Symptom", "Cause", "Confirm", "Fix", "Tried")
OPERATIONS = ROOT / "docs" / "operations.md"


def section(page, anchor):
    """The part of a page below the heading that makes an anchor, up to the next heading as high; empty where none."""
    for match in re.finditer(r"^(#+) +(.+)$", page, re.MULTILINE):
        if headings(match[0]) == {anchor}:
            rest = page[match.end() :]
            end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
            return rest[: end.start()] if end else rest
    return ""


def unwritten(rule, page):
    """What the page of an alert lacks."""
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    if file != "docs/operations.md" or anchor != rule["alert"].lower():
        return [f"{rule['alert']}: runbook"]
    body = section(page, anchor)
    parts = [re.search(rf"^\*\*{part}\.\*\* \S", body, re.MULTILINE) for part in PARTS]
    return [f"{rule['alert']}: {part}" for part, found in zip(PARTS, parts, strict=True) if found is None]


@pytest.fixture(scope="module")
def by_alert():
    return {rule["alert"]: rule for rule in alarms.rules()}


def test_every_alert_has_its_page_with_all_its_parts():
    page = OPERATIONS.read_text(encoding="utf-8")
    assert [each for rule in alarms.rules() for each in unwritten(rule, page)] == []


def test_every_page_of_an_alert_has_its_alert(by_alert):
    page = OPERATIONS.read_text(encoding="utf-8")
    assert set(re.findall(r"^#+ (Kinward[A-Z]\w+)$", page, re.MULTILINE)) - set(by_alert) == set()


def test_the_guard_sees_a_page_that_is_not_whole(by_alert):
    rule = by_alert["KinwardTwoRelays"]
    whole = "### KinwardTwoRelays\n\n" + "\n\n".join(f"**{part}.** Words." for part in PARTS)
    assert unwritten(rule, whole + "\n\n### KinwardOther\n") == []
    assert unwritten(rule, whole.replace("**Fix.** Words.", "**Fix.** ")) == ["KinwardTwoRelays: Fix"]
    assert unwritten(rule, "### KinwardOther\n\n" + whole.split("\n\n", 1)[1])[0] == "KinwardTwoRelays: Symptom"
    assert unwritten({**rule, "annotations": {"runbook": "docs/other.md#kinwardtworelays"}}, whole)
