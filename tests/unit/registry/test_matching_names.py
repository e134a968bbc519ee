"""How a name is read for comparison: one alphabet, endings off, titles weak, initials as such.

Pairs of one name across languages are in test_matching_letters_*; here is what holds for all of them.
"""

import pytest

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_names
from services.registry.domain.matching_comparing import DIFFERENT
from services.registry.domain.matching_names import Token, distinct, read, tokens
from services.registry.domain.matching_parts import FAMILY, FATHER, GIVEN
from services.registry.domain.names import Name


def one(text: str, *languages: str, place: str = GIVEN) -> Token:
    """The only word of a part."""
    (token,) = tokens(text, "", languages or ("uz", "ru"), place)
    return token


@pytest.mark.parametrize(
    "text",
    [
        "Muhammad",
        "Mohammad",
        "Mohd",
        "Md.",
        "Muxammad",
        "Магомед",
        "Мұхаммед",
        "Мухаммет",
        "Mämmet",
        "محمد",
        "Мухд.",
        "Mukhammad",
    ],
)
def test_muhammad_and_its_short_forms_are_one_name(text: str) -> None:
    assert one(text).root == "muhamad"


def test_mahmud_is_not_muhammad() -> None:
    assert one("Махмуд").root == one("محمود").root == "mahmud"


@pytest.mark.parametrize(
    "text",
    ["Abdurahmon", "Abdul Rahman", "Абдурахмон", "Абдрахман", "Әбдірахман", "عبدالرحمن", "عبد الرحمن", "Abdur Rehman"],
)
def test_a_servant_of_the_merciful_is_one_name_in_one_word_or_two(text: str) -> None:
    assert one(text).skeleton == "APTRMN"


@pytest.mark.parametrize(
    "text",
    ["Rahimovich", "Рахимович", "Рахимовна", "Rahim oʻgʻli", "Раҳим ўғли", "Raxim ogli", "Рахимұлы", "Рахим уулу",
     "Rahim qizi", "Рахимқызы", "Rahymowiç", "Rahim"],
)  # fmt: skip
def test_a_patronymic_says_the_fathers_name(text: str) -> None:
    assert one(text, place=FATHER).root == "rahim"


@pytest.mark.parametrize(
    "text",
    [
        "Каримов",
        "Каримова",
        "Karimov",
        "Karimova",
        "Kerimow",
        "Каримзода",
        "Karimzod",
        "Каримӣ",
        "Каримиён",
        "Karimoff",
        "Каримпур",
    ],
)
def test_a_familys_name_has_one_root_under_all_its_endings(text: str) -> None:
    assert one(text, place=FAMILY).root == "karim"


@pytest.mark.parametrize("text", ["Лев", "Яков", "Али", "Ива", "Asaf", "Ines"])
def test_no_ending_is_taken_off_that_leaves_less_than_three_letters(text: str) -> None:
    assert one(text).root == matching_names.fold(one(text).text)


@pytest.mark.parametrize(("two"), [("Hasan", "Husan"), ("Ҳасан", "Хусан"), ("حسن", "حسین"), ("Hasan", "حسین")])
def test_twins_names_that_look_alike_are_two(two: tuple[str, str]) -> None:
    assert distinct(*map(one, two))


def test_a_title_is_kept_and_says_little() -> None:
    syed, ali = tokens("Syed Ali", "Latn", ("en",))
    assert syed.weak and not ali.weak


@pytest.mark.parametrize("text", ["А.", "A", "Ш.", "Sh.", "Yu.", "ع"])
def test_one_letter_stands_for_a_name(text: str) -> None:
    assert one(text).initial


def test_a_script_is_what_the_letters_are_not_what_the_name_says() -> None:
    (reading,) = read([Name("Cyrl", given="Yusuf")], ("uz",))
    assert reading.script == "Latn"
    assert reading.vowels


def test_arabic_script_writes_no_short_vowels() -> None:
    (reading,) = read([Name("Arab", given="یوسف", father="Karim")], ("ur",))
    assert reading.script == "Arab" and not reading.vowels


