"""A part of a name taken apart into words: initials known by their dot, compounds that are written apart put together.

Not here: how a word is read (matching_letters), what of a word is an ending or a title (matching_parts).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.registry.domain import matching_letters as letters
from services.registry.domain.matching_letters_latin import APOSTROPHES

# Spaces, hyphens and whatever else is no letter stand between words; an apostrophe and a mark stand in one.
_WORD = re.compile(rf"((?:[^\W\d_]|[{APOSTROPHES}\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640])+)(\.?)")
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CHILD_OF_SHORT = re.compile(r"\b[sdwc]\s?/\s?o\b|\bг-жа\b|\bг-н\b|\bд-р\b")
"""s/o, d/o (son, daughter of), г-н, г-жа, д-р (Mr, Mrs, Dr): they would be read as initials."""

_BEGIN = frozenset({"abd", "abdu", "abdul", "abdur", "abdus", "abdush", "abduz", "abdun", "abdel", "abdal", "abdol",
                    "abdl", "abdi", "abu", "umm"})  # fmt: skip
_BETWEEN = frozenset({"ul", "ur", "ud", "us", "uz", "un", "al", "el", "ad", "ar", "as", "az", "an", "ed", "er", "es",
                      "id"})  # fmt: skip
_END = frozenset({"uddin", "udin", "eddin", "iddin", "aldin", "ullah", "ulla", "ulloh", "ullo", "allah", "olla",
                  "olloh"})  # fmt: skip
"""Compounds that are written apart: what goes with the word after it, what with both beside it, what with the word
before it."""
_SHORT = frozenset({"sh", "ch", "zh", "kh", "ts", "j", "yu", "ya", "yo", "iu", "ia", "dy", "ly", "ny", "th", "ph",
                    "gh"})  # fmt: skip
"""What one letter, or one sound, of a name is read as."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written; `dotted` where a dot follows, as after initials and short forms."""

    letters: str
    dotted: bool


def words(part: str) -> list[Word]:
    """The words of a part of a name, in lower case and composed."""
    part = letters.one_form(part)
    if not part.isascii():
        part = _ZERO_WIDTH.sub("", part)
    if letters.has_arabic(part):
        part = letters.arabic.letters(part)
    elif "/" in part or "-" in part:
        part = _CHILD_OF_SHORT.sub(" ", part)
    return [Word(found, bool(dot)) for found, dot in _WORD.findall(part)]


def initial(word: Word, text: str) -> bool:
    """Whether a word, read as `text`, stands for a name by its first letter: А., Sh., Дж."""
    return len(word.letters) == 1 or (word.dotted and text in _SHORT)


def together(read: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Words in a-z, each with whether it is an initial; compounds put together: abdul rahman, zia ul haq."""
    found: list[tuple[str, bool]] = []
    joining = False
    for text, short in read:
        if found and not short and (joining or text in _END or text in _BETWEEN):
            found[-1] = (found[-1][0] + text, False)
            joining = text in _BETWEEN
        else:
            found.append((text, short))
            joining = not short and text in _BEGIN
    return found
