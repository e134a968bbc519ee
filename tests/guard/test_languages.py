"""The portal's catalogues: up to date with templates and code, nothing that a machine finds wrong, nothing lost."""

import ast

import pytest

from services.cli import portal_texts
from services.portal.i18n import catalogues, checks, status

SPEAKER = "flask_babel"


def marked(code):
    """(context, text) of each call by which code marks its words as texts, under whatever name it took the marker."""
    tree = ast.parse(code)
    markers = {
        name.asname or name.name: name.name.removeprefix("lazy_")
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and each.module == SPEAKER
        for name in each.names
        if name.name.endswith("gettext")
    }
    for each in ast.walk(tree):
        if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Name) or each.func.id not in markers:
            continue
        words = [part.value if isinstance(part, ast.Constant) else None for part in each.args]
        context = words.pop(0) if "pgettext" in markers[each.func.id] else None
        if words[0] is not None:
            yield context, words[0]


def test_the_english_texts_are_those_of_templates_and_code():
    changed = dict(catalogues.sources()).items() ^ portal_texts.extract().items()
    assert sorted(str(key) for key, _ in changed) == [], "kinward i18n extract, then kinward docs write"


@pytest.mark.parametrize("language", status.others())
def test_a_machine_finds_nothing_wrong_in_reviewed_texts_and_drafts(language):
    reviewed = catalogues.read(catalogues.reviewed_file(language))
    drafts = catalogues.read(catalogues.drafts_file(language))
    assert checks.findings(language, reviewed) + checks.findings(language, drafts) == []
    assert reviewed.reviewer or not reviewed.entries
    assert (drafts.headers["X-Engine"], all(each.sha for each in drafts.entries)) == ("draft", True)


def test_no_text_that_a_person_has_reviewed_is_lost():
    assert set(status.floors()) == set(status.others())
    assert status.lost(catalogues.sources()) == []


def test_every_text_that_code_marks_is_in_the_catalogues_under_whatever_name_its_marker_goes():
    known = catalogues.sources().keys()
    lost = {
        f"{path.relative_to(catalogues.HERE)}: {key}"
        for path in catalogues.HERE.rglob("*.py")
        for key in marked(path.read_text(encoding="utf-8"))
        if key not in known
    }
    assert sorted(lost) == [], "its marker's name belongs into KEYWORDS of services/portal/i18n/sources.py"


def test_a_marker_of_another_name_is_seen():
    code = (
        "from flask_babel import lazy_gettext as _x, lazy_pgettext as _y\nA = _x('One'), _y('decision', 'Two'), _x(b)"
    )
    assert list(marked(code)) == [(None, "One"), ("decision", "Two")]
