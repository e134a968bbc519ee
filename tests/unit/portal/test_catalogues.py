"""Reviewed before draft before English; stale drafts and protected texts are not served from drafts."""

import pytest

from services.portal.i18n import catalogues, sources, status
from services.portal.i18n.catalogues import Entry, File, Source, State, combine
from services.portal.languages import AVAILABLE

SAVE = Source("Save")
COUNT = Source("%(num)d child", None, "%(num)d children")
RIGHT = Source("You may appeal within ten days.", "rights|appeal")
KNOWN = {each.key: each for each in (SAVE, COUNT, RIGHT)}


def drafted(*entries, plural="(n != 1)", forms=2):
    return File(tuple(entries), {"X-Engine": "draft"}, plural, forms)


def reviewed(*entries, by="A. Reader"):
    return File(tuple(entries), {"X-Reviewed-By": by})


def made(source, *strings):
    return Entry(source, strings, source.sha)


def test_a_reviewed_text_comes_before_a_draft_and_a_draft_before_english():
    both = combine("ru", reviewed(Entry(SAVE, ("Сохранить",))), drafted(made(SAVE, "Спасти")), KNOWN)
    assert (both.look(SAVE).text, both.look(SAVE).state) == ("Сохранить", State.REVIEWED)
    draft = combine("ru", File(), drafted(made(SAVE, "Спасти")), KNOWN)
    assert (draft.look(SAVE).text, draft.look(SAVE).state) == ("Спасти", State.DRAFT)
    assert combine("ru", File(), File(), KNOWN).look(SAVE) is None


def test_reviewed_texts_without_a_reviewers_name_are_not_served():
    nobody = combine("ru", reviewed(Entry(SAVE, ("Сохранить",)), by=" "), File(), KNOWN)
    assert nobody.look(SAVE) is None


def test_a_draft_whose_english_source_has_changed_is_stale_and_not_used():
    before = Source(COUNT.text, None, "%(num)d kids")
    found = combine("ru", File(), drafted(made(before, "а", "б"), made(Source("Gone"), "Ушло")), KNOWN)
    assert found.look(COUNT, 2) is None
    assert found.look(Source("Gone")) is None


@pytest.mark.parametrize("context", ["rights", "rights|appeal", "consent|photo", "decision", "complaint|how"])
def test_texts_of_grave_contexts_are_never_served_from_drafts(context):
    source = Source("You may appeal.", context)
    known = {source.key: source}
    draft = combine("ru", File(), drafted(made(source, "Вы можете обжаловать.")), known)
    assert draft.look(source) is None
    read = combine("ru", reviewed(Entry(source, ("Вы вправе обжаловать.",))), File(), known)
    assert read.look(source).state is State.REVIEWED
    assert not catalogues.protected("button|save")


def test_plural_forms_are_those_of_the_language_not_of_english():
    russian = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
    forms = drafted(made(COUNT, "ребёнок", "ребёнка", "детей"), plural=russian, forms=3)
    found = combine("ru", File(), forms, KNOWN)
    said = {count: found.look(COUNT, count).text for count in (1, 2, 5, 11, 21, 22, 111)}
    assert said == {
        1: "ребёнок", 2: "ребёнка", 5: "детей", 11: "детей", 21: "ребёнок", 22: "ребёнка", 111: "детей",
    }  # fmt: skip


def test_a_catalogue_written_is_read_again_as_it_was(tmp_path):
    hard = Source('A "quoted"\nline \\ with %(name)s', "consent|photo", "many")
    path = tmp_path / "ru.po"
    path.write_text(sources.po("ru", [Entry(hard, ("а", "б", "в"), hard.sha)], X_Engine="draft"), encoding="utf-8")
    found = catalogues.read(path)
    assert found.entries == (Entry(hard, ("а", "б", "в"), hard.sha),)
    assert (found.forms, found.headers["X-Engine"]) == (3, "draft")


def test_texts_are_found_in_templates_and_code_with_context_and_plural(tmp_path):
    (tmp_path / "page.py").write_text(
        '_("One")\nngettext("%(num)d a", "%(num)d b", 2)\nlazy_pgettext("rights", "Two")\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{{ pgettext("decision|x", "Three") }} {{ _("One") }}')
    found = sources.extract(tmp_path)
    assert set(found.values()) == {
        Source("One"), Source("%(num)d a", None, "%(num)d b"), Source("Two", "rights"), Source("Three", "decision|x"),
    }  # fmt: skip


def test_the_status_of_a_language_counts_each_text_once(tmp_path):
    drafts = catalogues.drafts_file("ru", tmp_path)
    drafts.parent.mkdir()
    entries = [made(SAVE, "Сохранить"), Entry(COUNT, ("а", "б", "в"), "000000000000"), made(RIGHT, "Право")]
    drafts.write_text(sources.po("ru", entries), encoding="utf-8")
    found = status.of("ru", KNOWN, tmp_path)
    assert found == status.Status("ru", texts=3, reviewed=0, draft=1, stale=1, missing=2, protected=1)
    assert [each.text for each in status.missing("ru", KNOWN, tmp_path)] == [COUNT.text]


def test_reviewed_counts_may_not_fall(tmp_path):
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / status.FLOOR).write_text('{"ru": 1}')
    assert status.lost(KNOWN, tmp_path) == ["ru: 0 texts are reviewed, 1 were"]


def test_every_language_has_its_folder_by_its_posix_name_and_its_tag_by_bcp_47():
    assert catalogues.reviewed_file("uz-Cyrl").parts[-3] == "uz_Cyrl"
    assert all("_" not in each for each in AVAILABLE)
    assert all(catalogues.reviewed_file(each).exists() for each in status.others())
