"""Names as others transliterate them meet the original: Russian in 28 schemes, Serbian, Uzbek. None by our tables.

Schemes that write one letter in a way that another language reads differently (j for й, ch for ш) miss a few: which, is
in docs/matching-names.md.
"""

import alifbo
import cyrtranslit
import iuliia
import pytest

from services.registry.domain import matching_names
from services.registry.domain.matching_comparing import SAME, SPELLING, part
from services.registry.domain.matching_parts import FAMILY, GIVEN
from tests.unit.registry import spellings

_GIVEN = """
Юрий Сергей Наталья Юлия Алексей Ксения Фёдор Пётр Екатерина Евгений Жанна Михаил Дмитрий Анастасия Илья Эльвира Айгуль
Хасан Джамиля Зульфия Гульнара Цветана Чулпан Мадина Игорь Любовь Василий Григорий Татьяна Артём Семён Рашид
Абдурахман Нурлан Хадижа Кирилл
"""
_FAMILIES = """
Иванова Цветков Жуковский Соловьёв Алексеев Ефимов Быкова Юсупова Абдрахманов
"""
GIVEN_NAMES, FAMILIES = _GIVEN.split(), _FAMILIES.split()
SCHEMES = {name: scheme for name, scheme in vars(iuliia).items() if name.isupper() and hasattr(scheme, "translate")}
READ_IN_FULL = sorted(SCHEMES.keys() - {"GOST_16876_ALT"})


def meets(one: str, other: str, languages: tuple[str, ...], place: str = GIVEN) -> bool:
    """Whether two writings have one skeleton and are the same, or spellings of one name."""
    some, others = (matching_names.tokens(each, "", languages, place) for each in (one, other))
    return some[0].skeleton == others[0].skeleton and part(some, others, True) in (SAME, SPELLING)


def missed(name: str) -> list[str]:
    scheme = SCHEMES[name]
    return [
        each
        for place, names in ((GIVEN, GIVEN_NAMES), (FAMILY, FAMILIES))
        for each in names
        if not meets(each, scheme.translate(each), ("ru", "kk"), place)
    ]


def test_the_schemes_are_there() -> None:
    assert {"ICAO_DOC_9303", "GOST_52535", "GOST_779", "MVD_782", "BGN_PCGN", "ALA_LC", "WIKIPEDIA"} <= SCHEMES.keys()


@pytest.mark.parametrize("name", READ_IN_FULL)
def test_russian_names_in_a_scheme_of_transliteration_meet_the_original(name: str) -> None:
    assert missed(name) == []


def test_of_the_one_scheme_that_writes_every_soft_letter_with_j_most_names_meet() -> None:
    assert len(missed("GOST_16876_ALT")) <= 5


@pytest.mark.parametrize("name", [one for one, _ in spellings.GIVEN["sr", "hr"]])
def test_serbian_names_in_latin_by_another_hand_meet(name: str) -> None:
    assert meets(name, cyrtranslit.to_latin(name, "sr"), ("sr",))


@pytest.mark.parametrize("name", sorted({one for one, _ in spellings.GIVEN["uz", "uz"]}))
def test_uzbek_names_in_both_latins_by_another_hand_meet(name: str) -> None:
    new = alifbo.from_cyrillic(name).text
    assert meets(name, new, ("uz", "ru"))
    assert meets(name, alifbo.to_old_latin(new).text, ("uz", "ru"))
