"""What a page says in a language: marks, shares, the traps of portals in many languages."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from babel import Locale

from services.portal import formats, languages, numbers, ordering
from services.portal.house import house
from services.portal.i18n import catalogues, checks, marks, pseudo, sources
from services.portal.i18n.catalogues import Entry, File, Source, combine
from shared.errors import ConfigurationError

PORTAL = Path(languages.__file__).parent
LANGUAGES = ["en", "ru", "ur"]


@pytest.fixture
def drafts(monkeypatch):
    """drafts(Source("Save"), "Сохранить"): the only draft of every language."""
    kept = {}

    def catalogue(language):
        known = {entry.source.key: entry.source for entry in kept.values()}
        return combine(language, File(), File(tuple(kept.values())), known)

    monkeypatch.setattr(catalogues, "catalogue", catalogue)

    def add(source, *strings):
        kept[source.key] = Entry(source, strings, source.sha)

    return add


def test_a_draft_is_marked_where_html_takes_an_element_and_plain_in_attributes_and_titles(saying, drafts):
    drafts(Source("Save"), "Сохранить")
    page, _ = saying("ru", '<title>{{ _("Save") }}</title><p title="{{ _("Save") }}">{{ _("Save") }}</p>')
    assert marks.to_elements(page) == (
        '<title>Сохранить</title><p title="Сохранить"><span data-draft>Сохранить</span></p>'
    )


def test_what_has_no_translation_is_marked_as_english_in_a_page_that_is_not(saying, drafts):
    page, words = saying("ur", '<p>{{ _("Save") }}</p>')
    assert marks.to_elements(page) == '<p><span lang="en" dir="ltr">Save</span></p>'
    assert words.share("source") == 1


def test_marks_that_do_not_pair_are_dropped_and_the_words_stay():
    assert marks.to_elements(f"<p>{marks.draft('Сохранить')[:5]}</p>") == "<p>Сохр</p>"
    assert marks.strip(marks.foreign("Save", "en")) == "Save"


def test_the_share_of_drafts_is_that_of_the_texts_used(saying, drafts):
    drafts(Source("Save"), "Сохранить")
    _, words = saying("ru", '{{ _("Save") }} {{ _("Save") }} {{ _("Open") }} {{ _("Close") }} {{ _("Next") }}')
    assert (words.share("draft"), words.share("source")) == (0.25, 0.75)


def test_a_text_about_rights_stands_in_english_with_a_note_where_only_a_draft_exists(saying, drafts):
    drafts(Source("You may appeal.", "rights"), "Вы можете обжаловать.")
    page, words = saying("ru", '{{ pgettext("rights", "You may appeal.") }}')
    assert marks.strip(page) == "You may appeal."
    assert words.official == "en"


def test_english_pages_carry_no_marks_and_no_shares(saying):
    page, words = saying("en", '<p>{{ _("Save") }}</p>')
    assert (page, words.share("source")) == ("<p>Save</p>", 0)


def test_values_in_a_text_are_escaped_and_draft_words_inside_it_stay_marked(saying, drafts):
    drafts(Source("Hello %(name)s"), "Привет, %(name)s")
    page, _ = saying("ru", '<p>{{ _("Hello %(name)s", name=who) }}</p>', who="<b>")
    assert marks.to_elements(page) == "<p><span data-draft>Привет, &lt;b&gt;</span></p>"


def test_pages_say_their_language_direction_and_share_of_drafts(client):
    page = client.get("/languages", headers={"Accept-Language": "ur-PK"}).text
    assert '<html lang="ur" dir="rtl">' in page
    assert "<span data-draft>" in page.partition("<footer")[2]
    assert not marks.ANY.search(page)
    assert "<span" not in page.partition("<title>")[2].partition("</title>")[0]


def test_drafts_are_underlined_until_a_reader_says_otherwise(app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    assert "drafts-plain" not in client.get("/languages").text
    assert client.post("/languages/drafts", data={"drafts": "plain", "next": "/languages"}).status_code == 303
    assert 'class="drafts-plain"' in client.get("/languages").text


# The language of a reader.


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("sr-Latn-RS", "sr-Latn"), ("sr-RS", "sr"), ("uz-UZ", "uz"), ("uz-Cyrl-UZ", None), ("ur-Arab-PK", "ur"),
        ("ky-Cyrl-KG", "ky"), ("EN-us", "en"), ("tg", None), ("zh-Hant-TW", None),
    ],
)  # fmt: skip
def test_a_language_is_matched_by_taking_subtags_off_with_the_script_kept(wanted, found):
    offered = {each: each for each in ("en", "sr", "sr-Latn", "uz", "ur", "ky")}
    assert languages.match(wanted, offered) == found


def test_without_a_catalogue_of_its_script_a_language_is_not_served_in_the_other():
    assert languages.match("sr-Latn-RS", {"en": "", "sr": ""}) is None


@pytest.mark.parametrize(
    ("header", "language"),
    [("uz-Cyrl-UZ,ky;q=0.5", "ky"), ("ur;q=0,en", "en"), ("tg,kk;q=0.9", "ru"), ("en-XA", "en")],
)
def test_the_header_is_followed_then_the_pack_and_what_is_refused_is_refused(app, header, language, monkeypatch):
    monkeypatch.delenv("KINWARD_TESTING", raising=False)
    with app.test_request_context(headers={"Accept-Language": header}):
        assert languages.language() == language


@pytest.mark.parametrize(("header", "language"), [("en", "en"), ("ky,ur;q=0.5", "ur"), ("tg", "ur"), ("ru", "ur")])
def test_a_deployment_offers_the_languages_it_chose_and_the_first_where_none_is_asked_for(
    app, header, language, monkeypatch
):
    monkeypatch.delenv("KINWARD_TESTING", raising=False)
    with app.test_request_context(headers={"Accept-Language": header}):
        settings = house().settings
        chosen = replace(settings, portal=replace(settings.portal, languages=("ur", "en")))
        monkeypatch.setattr(house(), "settings", chosen)
        assert list(languages.available()) == ["ur", "en"]
        assert languages.language() == language


def test_a_language_without_a_catalogue_cannot_be_chosen():
    languages.require_known(("ur", "en"))
    with pytest.raises(ConfigurationError) as refused:
        languages.require_known(("en", "tlh"))
    assert (refused.value.field, refused.value.rule) == ("KINWARD_LANGUAGES", "known-language")


# Dates and numbers.


def test_a_filter_on_a_constant_is_not_folded_into_the_first_readers_language(app):
    template = app.jinja_env.from_string('{{ 1234567.5|number }} {{ "2026-03-09"|day }}')
    said = []
    for language in LANGUAGES:
        with app.test_request_context(headers={"Accept-Language": language}):
            said.append(template.render().replace("\xa0", " "))
    assert said == ["1,234,567.5 9 Mar 2026", "1 234 567,5 9 мар. 2026", "1,234,567.5 \u20689 مارچ 2026\u2069"]


def test_days_are_never_short_because_3_9_is_two_days(app):
    for language in ("en-US", "ru", "ur"):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert "2026" in formats.day("2026-03-09")
            assert any(each.isalpha() for each in formats.day("2026-03-09"))
    short = [path.name for path in PORTAL.rglob("*.py") if "format='short'" in path.read_text().replace('"', "'")]
    named = [path.name for path in PORTAL.rglob("*.py") if "format_date(" in path.read_text()]
    assert (short, named) == ([], ["formats.py"])


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("1 234", "ru", 1234), ("1\u00a0234", "ru", 1234), ("1\u202f234", "ru", 1234), ("۱۲۳", "ur", 123),
        ("١٬٢٣٤", "ur", 1234), ("1,234", "en_GB", 1234), ("1.234", "hr", 1234), ("७", "en_GB", 7),
    ],
)  # fmt: skip
def test_numbers_are_read_with_digits_of_any_script_and_any_space(typed, language, number):
    assert numbers.whole(typed, Locale.parse(language)) == number


@pytest.mark.parametrize("typed", ["", "abc", "1.5", "1,2,3,", "--1", "1e5"])
def test_what_is_no_whole_number_is_not_guessed_at(typed):
    with pytest.raises(ValueError, match=r".*"):
        numbers.whole(typed, Locale.parse("en_GB"))


# Lazy words, the order of names.


def spoken_at_import(source):
    """Lines that ask for a text while the module is imported: the language of nobody would stay."""
    eager = {"_", "gettext", "ngettext", "pgettext", "npgettext"}

    def calls(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in eager:
                yield child.lineno
            yield from calls(child)

    return list(calls(ast.parse(source)))


def test_no_text_is_asked_for_at_import():
    assert {path.name: spoken_at_import(path.read_text()) for path in PORTAL.rglob("*.py")} == {
        path.name: [] for path in PORTAL.rglob("*.py")
    }
    assert spoken_at_import('A = _("x")\nclass F:\n    a = f(_("y"))\n\n    def g(self):\n        return _("z")\n') == [
        1,
        3,
    ]


def test_names_are_sorted_as_alphabets_have_them():
    russian = ["Ягода", "Ёлкина", "Жуков", "Елкин", "Зимин"]
    assert sorted(russian, key=ordering.key) == ["Елкин", "Ёлкина", "Жуков", "Зимин", "Ягода"]
    kyrgyz = ["Уметов", "Өмүров", "Орозов", "Ногоев", "Ңаң", "Үсөнов", "Фаизов"]
    assert sorted(kyrgyz, key=ordering.key) == ["Ногоев", "Ңаң", "Орозов", "Өмүров", "Уметов", "Үсөнов", "Фаизов"]
    assert sorted(["تارڑ", "پٹھان", "بٹ", "ٹوانہ"], key=ordering.key) == ["بٹ", "پٹھان", "تارڑ", "ٹوانہ"]
    assert sorted(["Ţepeş", "Tudor", "Zamfir", "Ana"], key=ordering.key) == ["Ana", "Tudor", "Ţepeş", "Zamfir"]
    assert ordering.key("Ан") < ordering.key("Анна")


# Pseudo-locales, mechanical checks.


def test_pseudo_locales_keep_placeholders_and_are_offered_in_tests_alone(monkeypatch):
    said = pseudo.say(pseudo.ACCENTED, "Hello %(name)s, <b>100%%</b>")
    assert "%(name)s" in said
    assert "<b>" in said
    assert said.startswith("⟦Ĥéļļö")
    assert len(said) >= 1.3 * len("Hello %(name)s, <b>100%%</b>")
    monkeypatch.delenv("KINWARD_TESTING", raising=False)
    assert pseudo.offered() == {}
    monkeypatch.setenv("KINWARD_TESTING", "1")
    assert set(pseudo.offered()) == {"en-XA", "ar-XB"}
    assert checks.balanced(pseudo.say(pseudo.MIRRORED, "Hello %(name)s"))


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        ("ru", "Привет", "placeholders"), ("ru", "Привет, %(nam)s", "placeholders"),
        ("ru", "Пpивет, %(name)s", "mixes"), ("ru", "Привет, %(name)s <b>", "tags"),
        ("ru", "Привет, %(name)s ", "white space"), ("ur", "سلام \u202b%(name)s", "direction"),
        ("ur", "سلام كيا %(name)s", "where the language writes"), ("uz", "O'zbek %(name)s", "ʻ"),
        ("ro", "Bună ţară %(name)s", "where the language writes"),
    ],
)  # fmt: skip
def test_a_machine_sees_what_is_wrong_in_a_text(language, text, wrong):
    source = Source("Hello %(name)s")
    assert any(wrong in each for each in checks.of_entry(language, Entry(source, (text,)), 2))


def test_a_text_on_a_button_is_at_most_twice_as_long_as_its_english():
    assert {"Open health", "Sign out", "Close the period: compute, check and sign"} <= sources.buttons()
    assert "Languages" not in sources.buttons()
    health = Source("Open health")
    assert list(checks.of_entry("ru", Entry(health, ("Показать здоровье",)), 3)) == []
    assert "letters on a button" in next(checks.of_entry("ru", Entry(health, ("Показать сведения о здоровье",)), 3))
    assert list(checks.of_entry("ru", Entry(Source("Find"), ("Разыскать",)), 3)) == []  # every button has room for that


def test_a_machine_sees_wrong_plural_forms_and_lets_good_texts_through():
    counted = Source("one", None, "%(num)d")
    assert list(checks.of_entry("ru", Entry(counted, ("один", "%(num)d")), 3)) == ["2 plural forms, 3 are needed"]
    assert list(checks.of_entry("ru", Entry(counted, ("один", "%(num)d", "%(num)d")), 3)) == []
    assert list(checks.of_entry("uz", Entry(Source("Uzbek"), ("Oʻzbek",)), 2)) == []


def test_a_word_of_the_field_is_the_packs_in_the_readers_language_else_its_english_label_else_the_code(app):
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        terms = {key: said for key, said in app.extensions["kinward"].pack.terms.items() if key[1] == "ru"}
        (key, _), said = next(iter(terms.items()))
        list_name, _, code = key.partition("/")
        assert formats.term(code, list_name) == said
        assert formats.term("no-such-code", "sex") == "no-such-code"
    with app.test_request_context(headers={"Accept-Language": "ur"}):
        assert formats.term("F", "sex") == formats.apart("Female")
