"""Latin letters read into a-z: each language's own, and the spellings that papers have of names from other scripts.

A letter says different things in different languages (j in Jovan and in Jasur): which language a word is read as comes
from letters that one language alone has, then from the languages of the deployment.

Not here: what two letters have in common (matching_sounds), endings (matching_parts). Sources: docs/matching-names.md.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

APOSTROPHES = "'\u02bb\u02bc\u2018\u2019\u0060\u00b4\u02b9\u02bd\u201b\u2032\u055a\uff07\u02be\u02bf"
"""Everything that is typed for the apostrophe of oʻ, gʻ and for the Arabic ayn and hamza."""
_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))

GENERAL = {
    # English and Russian spellings of other scripts; digraphs first: the longest is taken
    "shch": "shch", "sch": "sh", "sh": "sh", "s'h": "sh", "tch": "ch", "chh": "ch", "ch": "ch", "kh": "kh", "k'h": "kh",
    "zh": "zh", "dzh": "j", "dj": "j", "gh": "gh", "ph": "f", "th": "t", "bh": "b", "dh": "d", "jh": "j", "ts": "ts",
    "tz": "ts", "ck": "k", "ce": "se", "ci": "si", "cy": "si", "c": "k", "q": "q", "w": "v", "x": "ks", "j": "j",
    "cv": "tsv", "ц": "ts",
    "ou": "u",
    # letters with marks that every language here reads alike
    "š": "sh", "ş": "sh", "ș": "sh", "ś": "sh", "ŝ": "sh", "č": "ch", "ç": "ch", "ć": "ch", "ĉ": "ch", "ž": "zh",
    "ź": "z", "ż": "zh", "ğ": "gh", "ǵ": "gh", "ģ": "gh", "ḡ": "gh", "ǧ": "gh", "g'": "gh", "o'": "o", "đ": "dy",
    "ñ": "ng", "ň": "ng", "ŋ": "ng", "ń": "n", "ņ": "n", "ö": "o", "ó": "o", "õ": "o", "ō": "o", "ô": "o", "ő": "o",
    "ǒ": "o", "ŏ": "o", "ø": "o", "ü": "u", "ú": "u", "ū": "u", "û": "u", "ű": "u", "ŭ": "u", "ä": "a", "á": "a",
    "ā": "a", "â": "a", "à": "a", "ă": "a", "ə": "a", "ǝ": "a", "æ": "a", "å": "a", "ã": "a", "é": "e", "è": "e",
    "ê": "e", "ë": "e", "ē": "e", "ě": "e", "ı": "y", "í": "i", "î": "i", "ï": "i", "ī": "i", "ý": "y", "ÿ": "y",
    "ț": "t", "ţ": "t", "ť": "t", "ď": "d", "ḍ": "d", "ḥ": "h", "ḫ": "kh", "ẖ": "kh", "ṣ": "s", "ṭ": "t", "ẓ": "z",
    "ł": "l", "ľ": "l", "ř": "r", "ß": "s", "þ": "t", "ð": "d", "'": "",
}  # fmt: skip
"""How letters, alone and together, are read where no language below says otherwise."""

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "uz": {"x": "kh", "c": "ch", "ce": "che", "ci": "chi"},
        "tk": {"c": "ch", "ce": "che", "ci": "chi", "cy": "chy"},
        "hr": {
            "j": "y", "c": "ch", "ch": "ch", "ce": "che", "ci": "chi", "cy": "chi", "ž": "z", "dž": "j", "dz": "j",
            "đ": "dy", "dj": "dy", "lj": "ly", "nj": "ny", "ou": "ou", "th": "th",
            "ck": "chk", "cv": "chv",
        },
        "ro": {
            "ce": "che", "ci": "chi", "che": "ke", "chi": "ki", "ch": "k", "ge": "je", "gi": "ji", "ghe": "ge",
            "ghi": "gi", "sch": "sk", "gh": "g", "j": "zh", "â": "e", "î": "e", "ou": "ou",
        },
        "kk": {
            "ý": "u", "a'": "a", "n'": "ng", "u'": "u", "s'": "sh", "c'": "ch", "y'": "u", "i'": "y", "s'h": "sh",
            "c": "ts",
        },
        "iso9": {"â": "ya", "û": "yu", "ŝ": "shch", "c": "ts", "ce": "tse", "ci": "tsi", "j": "y", "x": "kh"},
        "cyrillic": {"x": "kh", "cz": "ts"},
        "general": {},
    }
)  # fmt: skip
"""What a language reads its own way."""

_AS = {"uz": "uz", "tk": "tk", "hr": "hr", "sr": "hr", "bs": "hr", "cnr": "hr", "ro": "ro", "mo": "ro", "kk": "kk"}
_CYRILLIC = frozenset({"ru", "kk", "ky", "tg", "uz", "tk", "uk", "be"})
_ISO9 = re.compile("[âûŝšžč\u02b9\u02ba]|'j")
"""What ISO 9 and its likes write for я, ю, щ, ш, ж, ч and ь, where Cyrillic is at home and none of HOOKED."""
_HOOKED = frozenset({"ro", "hr", "tk"})
_OWN = (
    ("hr", re.compile("[đćčšž]")),
    ("tk", re.compile("[ňý]")),
    ("ro", re.compile("[țţăîșâ]")),
    ("kk", re.compile("[ñŋūǵúń]")),
    ("uz", re.compile("[og]'|[õōğ]")),
)
"""Letters that one language has, in the order of certainty; a language of the deployment that has them goes before."""
_SHARED = {
    "tk": re.compile("[ňýžäçöüş]"), "kk": re.compile("[ñŋūǵúńýäöüşğıó]"), "uz": re.compile("[og]'|[õōğşç]"),
    "hr": re.compile("[đćčšž]"), "ro": re.compile("[țţăîșşâ]"),
}  # fmt: skip
_NEVER = {
    "hr": re.compile("[qwxyäöüş]|[kszc]h"), "ro": re.compile("[kqwy]|sh|zh|[oe]va?$"), "uz": re.compile("w|ck"),
    "tk": re.compile("[qvx]|kh|zh"), "kk": re.compile("[cx](?!['h])"),
}  # fmt: skip
"""What shows that a language did not write a word, unless it is the only one that has some other letter of it."""
_SCHOLARLY = re.compile("[ei]jj?$|[aeio]jc|^[bfklmpstvz]j[aou]|j.*[lnrstv]'$")
"""Jurij, Sergej, Zajcev: the scholars' transliteration of Russian, in which j is й and c is ц everywhere."""
# x is ks in names that came with Latin letters from elsewhere, also where the language has no such x.
_KS = re.compile("^(?:[ao]le|ma(?=xim)|ro(?=xan)|o(?=xan)|feli)x|^x(?=eni)")


