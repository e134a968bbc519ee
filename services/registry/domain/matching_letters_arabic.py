"""Letters of Arabic script read into a-z: Urdu, Persian, Arabic. Short vowels are not written, so none are read.

Not here: names whose vowels are known (matching_spellings), what two letters have in common (matching_sounds).
Sources: docs/matching-names.md.
"""

import re

SAME = str.maketrans(
    {
        **dict.fromkeys("يىېۍێ", "ی"), **dict.fromkeys("كڪګ", "ک"), **dict.fromkeys("هۀەھۂ", "ہ"),
        **dict.fromkeys("ةۃ", "ہ"), **dict.fromkeys("أإٱٲٳ", "ا"), **dict.fromkeys("ؤۆۇۈۋ", "و"),
        **dict.fromkeys("ۓ", "ے"),
        "ـ": None, "ٰ": None, "\u200c": None, "\u200d": None, "\u200b": None, "ء": None, "ٔ": None, "ٕ": None,
        **dict.fromkeys(map(chr, range(0x064B, 0x0660)), None), **dict.fromkeys("ؐؑؒؓؔ", None),
    }
)  # fmt: skip
"""One letter of those that keyboards and languages have for one; signs of vowels and stretching go."""

LETTERS = {
    "ا": "a", "آ": "a", "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "s", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh",
    "د": "d", "ڈ": "d", "ذ": "z", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "z",
    "ط": "t", "ظ": "z", "ع": "", "غ": "gh", "ف": "f", "ق": "q", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n",
    "ں": "n", "ڻ": "n", "و": "v", "ہ": "h", "ئ": "y", "ی": "y", "ے": "e", "ټ": "t", "ډ": "d", "ړ": "r", "ڼ": "n",
    "ښ": "sh", "ږ": "zh", "څ": "ts", "ځ": "dz",
}  # fmt: skip
"""How each letter is read after SAME. The ayn is heard in no language here but where a word begins."""

_TABLE = str.maketrans(LETTERS)
_SIGNS = str.maketrans({letter: read[:1] or "e" for letter, read in LETTERS.items()} | {"خ": "x", "ش": "w", "چ": "c"})
_ASPIRATE = re.compile("(?<=[بپتٹجچدڈکگڑلمنر])ھ")
# The article, in compounds: Abdul-, -uddin, -ullah, -ul-haq, written together or apart.
_COMPOUNDED = "دین|رحمن|رحمان|رحیم|حق|اسلام|نسا|نساء|زمان|حسن|حسین|کریم|عزیز|قادر|اکبر|عابدین|سادات|عین|لہ"
_APART = re.compile(f"(?<=عبد) (?=ال)|(?<=[^ ]) (?=ال(?:{_COMPOUNDED})(?: |$))")
_ARTICLE = re.compile(f"^(عبد)ال(?=..)|(?<=.)و?ال(?=(?:{_COMPOUNDED})$)")
_GOD = re.compile("(?<=.)ا?للہ$")
# Read one after another, z and h would be zh: the h is not heard there.
_UNHEARD_H = re.compile("(?<=[زذضظکگسصثقتدط])[ہح]")
_FINAL_H = re.compile("(?<=[^اویے])ہ$")
_VOWEL_V = re.compile("(?<=[b-df-hj-np-tx-z])v(?![aey]|$)|v$")
_VOWEL_Y = re.compile("(?<=[b-df-hj-np-tv-x]|z)y(?!a|v|e)|y$")


def letters(part: str) -> str:
    """Words in the one letter of each, without signs, compounds together: what known names are looked up by."""
    return _APART.sub("", _ASPIRATE.sub("", part).translate(SAME))


def signs(word: str) -> str:
    """A word, as `letters` has it, with one sign of a-z for each letter: one wrong key is one difference."""
    return word.translate(_SIGNS)


def read(word: str) -> str:
    """A word, as `letters` has it, in a-z: consonants, and the long vowels as far as letters tell them."""
    if len(word) > 2:
        word = _FINAL_H.sub("ا", _ARTICLE.sub(lambda found: found[1] or "", _GOD.sub("لا", word)))
    word = _UNHEARD_H.sub("", word)
    initial = "a" if word[:1] == "ع" and word[1:2] not in ("ا", "آ", "ی", "و") else ""
    if word[:1] in ("ا", "ع") and word[1:2] in ("ی", "و"):
        return ("i" if word[1] == "ی" else "u") + _vowels(word[2:].translate(_TABLE))
    return _vowels(initial + word.translate(_TABLE))


def _vowels(text: str) -> str:
    return _VOWEL_Y.sub("i", _VOWEL_V.sub("u", text))
