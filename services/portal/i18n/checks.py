"""What a machine can see to be wrong in a translated text (portal.md 3). Not here: whether the words are right."""

import re
import unicodedata
from collections.abc import Iterator

from services.portal.i18n import sources
from services.portal.i18n.catalogues import Entry, File, Source

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%%")
TAG = re.compile(r"</?[a-z][^>]*>")
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC")
OPENING, ISOLATES = "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068"
CLOSING, END_OF_ISOLATE = "\u202c", "\u2069"
WRONG_LETTERS = {
    "ur": {"ي": "ی", "ك": "ک", "ه": "ہ"},
    "ro": {"ş": "ș", "ţ": "ț", "Ş": "Ș", "Ţ": "Ț"},
}
SHORT = 16
"""Letters that every button has room for, however short its English text is."""
UZBEK = re.compile(r"[oOgG]['’‘`ʼ]")


def findings(language: str, file: File) -> list[str]:
    """What is wrong in a file, one line each."""
    found = [
        f"{each.source.text[:60]!r}: {wrong}" for each in file.entries for wrong in of_entry(language, each, file.forms)
    ]
    if file.entries and len({each.source.key for each in file.entries}) < len(file.entries):
        found.append("the same text twice")
    return found


def of_entry(language: str, entry: Entry, forms: int) -> Iterator[str]:
    """What is wrong with one text."""
    source = entry.source
    expected = forms if source.plural is not None else 1
    if len(entry.strings) != expected:
        yield f"{len(entry.strings)} plural forms, {expected} are needed"
    for text in entry.strings:
        yield from _of_text(language, source, text)


def _of_text(language: str, source: Source, text: str) -> Iterator[str]:
    allowed = [each for each in (source.text, source.plural) if each is not None]
    if sorted(PLACEHOLDER.findall(text)) not in [sorted(PLACEHOLDER.findall(each)) for each in allowed]:
        yield f"its placeholders are {sorted(PLACEHOLDER.findall(text))}"
    if sorted(TAG.findall(text)) not in [sorted(TAG.findall(each)) for each in allowed]:
        yield f"its tags are {sorted(TAG.findall(text))}"
    if source.text in sources.buttons() and len(text) > max(SHORT, 2 * len(source.text)):
        yield f"{len(text)} letters on a button, {max(SHORT, 2 * len(source.text))} fit"
    if text.strip() != text and source.text.strip() == source.text:
        yield "white space at an end"
    plain = TAG.sub(" ", PLACEHOLDER.sub(" ", text))
    for word in WORD.findall(plain):
        if len(scripts := {script for letter in word if (script := _script(letter))}) > 1:
            yield f"{word!r} mixes {' and '.join(sorted(scripts)).lower()} letters"
    for wrong, right in WRONG_LETTERS.get(language, {}).items():
        if wrong in plain:
            yield f"{wrong!r} where the language writes {right!r}"
    if language in {"uz", "uz-Latn"} and UZBEK.search(plain):
        yield "an apostrophe where the letter ʻ (U+02BB) belongs"
    if not balanced(text):
        yield "marks of direction are not closed"


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "")
    return next((script for script in SCRIPTS if name.startswith(script)), None)


def balanced(text: str) -> bool:
    """Whether each mark that turns the direction has its end, and no end is without one."""
    embedded = isolated = 0
    for each in text:
        embedded += (each in OPENING) - (each == CLOSING)
        isolated += (each in ISOLATES) - (each == END_OF_ISOLATE)
        if embedded < 0 or isolated < 0:
            return False
    return embedded == isolated == 0
