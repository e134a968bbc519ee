"""Cyrillic letters read into a-z: Russian, Kazakh, Kyrgyz, Tajik, Uzbek, Serbian, and their neighbours.

Belongs here: how one letter is read, and the few that a language reads its own way. Not here: what two letters have in
common (matching_sounds), endings (matching_parts). Sources: docs/matching-names.md.
"""

import re
from collections.abc import Sequence

LETTERS = {
    "а": "a", "ә": "a", "ӓ": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "ґ": "g", "ѓ": "gy", "д": "d", "ђ": "dy",
    "е": "e", "ѐ": "e", "є": "e", "ё": "yo", "ж": "zh", "җ": "j", "ҷ": "j", "џ": "j", "з": "z", "ѕ": "dz", "и": "i",
    "ѝ": "i", "ӣ": "i", "і": "i", "ї": "i", "й": "y", "ј": "y", "к": "k", "қ": "q", "ќ": "ky", "ҡ": "q", "л": "l",
    "љ": "ly", "м": "m", "н": "n", "ң": "ng", "њ": "ny", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "ћ": "ch", "у": "u", "ў": "o", "ӯ": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh", "ҳ": "h", "һ": "h", "ц": "ts",
    "ч": "ch", "ҹ": "j", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "ӂ": "j", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
"""How each letter is read where no language below says otherwise."""

SERBIAN = {"ж": "z", "ц": "ch"}
"""Serbian writes two scripts, its Latin often without hooks (ž as z, ć and č as c): so ж is z, and ц is one with ч."""

_TABLE = str.maketrans(LETTERS)
_SERBIAN_TABLE = str.maketrans(LETTERS | SERBIAN)
_ONLY_SERBIAN = re.compile("[ђјљњћџ]")
_NEVER_SERBIAN = re.compile("[ыэяюёщъьйәғқңөұүһіҳҷӣӯў]")
SOUTH_SLAVIC = frozenset({"sr", "hr", "bs", "cnr", "me", "sh"})
# ё after a consonant is written е more often than not (Пётр, Петр).
_YO = re.compile("(?<=[бвгджзйклмнпрстфхцчшщ])ё")


def read(word: str, languages: Sequence[str]) -> str:
    """A lower-case word in a-z, its letters as its language has them. Letters in no table are left as they are."""
    word = _YO.sub("е", word)
    return word.translate(_SERBIAN_TABLE if _serbian(word, languages) else _TABLE)


def _serbian(word: str, languages: Sequence[str]) -> bool:
    """Whether a word is read as Serbian: by a letter that only Serbian has, else where the deployment is."""
    if _ONLY_SERBIAN.search(word):
        return True
    return not SOUTH_SLAVIC.isdisjoint(languages) and not _NEVER_SERBIAN.search(word)
