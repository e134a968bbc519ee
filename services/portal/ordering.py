"""Names in the order of the alphabet: code points put Ё, Ў, Қ, Ş and پ where no reader looks for them.

One order for all of our scripts: a letter with a mark follows its base, additional letters stand where the alphabets of
the region have them. Not here: lists long enough to be sorted by a service (PostgreSQL's ICU collations).
"""

import unicodedata
from collections.abc import Iterable

CYRILLIC = "аәбвгғдђеёєжҗзиіїйјкқлљмнңњоөпрсстћуўүұфхҳһцчҷџшщъыьэюя"
ARABIC = "آأاٲٳبٻپتٹٺٿثجڄچڇحخدڈڌڊڏذرڑزژسشصضطظعغفڦقکكگڳڱلمنںوہهۃھءیيئےۓ"
KEPT = frozenset("йёїў")
"""Letters of their own that Unicode would take apart."""

_ORDER = {letter: (at, 0) for alphabet in (CYRILLIC, ARABIC) for at, letter in enumerate(alphabet)}


def key(text: str) -> tuple[tuple[object, ...], str]:
    """What to sort a name by."""
    return tuple(_letter(each) for each in _letters(text.casefold())), text


def _letters(text: str) -> Iterable[str]:
    for each in unicodedata.normalize("NFC", text):
        yield from each if each in KEPT or each in _ORDER else unicodedata.normalize("NFD", each)


def _letter(letter: str) -> tuple[int, int, str]:
    """Digits and Latin first, then Cyrillic, then Arabic; a mark on its own last among what follows a letter."""
    if letter in _ORDER:
        script = 2 if letter in ARABIC else 1
        return script, _ORDER[letter][0], letter
    counts = letter.isalnum() or unicodedata.combining(letter)
    return 0, ord(letter) if counts else 0, letter