def read(word: str, languages: Sequence[str]) -> str:
    """A lower-case word in a-z, its letters as its language has them. Letters in no table are left as they are."""
    language = _language(word, languages)
    word = word.translate(_APOSTROPHES)
    if language != "general" and "x" in word:
        word = _KS.sub(lambda found: found[0].replace("x", "ks"), word)
    if word.endswith("que"):
        word = word[:-2]  # Siddique, Rafique
    if language != "hr" and "j" in word and _SCHOLARLY.search(word):
        word = word.replace("j", "y").replace("c", "ц")
    together, several, single = _reader(language)
    return together.sub(lambda found: several[found[0]], word).translate(single).lower()


def _language(word: str, languages: Sequence[str]) -> str:
    """The language that a word is read as: its own letters among the deployment's languages, then among all; then the
    first language of the deployment that could have written it."""
    ours = [_AS[language] for language in languages if language in _AS]
    cyrillic = not _CYRILLIC.isdisjoint(languages)
    if cyrillic and _ISO9.search(word) and _HOOKED.isdisjoint(ours):
        return "iso9"
    word = word.translate(_APOSTROPHES)
    for language in ours:
        if language in _SHARED and _SHARED[language].search(word) and _could(language, word):
            return language
    if not word.isascii() or "'" in word:
        for language, own in _OWN:
            if own.search(word):
                return language
    return next((language for language in ours if _could(language, word)), "cyrillic" if cyrillic else "general")


def _could(language: str, word: str) -> bool:
    """Whether the language has the letters of a word."""
    return not _NEVER[language].search(word)


@cache
def _reader(language: str) -> tuple[re.Pattern[str], Mapping[str, str], Mapping[int, str]]:
    """Letters together, found the longest first, and single ones. What is read of the former is in capitals, so that
    its letters are not read once more."""
    table = {**GENERAL, **LANGUAGES[language]}
    several = {letters: read.upper() for letters, read in table.items() if len(letters) > 1}
    single = str.maketrans({letter: read for letter, read in table.items() if len(letter) == 1})
    return re.compile("|".join(sorted(map(re.escape, several), key=len, reverse=True))), several, single
