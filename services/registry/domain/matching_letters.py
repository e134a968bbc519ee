"""A word in any script read into a-z; which letters are read, and which alphabets names come in.

Not here: the letters of each script (matching_letters_cyrillic, _latin, _arabic), what sounds alike (matching_sounds).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from anyascii import anyascii

from services.registry.domain import matching_letters_arabic as arabic
from services.registry.domain import matching_letters_cyrillic as cyrillic
from services.registry.domain import matching_letters_latin as latin

CYRILLIC, LATIN, ARABIC = "Cyrl", "Latn", "Arab"

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقلمنو"
ALPHABETS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ru": {CYRILLIC: _RUSSIAN, LATIN: _LATIN},
        "kk": {CYRILLIC: _RUSSIAN + "әғқңөұүһі", LATIN: _LATIN + "äöüğūŋşñçáǵńóúıý", ARABIC: ""},
        "ky": {CYRILLIC: _RUSSIAN + "ңөү", LATIN: _LATIN},
        "tg": {CYRILLIC: _RUSSIAN + "ғӣқӯҳҷ", LATIN: _LATIN, ARABIC: _ARABIC + "آپچژکگهی"},
        "uz": {CYRILLIC: _RUSSIAN + "ўқғҳ", LATIN: _LATIN + "ʻʼõōğǵşç", ARABIC: ""},
        "tk": {CYRILLIC: _RUSSIAN + "җңөүә", LATIN: "abçdeäfghijžklmnňoöprsştuüwyýz"},
        "sr": {CYRILLIC: "абвгдђежзијклљмнњопрстћуфхцчџш", LATIN: "abcčćdđefghijklmnoprsštuvzž"},
        "hr": {LATIN: "abcčćdđefghijklmnoprsštuvzž"},
        "bs": {CYRILLIC: "абвгдђежзијклљмнњопрстћуфхцчџш", LATIN: "abcčćdđefghijklmnoprsštuvzž"},
        "ro": {LATIN: _LATIN + "ăâîșțşţ", CYRILLIC: _RUSSIAN + "ӂ"},
        "ur": {ARABIC: _ARABIC + "آٹپچڈڑژکگںہھیےئء", LATIN: _LATIN},
        "fa": {ARABIC: _ARABIC + "آپچژکگهیئء", LATIN: _LATIN},
        "ar": {ARABIC: _ARABIC + "آأإؤئءةىكهي", LATIN: _LATIN},
        "en": {LATIN: _LATIN},
        "uk": {CYRILLIC: "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", LATIN: _LATIN},
    }
)
"""The letters of each language (ISO 639-1) in each script (ISO 15924) that names in it come in."""

_HAS_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_HAS_CYRILLIC = re.compile("[\u0400-\u052f]")
_HAS_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
_NOT_LETTERS = re.compile("[^a-z]+")
_MARKS = re.compile("[\u0300-\u036f]")


def script(text: str) -> str:
    """The script that letters are in, the first of these that any is: Arabic, Cyrillic, Latin; empty where none is."""
    if has_arabic(text):
        return ARABIC
    return CYRILLIC if _HAS_CYRILLIC.search(text) else LATIN if _HAS_LATIN.search(text) else ""


def has_arabic(text: str) -> bool:
    """Whether any letter is of Arabic script, in which short vowels are not written."""
    return not text.isascii() and _HAS_ARABIC.search(text) is not None


def one_form(text: str) -> str:
    """A text in lower case and composed, presentation forms of Arabic letters as ordinary ones."""
    text = unicodedata.normalize("NFKC" if has_arabic(text) else "NFC", text).lower()
    return text if text.isascii() else text.replace("i\u0307", "i")


def read(word: str, languages: Sequence[str]) -> str:
    """A word, as `one_form` has it, in a-z; empty where it has no letters that anything reads."""
    if word.isascii():
        text = latin.read(word, languages)
    elif has_arabic(word):
        text = arabic.read(arabic.letters(word))
    else:
        text = cyrillic.read(word, languages) if _HAS_CYRILLIC.search(word) else latin.read(word, languages)
    return in_letters(text)


def in_letters(text: str) -> str:
    """A text that was read, in nothing but a-z: letters that no table reads are guessed by their look."""
    if not text.isascii():
        text = anyascii(_MARKS.sub("", text)).lower()
    return _NOT_LETTERS.sub("", text)


def readable(letters: Iterable[str], script: str) -> frozenset[str]:
    """Of some letters those that the tables of a script read; others are guessed by their look."""
    lower = frozenset(one_form("".join(letters)))
    if script == CYRILLIC:
        return lower & cyrillic.LETTERS.keys()
    if script == ARABIC:
        return frozenset(each for each in lower if ord(each) in arabic.SAME or each in arabic.LETTERS)
    if script == LATIN:
        return frozenset(each for each in lower if each in _LATIN or each in latin.APOSTROPHES or each in latin.GENERAL)
    return frozenset()


def unread(language: str) -> Mapping[str, frozenset[str]]:
    """The letters of a language that no table reads, by script. KeyError of a language that ALPHABETS has not."""
    missing = {
        script: frozenset(one_form(alphabet)) - readable(alphabet, script)
        for script, alphabet in ALPHABETS[language].items()
    }
    return {script: letters for script, letters in missing.items() if letters}
