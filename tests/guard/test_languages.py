"""The portal's catalogues: up to date with templates and code, nothing that a machine finds wrong, nothing lost."""

import pytest

from services.cli import portal_texts
from services.portal.i18n import catalogues, checks, status


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
