"""How each people makes a full name: family names, patronymics, the father's name, in each of its writings.

A writing is an alphabet and an orthography: Kazakh in its own letters, in Russian ones, in Latin. Those that papers
make by rule are made by published rules: iuliia (Russian to Latin), cyrtranslit (Serbian), alifbo (Uzbek).
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

import alifbo
import cyrtranslit
import iuliia

from benchmarks.same_child.words import Word

SCHEMES = ("ICAO_DOC_9303", "BGN_PCGN", "GOST_52290", "GOST_52535", "MVD_782", "WIKIPEDIA", "TELEGRAM", "GOST_16876")
Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Writing:
    """A script, the forms it takes, and what is done to them."""

    script: str
    column: str
    adapted: Callable[[str, int], str] = lambda text, _: text


def _ascii(text: str, _: int = 0) -> str:
    text = text.replace("đ", "dj").replace("Đ", "Dj").replace("ň", "n").replace("ž", "z").replace("Ž", "Z")
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _cedilla(text: str, _: int) -> str:
    return text.translate(str.maketrans("șțȘȚ", "şţŞŢ"))


def _romanised(text: str, variant: int) -> str:
    scheme = getattr(iuliia, SCHEMES[variant % len(SCHEMES)])
    plain = scheme.translate(text.replace("ё", "е").replace("Ё", "Е"))
    return "".join(each for each in plain if each in " -.'" or unicodedata.name(each).startswith("LATIN"))


def _apostrophes(text: str, variant: int) -> str:
    return text.translate(str.maketrans("ʻʼ", ("ʻʼ", "''", "‘’", "``")[variant % 4]))


def _new_uzbek(text: str, _: int) -> str:
    return alifbo.to_new_latin(text).text


LATIN, CYRILLIC, ARABIC = Writing("Latn", "Latn"), Writing("Cyrl", "Cyrl"), Writing("Arab", "Arab")
RUSSIAN, ASCII = Writing("Cyrl", "ru"), Writing("Latn", "Latn", _ascii)
WRITINGS: Mapping[str, Mapping[str, Writing]] = MappingProxyType(
    {
        "ru": {"Cyrl": CYRILLIC, "Latn": Writing("Latn", "Cyrl", _romanised)},
        "kk": {"Cyrl": CYRILLIC, "ru": RUSSIAN, "Latn": LATIN},
        "ky": {"Cyrl": CYRILLIC, "ru": RUSSIAN, "Latn": LATIN},
        "tg": {"Cyrl": CYRILLIC, "ru": RUSSIAN, "Latn": LATIN, "Arab": ARABIC},
        "uz": {
            "Latn": Writing("Latn", "Latn", _apostrophes),
            "Cyrl": CYRILLIC,
            "ru": RUSSIAN,
            "new": Writing("Latn", "Latn", _new_uzbek),
        },
        "sr": {
            "Latn": LATIN,
            "Cyrl": Writing("Cyrl", "Latn", lambda text, _: cyrtranslit.to_cyrillic(text, "sr")),
            "ascii": ASCII,
        },
        "hr": {"Latn": LATIN, "ascii": ASCII},
        "ro": {"Latn": LATIN, "cedilla": Writing("Latn", "Latn", _cedilla), "ascii": ASCII},
        "tk": {"Latn": LATIN, "Cyrl": CYRILLIC, "ru": RUSSIAN, "ascii": ASCII},
        "ur": {"Arab": ARABIC, "Latn": LATIN},
        "fa": {"Arab": ARABIC, "Latn": LATIN},
    }
)
SURNAMES: Mapping[str, Shares] = MappingProxyType(
    {
        "kk": (("ov", 0.65), ("bare", 0.25), ("uly", 0.1)),
        "ky": (("ov", 0.6), ("uly", 0.2), ("bare", 0.2)),
        "tg": (("ov", 0.45), ("zoda", 0.25), ("bare", 0.15), ("i", 0.1), ("iyon", 0.05)),
        "uz": (("ov", 0.95), ("bare", 0.05)),
    }
)
PATRONYMICS: Mapping[str, Shares] = MappingProxyType(
    {
        "ru": (("ovich", 0.95), ("none", 0.05)),
        "kk": (("uly", 0.5), ("ovich", 0.4), ("none", 0.1)),
        "ky": (("ovich", 0.5), ("uly", 0.25), ("none", 0.25)),
        "tg": (("ovich", 0.5), ("zoda", 0.3), ("none", 0.2)),
        "uz": (("uly", 0.6), ("ovich", 0.35), ("none", 0.05)),
        "tk": (("ovich", 0.6), ("uly", 0.35), ("none", 0.05)),
        "sr": (("father", 0.6), ("none", 0.4)),
        "hr": (("father", 0.4), ("none", 0.6)),
        "ro": (("father", 0.4), ("none", 0.6)),
        "ur": (("father", 0.97), ("none", 0.03)),
        "fa": (("father", 0.92), ("none", 0.08)),
    }
)
SLAVIC = frozenset({"ru", "kk", "ky", "tg", "uz", "tk"})
SON_OF = {
    ("kk", "Cyrl"): ("ұлы", "қызы", ""), ("kk", "ru"): ("улы", "кызы", ""), ("kk", "Latn"): ("uly", "kyzy", ""),
    ("ky", "Cyrl"): ("уулу", "кызы", " "), ("ky", "ru"): ("уулу", "кызы", " "), ("ky", "Latn"): ("uulu", "kyzy", " "),
    ("uz", "Cyrl"): ("ўғли", "қизи", " "), ("uz", "ru"): ("угли", "кизи", " "), ("uz", "Latn"): ("oʻgʻli", "qizi", " "),
    ("tk", "Cyrl"): ("оглы", "гызы", " "), ("tk", "ru"): ("оглы", "кызы", " "), ("tk", "Latn"): ("ogly", "gyzy", " "),
}  # fmt: skip
ENDINGS = {
    "Cyrl": {"zoda": "зода", "i": "ӣ", "iyon": "иён"},
    "ru": {"zoda": "зода", "i": "и", "iyon": "иён"},
    "Latn": {"zoda": "zoda", "i": "i", "iyon": "iyon"},
    "Arab": {"zoda": " زاده", "i": "ی", "iyon": "یان"},
}
IRREGULAR = {
    "Илья": ("Ильич", "Ильинична"), "Никита": ("Никитич", "Никитична"), "Лука": ("Лукич", "Лукинична"),
    "Пётр": ("Петрович", "Петровна"), "Павел": ("Павлович", "Павловна"), "Лев": ("Львович", "Львовна"),
    "Яков": ("Яковлевич", "Яковлевна"), "Михаил": ("Михайлович", "Михайловна"),
    "Данила": ("Данилович", "Даниловна"), "Савва": ("Саввич", "Саввична"), "Фома": ("Фомич", "Фоминична"),
    "Кузьма": ("Кузьмич", "Кузьминична"),
}  # fmt: skip


def written(text: str, writing: Writing, variant: int) -> str:
    """The text as this writing has it."""
    return unicodedata.normalize("NFC", writing.adapted(text, variant)) if text else ""


def surname(language: str, word: Word, sex: str, writing: Writing, style: str, variant: int) -> str:
    """The family's name of a son or a daughter."""
    text = word.written(writing.column, variant)
    if not word.root or language not in SLAVIC:
        return _of_daughter(text) if sex == "F" and language in SLAVIC else text
    if style == "uly" and writing.column != "Arab":
        return _child_of(language, text, sex, writing.column)
    if style != "ov":
        bare = style == "i" and text[-1] in "иӣаоуiaou"
        return text if bare else text + ENDINGS.get(writing.column, {}).get(style, "")
    if writing.column == "Arab":
        return text + ("وا" if sex == "F" else "وف")
    return _of_daughter(_ov(language, text)) if sex == "F" else _ov(language, text)


