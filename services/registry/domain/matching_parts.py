"""What a people's grammar adds to a name, and what is no name: endings of descent, sex and family, words for son and
daughter, titles.

Not here: letters (matching_letters_*), which name is which (matching_spellings). Sources: docs/matching-names.md.
"""

import re
from collections.abc import Iterable

from services.registry.domain.matching_letters_cyrillic import SOUTH_SLAVIC

GIVEN, FAMILY, FATHER = "given", "family", "father"

_CHILD_OF = """
ogli ugli oghli ugly ogly ogul oglu oglou ogil ugil uly uli ulu uulu uul ulw kyzy kizy kizi qizi qyzy gyzy gizi kiz qiz
kyz gyz bin ibn ben bint binti binte bent walad valad veled vald waled dukhtar dokhtar duhtar pesar
"""
CHILD_OF = frozenset(_CHILD_OF.split())
"""Words for son and daughter of, between or after names; dropped."""
CHILD_OF_ARABIC = frozenset({"بن", "ابن", "بنت", "ولد", "دختر", "فرزند"})

_TITLES = """
haji hadji hoji khoji hajji hajja khadzhi xoji qozhi kazhy kajy hajy mullah mulla mullo molla moldo molda mawlana
maulana mavlono syed sayyid sayyed said saiyid sayid seyed seyyed seyid sayed bibi biby bi begum begim begam khan khon
xon khanum xonim khonim khanym hanum hanym khatun xotun hotun jan jon zhan jaan beg bek bey bay boy bai biy mirza mirzo
sheikh shaikh shaykh shayx sheyh shah sho agha aga ogha dr mr mrs ms miss prof eng gn gzha gja gospodin gospozha sir
khwaja khoja xoja hoja khodzha khozha eshon ishan domla domulla usta ustod ustoz pir sardar malik chaudhry choudhry
hafiz qori kari mst
"""
TITLES = frozenset(_TITLES.split())
"""Titles and honorifics: they stay in the name and say little."""
_TITLES_ARABIC = """
حاجی حاج ملا مولانا مولوی سید بیبی بی بیگم خان خانم جان بیگ بیک بک شیخ شاہ آغا خواجہ ڈاکٹر دکتر حافظ قاری چوہدری ملک
"""
TITLES_ARABIC = frozenset(_TITLES_ARABIC.split())
SHORT_MUHAMMAD = dict.fromkeys(("md", "mohd", "muhd", "mukhd", "mkhd", "mhd", "mohmd"), "muhammad")

# No ending is taken off that leaves less than three letters.
_DESCENT = re.compile("(?<=...)(?:y?ev|ov)(?:ich|na)$|(?<=...)(?:in)?ichna$")
_CHILD_OF_JOINED = re.compile(
    "(?<=...)(?:oghli|ogli|ugli|oghly|ogly|ughli|ugly|oglu|uly|(?<!s)u?ulu|qyzy|kyzy|gyzy|qizi|kizi|kizy|kyzi|ghyzy)$"
)
_FAMILY = re.compile("(?<=...)y?(?:ev|ov|eff|off)(?:a|o)?$")
_EVERYWHERE = (_DESCENT, _CHILD_OF_JOINED, _FAMILY)
_BORN_OF = re.compile("(?<=...)z[ao]d(?:[ae]h?)?$|(?<=....)p(?:ou|u)r$")
_NOT_BORN_OF = re.compile("^(?:be[gkh]|far|sh[aeo]h?|sher|pari|guli?|odam|adam)z[ao]d[ae]?h?$")
_PERSIAN = re.compile("(?<=[a-z]{4})(?:iy?[aeo]n|yon|far|iy|i)$")
_PERSIAN_SPEAKING = frozenset({"tg", "fa", "prs", "ps", "uz", "ur"})
_FEMININE = re.compile("(?<=[aeiouylnrstkm])(in|yn)a$")
_SKY = re.compile("(?:sk|tsk|chk)(?:iy|yy|y|i|ii|yi|aya|aia|aja|a|oy|oi|oj)$")
_ADJECTIVE = re.compile("(?<=[a-z]{3})(?:yy|oy|aya|aia)$")
_FAMILY_ARABIC = re.compile("(?<=...)(?:ہ?ی?و(?:ف|فا|وا|ا)|زادہ|پور|اوغلی|قیزی)$|(?<=....)زاد$")
_PERSIAN_ARABIC = re.compile("(?<=...)(?:یان|یون)$")
_FATHERS = {
    "ilich": "ilya", "ilyich": "ilya", "ilinichna": "ilya", "kuzmich": "kuzma", "kuzminichna": "kuzma",
    "lukich": "luka", "nikitich": "nikita", "nikitichna": "nikita", "fomich": "foma", "fominichna": "foma",
}  # fmt: skip
"""Patronymics that do not end in -ovich or -evich."""
KEPT = frozenset({"yakov", "iakov", "jakov", "lev", "maruf", "معروف"})
"""Names that only look as if they had an ending."""


def without_ending(text: str, part: str, languages: Iterable[str] = ()) -> str:
    """A word without endings of descent (-ovich, -qizi, -zoda), family and sex (-ov, -ova, -skaya), in a family's or
    father's name those of Persian too (-iyon, -pur); itself where none can be taken off.

    The same in every part as far as can be: papers have them swapped. Serbian and Croatian families keep -ović.
    """
    if text in KEPT:
        return text
    if text in _FATHERS:
        return _FATHERS[text]
    for ending in (_CHILD_OF_JOINED, _FAMILY) if not SOUTH_SLAVIC.isdisjoint(languages) else _EVERYWHERE:
        found = ending.search(text)
        if found:
            return text[: found.start()]
    found = _BORN_OF.search(text)
    if found and not _NOT_BORN_OF.match(text):
        return text[: found.start()]
    if part == GIVEN:
        return text
    if not _PERSIAN_SPEAKING.isdisjoint(languages):
        text = _PERSIAN.sub("", text)
    text = _FEMININE.sub(r"\1", _SKY.sub("sk", text))
    return _ADJECTIVE.sub("", text) if part == FAMILY else text


def is_child_of(text: str, languages: Iterable[str]) -> bool:
    """Whether a word says by its ending that it is a father's name: Karimovich, Karimqizi."""
    if _CHILD_OF_JOINED.search(text) or text in _FATHERS:
        return True
    return SOUTH_SLAVIC.isdisjoint(languages) and text.endswith(("vich", "vna", "ichna"))


def without_ending_arabic(letters: str, part: str) -> str:
    """A word in Arabic script without the endings that Russian and Persian families have: -ov, -ova, -zoda, -i."""
    if letters in KEPT:
        return letters
    stem = _FAMILY_ARABIC.sub("", letters)
    return stem if part == GIVEN or stem != letters else _PERSIAN_ARABIC.sub("", letters)
