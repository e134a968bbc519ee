"""The letter of a decision: what it says, in which language it stands and says that it does, who is not to get it."""

import re

import pytest
import tinyhtml5
from tinyhtml5.parser import HTMLParser

from services.portal import letters
from services.portal.i18n import catalogues
from services.portal.i18n.catalogues import Entry, File

CHILD, MADE = "018f2f6e-0000-7000-8000-00000000cafe", "018f2f6e-0000-7000-8000-00000000dec1"
CASE, MOTHER = "018f2f6e-0000-7000-8000-00000000beef", "018f2f6e-0000-7000-8000-0000000000aa"
PATH = f"/children/{CHILD}/decisions/{MADE}/letter"
RECORD = {
    "id": CHILD, "reference": "CH-0000001-D", "version": 3, "status": "active", "death": None, "identifiers": [],
    "identity": {
        "names": [{"script": "Latn", "kind": "birth", "family": "Bekova", "given": "Dinara"}],
        "sex": "F", "area": "KZ-75", "languages": ["kk"], "birth": {"born_from": "2017-03-02", "born_to": "2017-03-02"},
    },
}  # fmt: skip
DECISION = {
    "id": MADE, "case": CASE, "status": "in-force", "act": "PLACEMENT", "outcome": "FORMAL_CARE", "area": "KZ-75",
    "care_forms": ["FOSTER"], "body": "COURT", "instrument": "COURT_DECISION", "number": "12/2026",
    "made_on": "2026-03-06", "effective_from": "2026-03-08", "in_force_until": None, "appeal_until": "2026-04-06",
    "situation": "CONSENT", "decided_by": None, "provider": "0192f0c1-2b3c-7d4e-8f50-00000000feed", "ended_on": None,
    "carry_out_by": None, "confirm_by": None, "confirmed_at": None, "carried_out_on": None, "unmet": {},
    "to_be_confirmed": [],
}  # fmt: skip
PARENT = {
    "id": MOTHER, "kind": "MOTHER", "other_kind": "person", "withheld": False, "deceased": False, "to": None,
    "names": [{"script": "Latn", "kind": "birth", "family": "Bekova", "given": "Saule"}],
}  # fmt: skip
SUSPICION = {"effect": "suspicion", "status": "in_force", "terms": {"person": MOTHER}}


@pytest.fixture
def given(portal):
    """given(decision={...}, ...): what the services answer of this child."""

    def give(decision=(), measures=(), parents=(), spoken=("ru",), languages=("kk",)):
        identity = RECORD["identity"] | {"languages": list(languages)}
        answers = {
            f"/registry/children/{CHILD}": RECORD | {"identity": identity},
            f"/registry/children/{CHILD}/family": {"child": CHILD, "parents": [PARENT], "kin": [], "siblings": [],
                                                   "others": [], "children": [], "households": []},
            f"/registry/children/{CHILD}/measures": {"items": list(measures)},
            f"/registry/persons/{MOTHER}": {"id": MOTHER, "particulars": {"languages": list(spoken), "names": []}},
            f"/placements/children/{CHILD}/decisions": {
                "decisions": [DECISION | dict(decision)], "appeals": [], "emergencies": [], "notices": []},
            f"/placements/gatekeeping/{CASE}": {"reasons": ["NEGLECT"], "parents": list(parents)},
        }  # fmt: skip
        portal.services.answers = {("GET", path): answer for path, answer in answers.items()}
        return portal.as_("gatekeeper", "social_worker", subject="demo-letters")

    return give


@pytest.fixture
def reviewed(monkeypatch):
    """The letter's words as a named person has reviewed them, in Russian."""
    wanted = [each for each in catalogues.sources().values() if each.context == letters.CONTEXT]
    entries = tuple(Entry(each, (f"По-русски: {each.text}",)) for each in wanted)
    known, real = catalogues.sources(), catalogues.catalogue
    made = catalogues.combine("ru", File(entries, {"X-Reviewed-By": "A. Reader"}), File(), known)
    monkeypatch.setattr(catalogues, "catalogue", lambda tag: made if tag == "ru" else real(tag))
    return wanted


def letter(browser, query=""):
    """The letter's element, and the page's words."""
    text = browser.get(PATH + query).text
    assert browser.page.status_code == 200, text
    parser = HTMLParser()
    parser._parse(text)
    assert parser.errors == []
    article = next(tinyhtml5.parse(text, namespace_html_elements=False).iter("article"))
    return article, " ".join("".join(article.itertext()).split()), " ".join(re.sub(r"<[^>]*>", "", text).split())


