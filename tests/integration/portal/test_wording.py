"""Words of a page that are wrong: reported from the foot of a page with drafts, read by a command, then gone."""

import json


def test_a_reader_reports_words_and_a_translator_reads_them_without_whose_page_it_was(kinward, portal):
    browser = portal.as_("registrar")
    browser.get("/sign-ins").send("/language", language="ru", next="/sign-ins")
    assert 'href="/languages/report?page=accounts.own"' in browser.get("/sign-ins").text
    browser.get("/languages/report?page=accounts.own")
    browser.send("/languages/report", page="accounts.own", words="", better="")
    assert browser.page.status_code == 422
    browser.send("/languages/report", page="/children/17", words="Мои входы в систему", better="Мои входы")
    browser.get("/languages/report?page=accounts.own")
    browser.send("/languages/report", page="accounts.own", words="Выйти\x00\x1b[31m", better="\x07")
    said = json.loads(kinward("wording", "--json").output)
    assert [(each["language"], each["page"], each["words"], each["better"]) for each in said] == [
        ("ru", "home.show", "Мои входы в систему", "Мои входы"), ("ru", "accounts.own", "Выйти [31m", ""),
    ]  # fmt: skip
    assert "accounts.own: Выйти" in kinward("wording", "--forget").output
    assert json.loads(kinward("wording", "--json").output) == []


def test_an_english_page_has_nothing_to_report_and_nobody_reports_without_signing_in(portal):
    assert "/languages/report" not in portal.as_("registrar").get("/sign-ins").text
    assert portal.browser().get("/languages/report").page.status_code == 302