def patronymic(language: str, father: Word, sex: str, writing: Writing, style: str, variant: int) -> str:
    """What says whose son or daughter it is; empty where the style has none or names the father apart."""
    if style in {"none", "father"} or writing.column == "Arab":
        return ""
    text = father.written(writing.column, variant)
    if style == "uly":
        return _child_of(language, text, sex, writing.column)
    if style == "zoda":
        return text + ENDINGS[writing.column]["zoda"]
    if language == "ru":
        return _russian(text, sex)
    stem = _ov(language, text)
    if sex == "F":
        return stem + ("на" if _cyrillic(stem) else "na")
    return stem + ("ич" if _cyrillic(stem) else "iç" if stem.endswith("w") else "ich")


def _child_of(language: str, father: str, sex: str, column: str) -> str:
    son, daughter, joined = SON_OF[language, column]
    return father + joined + (daughter if sex == "F" else son)


def _russian(father: str, sex: str) -> str:
    if father in IRREGULAR:
        return IRREGULAR[father][sex == "F"]
    if father.endswith("ий"):
        stem = father[:-2] + ("иев" if father in {"Дмитрий", "Георгий"} else "ьев")
    elif father[-1] in "йь":
        stem = father[:-1] + "ев"
    else:
        stem = father.rstrip("аяо") + "ов"
    return stem + ("на" if sex == "F" else "ич")


def _ov(language: str, text: str) -> str:
    last = text[-1].lower()
    if _cyrillic(text):
        if last in "йь":
            return text[:-1] + "ев"
        if last == "ӣ":
            return text[:-1] + "иев"
        return text + ("ев" if last in "аәеёиіоөуүұыэюяжшчщц" else "ов")
    vowel = last in "aäeioöuüyýı"
    if language == "tk":
        return text.removesuffix("ý") + ("ýew" if vowel else "ow")
    return text + (("yev" if language in {"kk", "uz"} and last != "y" else "ev") if vowel else "ov")


def _of_daughter(name: str) -> str:
    if name.endswith(("ский", "цкий")):
        return name[:-2] + "ая"
    if name.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return name + "а"
    return name + "a" if name.endswith(("ov", "ev", "ow", "ew")) else name


def _cyrillic(text: str) -> bool:
    return "\u0400" <= text[-1] <= "\u052f"


def drawn(draw: Random, shares: Shares) -> str:
    """One of several, by their shares."""
    return draw.choices([name for name, _ in shares], [share for _, share in shares])[0]