def test_a_fathers_name_says_so_by_its_ending_or_a_word_beside_it() -> None:
    for text in ("Захарович", "Rahimqizi", "Rahim qizi", "Рахим уулу", "Нұрланұлы", "Ильич"):
        assert one(text, place=FATHER).child_of, text
    for text in ("Захар", "Rahim", "Каримов"):
        assert not one(text, place=FATHER).child_of, text
    assert not one("Petrović", "sr", place=FAMILY).child_of


def test_brothers_sons_of_each_others_name_are_not_one_child_with_its_names_swapped() -> None:
    names = (
        Name("Cyrl", given="Захар", patronymic="Николаевич"),
        Name("Cyrl", given="Николай", patronymic="Захарович"),
    )
    one_of_them, other = read(names, ("ru",))
    assert all(GIVEN not in levels or levels[GIVEN] == DIFFERENT for levels in comparing.names(one_of_them, other))


def test_names_in_each_others_places_are_found_as_swapped() -> None:
    names = (Name("Cyrl", given="Захар", patronymic="Николаевич"), Name("Cyrl", given="Николаевич", patronymic="Захар"))
    one_of_them, other = read(names, ("ru",))
    assert {"given": "same", "father": "same", "order": "swapped"} in list(comparing.names(one_of_them, other))


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ("г-н Каримов", ["karim"]),
        ("д-р Юсуфов", ["yusuf"]),
        ("Ahmed s/o Karim", ["ahmad", "karim"]),
        ("Abd al-ʻAzīz", ["abduaziz"]),
        ("Abu Bakr", ["abubakr"]),
        ("Zia ul Haq", ["zyavlhak"]),
        ("Айгүл2", ["aygul"]),
        ("Петров-Водкин", ["petr", "vodkin"]),
        ("Иваnов", ["ivan"]),
        ("О", ["o"]),
        ("12", []),
    ],
)
def test_what_papers_write_beside_a_name_is_not_the_name(text: str, roots: list[str]) -> None:
    assert [token.root for token in tokens(text, "Cyrl", ("uz", "ru"))] == roots


@pytest.mark.parametrize("two", [("Egor", "Игорь"), ("Елена", "Алёна"), ("Marko", "Mirko"), ("Камол", "Комил")])
def test_two_names_that_are_known_are_two_however_alike(two: tuple[str, str]) -> None:
    assert distinct(*map(one, two))


def test_a_name_and_its_form_for_the_other_sex_are_near() -> None:
    assert not distinct(one("Амин"), one("Амина"))
    assert one("Амин").root != one("Амина").root


@pytest.mark.parametrize(
    "two", [("عیسیٰ", "عبسیٰ"), ("اسامہ", "اساہم"), ("عاطف", "عاف"), ("جمیلہ", "جمیاہ"), ("محمد", "محمذد")]
)
def test_one_wrong_key_in_arabic_script_leaves_two_words_similar(two: tuple[str, str]) -> None:
    assert comparing.word(one(two[0]), one(two[1]), True) == comparing.SIMILAR


@pytest.mark.parametrize("two", [("علیاکبر", "علی اکبر"), ("حسنپور", "حسن پور"), ("Muhammadali", "Muhammad Ali")])
def test_a_name_in_one_word_or_two_is_one(two: tuple[str, str]) -> None:
    assert comparing.part(*(tokens(each, "", ("fa", "tg"), FAMILY) for each in two), True) == comparing.SAME


def test_a_patronymic_in_the_place_of_the_given_name_is_the_father_whose_name_stands_bare_elsewhere() -> None:
    names = (Name("Arab", given="گلجهان", father="بهروز"), Name("Cyrl", given="Бехрузовна", patronymic="Гулджахон"))
    one_of_them, other = read(names, ("tg", "fa", "ru"))
    assert any(levels.get("order") == "swapped" and DIFFERENT not in levels.values()
               for levels in comparing.names(one_of_them, other))  # fmt: skip


@pytest.mark.parametrize(
    "two", [("Д.", "Джамила"), ("Ж.", "Жамила"), ("K.", "Khosiyat"), ("Sh.", "Шавкат"), ("Ш", "Shavkat")]
)
def test_an_initial_stands_for_a_name_that_begins_so_as_read_or_as_written(two: tuple[str, str]) -> None:
    assert comparing.word(one(two[0]), one(two[1]), True) == comparing.INITIAL
