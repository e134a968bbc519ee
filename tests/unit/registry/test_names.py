"""How a name may be written."""

import pytest

from services.registry.domain import names
from services.registry.domain.names import Name

ALPHABETS = {
    "Kazakh": ("Cyrl", "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"),
    "Kyrgyz": ("Cyrl", "АаБбГгДдЕеЁёЖжЗзИиЙйКкЛлМмНнҢңОоӨөПпРрСсТтУуҮүХхЧчШшЫыЭэЮюЯя"),
    "Tajik": ("Cyrl", "АаБбВвГгҒғДдЕеЁёЖжЗзИиӢӣЙйКкҚқЛлМмНнОоПпРрСсТтУуӮӯФфХхҲҳЧчҶҷШшЪъЭэЮюЯя"),
    "Uzbek in Cyrillic": ("Cyrl", "АаБбВвГгДдЕеЁёЖжЗзИиЙйКкЛлМмНнОоПпРрСсТтУуФфХхЦцЧчШшЪъЬьЭэЮюЯяЎўҚқҒғҲҳ"),
    "Serbian in Cyrillic": ("Cyrl", "АаБбВвГгДдЂђЕеЖжЗзИиЈјКкЛлЉљМмНнЊњОоПпРрСсТтЋћУуФфХхЦцЧчЏџШш"),
    "Serbian in Latin": ("Latn", "AaBbCcČčĆćDdĐđEeFfGgHhIiJjKkLlMmNnOoPpRrSsŠšTtUuVvZzŽž"),
    "Uzbek": ("Latn", "AaBbDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvXxYyZzOʻoʻGʻgʻ"),
    "Kazakh in Latin": ("Latn", "AaÄäBbDdEeFfGgĞğHhIıİiJjKkLlMmNnŊŋOoÖöPpQqRrSsŞşTtUuŪūÜüVvYyZz"),
    "Turkmen": ("Latn", "AaBbÇçDdEeÄäFfGgHhIiJjŽžKkLlMmNnŇňOoÖöPpRrSsŞşTtUuÜüWwYyÝýZz"),
    "Azerbaijani": ("Latn", "AaBbCcÇçDdEeƏəFfGgĞğHhXxIıİiJjKkQqLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz"),
    "Romani": ("Latn", "AaBbCcČčĆćDdEeFfGgHhIiJjKkLlMmNnOoPpRrSsŠšTtUuVvXxZzŽžŹź"),
    "Urdu": ("Arab", "آابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیے"),
    "Pashto": ("Arab", "اآبپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکګلمنڼوهۀيېۍیئ"),
    "Sindhi": ("Arab", "ابٻڀتٿٽٺثپجڄجھڃچڇحخدڌڏڊڍذرڙزسشصضطظعغفڦقڪکگڳڱلمنڻوهھءي"),
    "Uyghur": ("Arab", "ئاەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"),
}
WRITTEN = (
    ("Latn", "Oʻgʻiloy"),
    ("Latn", "O’tkir"),
    ("Latn", "O'tkir"),
    ("Latn", "Gʼani"),
    ("Latn", "Anvar oʻgʻli"),
    ("Latn", "Anna-Maria"),
    ("Latn", "A. B."),
    ("Cyrl", "Салтыков‑Щедрин"),
    ("Cyrl", "Ұлжан Ерланқызы"),
    ("Cyrl", "Ғ."),
    ("Cyrl", "ибн Сина"),
    ("Arab", "محمد علی"),
    ("Arab", "مُحَمَّد"),
    ("Arab", "نور‑العین"),
    ("Latn", "ʻAbd al-Raḥmān"),
    ("Cyrl", "А" * 200),
    ("Cyrl", "А\u0301\u0302\u0303йгү\u0301л"),
)


def rules(text, script="Cyrl", part="given"):
    name = names.as_written(Name(script, **{part: text}))
    return [(found.field, found.rule) for found in names.problems([name])]


@pytest.mark.parametrize("language", ALPHABETS)
def test_the_letters_of_an_alphabet_pass_together_and_each_alone(language):
    script, letters = ALPHABETS[language]
    assert rules(letters, script) == []
    assert [letter for letter in letters if letter.isalpha() and letter not in "ʻ" and rules(letter, script)] == []


@pytest.mark.parametrize(("script", "text"), WRITTEN)
def test_names_are_written_with_hyphens_apostrophes_spaces_and_initials(script, text):
    assert rules(text, script) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("А" * 10_000, "name-length"),
        ("А" * 201, "name-length"),
        ("Айгүл2", "name-digits"),
        ("Айгүл۲", "name-digits"),
        ("ПетрⅠ", "name-digits"),
        ("Ай\u200bгүл", "name-zero-width"),
        ("Ай\u200dгүл", "name-zero-width"),
        ("\ufeffАйгүл", "name-zero-width"),
        ("Ай\u00adгүл", "name-zero-width"),
        ("Ай\u202eгүл", "name-bidirectional"),
        ("Ай\u2067гүл", "name-bidirectional"),
        ("Айгүл\u200f", "name-bidirectional"),
        ("Ай\x00гүл", "name-control"),
        ("Ай\nгүл", "name-control"),
        ("Ай\tгүл", "name-control"),
        ("Ай\ud800гүл", "name-control"),
        ("Ай\ue000гүл", "name-control"),
        ("Aйгүл", "name-mixed-scripts"),  # the first letter is Latin
        ("Aigul", "name-script"),
        ("آيگول", "name-script"),
        ("=Айгүл", "name-characters"),
        ("Айгүл <b>", "name-characters"),
        ("Айгүл😀", "name-characters"),
        ("-", "name-letters"),
        ("...", "name-letters"),
        ("ʻ", "name-letters"),
        ("Ай \u0301", "name-marks"),
        ("\u0301Айгүл", "name-marks"),
        ("А\u0301\u0302\u0303\u0304йгүл", "name-marks"),
    ],
)
def test_what_is_no_name_is_refused_by_field_and_rule(text, rule):
    assert rules(text) == [("names.0.given", rule)]


def test_the_problem_says_which_part_of_which_name():
    given = [Name("Cyrl", given="Айгүл"), Name("Latn", family="X1", father="Кирилл")]
    found = [(problem.field, problem.rule) for problem in names.problems(given)]
    assert found == [("names.1.family", "name-digits"), ("names.1.father", "name-script")]


def test_no_problem_holds_the_name():
    assert not [found for found in names.problems([Name("Cyrl", given="Тайна7")]) if "Тайна7" in found.message]


def test_a_name_is_kept_in_one_written_form():
    decomposed = Name("Cyrl", family=" И\u0306ванов ", given="Анна\u00a0\u2009 Мария")
    assert names.as_written(decomposed) == Name("Cyrl", family="Йванов", given="Анна Мария")
    kept = Name("Cyrl", given="Айгүл")
    assert names.as_written(kept) is kept


def test_a_name_without_parts_and_a_name_given_twice_are_refused():
    assert rules("") == [("names.0", "name-empty")]
    twice = [Name("Cyrl", given="Айгүл"), Name("Cyrl", given="Айгүл"), Name("Cyrl", "alias", given="Айгүл")]
    assert [(found.field, found.rule) for found in names.problems(twice)] == [("names.1", "name-once")]


def test_a_script_that_this_program_does_not_know_is_only_not_mixed():
    assert rules("អង្គរ", "Khmr") == []
    assert rules("អA", "Khmr") == [("names.0.given", "name-mixed-scripts")]