def test_it_says_what_was_decided_by_whom_why_until_when_and_whom_to_ask(given):
    _, said, _ = letter(given())
    for words in ("Dinara", "12/2026", "6 Mar 2026", "8 Mar 2026", "No end is set.", "You may appeal until 6 Apr 2026.",
                  "Neglect", "Whom to ask"):  # fmt: skip
        assert words in said, words
    assert "feed" not in said, "nothing of where the child lives"


def test_without_a_last_day_for_an_appeal_it_says_so(given):
    _, said, _ = letter(given({"appeal_until": None}))
    assert "The last day for an appeal is not recorded." in said


def test_the_familys_language_is_offered_first_and_a_letter_without_reviewed_words_stands_in_english_and_says_so(given):
    article, said, page = letter(given())
    assert article.get("lang") == "en"
    assert "This letter is not written in your language." in said
    assert "Russian (the family's): no reviewed words yet" in page
    assert page.index("Russian (the family's)") < page.index("Kazakh (the family's)")
    assert "machine drafts are not used for decisions: it stands in the language English" in page


def test_no_draft_is_in_the_letter_on_a_page_that_is_full_of_them(given):
    browser = given()
    article = letter(browser, "?language=ru")[0]
    text = browser.get(PATH, headers={"Accept-Language": "ru"}).text
    paper = text[text.index("<article") : text.index("</article>")]
    assert "data-draft" in text
    assert "data-draft" not in paper
    assert article.get("lang") == "en"


def test_with_reviewed_words_it_stands_in_the_familys_language_whatever_the_pages_is(given, reviewed):
    article, said, page = letter(given())
    assert (article.get("lang"), article.get("dir")) == ("ru", "ltr")
    assert "По-русски: Whom to ask" in said
    assert "6 апр. 2026" in said
    assert "machine drafts are not used" not in page
    english = [each for each in article.iter("span") if each.get("lang") == "en"]
    assert english, "a word that the pack does not have in Russian is marked as English"


def test_one_word_without_review_keeps_the_whole_letter_in_one_language(given, reviewed, monkeypatch):
    known = catalogues.sources()
    some = tuple(Entry(each, ("слово",)) for each in reviewed[1:])
    made = catalogues.combine("ru", File(some, {"X-Reviewed-By": "A. Reader"}), File(), known)
    monkeypatch.setattr(catalogues, "catalogue", lambda _: made)
    article, said, _ = letter(given())
    assert article.get("lang") == "en"
    assert "слово" not in said


def test_where_no_language_is_on_record_the_reader_is_asked_to_choose(given):
    _, _, page = letter(given(spoken=(), languages=()))
    assert "The record does not say which language the family speaks" in page
    assert "the family's)" not in page


@pytest.mark.parametrize("mark", ["measure", "case"])
def test_who_is_suspected_of_the_harm_is_named_as_who_does_not_get_it_outside_the_letter(given, mark):
    unheard = {"who": "FATHER", "not_notified_reason": "SUSPECTED_OF_HARM"}
    browser = given(measures=[SUSPICION]) if mark == "measure" else given(parents=[unheard])
    _, said, page = letter(browser)
    assert "Not to be handed to who is suspected of the harm:" in page
    assert ("Saule" if mark == "measure" else "Father") in page
    assert "suspected" not in said


def test_without_a_mark_nothing_is_said_and_what_could_not_be_read_is(given, portal):
    browser = given()
    assert "suspected" not in letter(browser)[2]
    del portal.services.answers["GET", f"/placements/gatekeeping/{CASE}"]
    assert "Whether somebody is suspected of harming the child could not be read" in letter(browser)[2]


@pytest.mark.parametrize("status", ["withdrawn", "quashed", "unsigned", "lapsed"])
def test_of_what_was_not_decided_or_does_not_stand_there_is_no_letter(given, status):
    assert given({"status": status}).get(PATH).page.status_code == 404


def test_a_language_that_is_none_and_a_decision_of_another_child_are_not_there(given):
    browser = given()
    assert browser.get(f"{PATH}?language=xx-none").page.status_code == 404
    assert browser.get(PATH.replace(MADE, CASE)).page.status_code == 404


def test_who_may_not_read_decisions_gets_no_letter(portal):
    assert portal.as_("statistician").get(PATH).page.status_code == 403


def test_title_and_address_name_nobody(given):
    browser = given()
    title = re.search(r"<title>(.*?)</title>", browser.get(PATH).text)[1]
    assert title == "Letter of a decision – Kinward"
    decisions = browser.get(f"/children/{CHILD}/decisions").text
    assert f'href="{PATH}"' in decisions
