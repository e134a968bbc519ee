"""How a person's name may be written: letters of the script it names, joined as names are; nothing unseen in it.

Belongs here: the value Name, its one written form (NFC) and the rules of writing, for children and for everybody else.
Not here: whose name it is (children, families), comparing names of two records (joining).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shared.errors import Invalid

LONGEST = 200
PARTS = ("family", "given", "patronymic", "father")
AT_BIRTH = "birth"
PROVISIONAL = "provisional"
"""The name that a foundling is given until it has one (CARE C8)."""

SCRIPTS = {"Cyrl": "CYRILLIC", "Latn": "LATIN", "Arab": "ARABIC", "Geor": "GEORGIAN", "Armn": "ARMENIAN"}
"""How the Unicode names of a script's letters begin, by the script's code (ISO 15924)."""

_SPACES = re.compile("[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_ZERO_WIDTH = frozenset("\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff")
_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# ASCII and typographic hyphens; apostrophes as typewriters, Uzbek (ʻ ʼ) and Latin typography have them.
_JOINING = frozenset(" -\u2010\u2011.'\u2018\u2019\u02bb\u02bc`\u00b4")
_LETTERS = {
    "Cyrl": "\u0400-\u0481\u048a-\u052f",
    "Latn": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f",
    "Arab": "\u0620-\u063f\u0641-\u064a\u0671-\u06d3",
}
_ORDINARY = {
    script: re.compile(f"[{letters}]+(?:[ .'\u2019\u02bb\u02bc-][{letters}]+)*") for script, letters in _LETTERS.items()
}
"""What nearly every name looks like: seen at once to be well written."""


@dataclass(frozen=True)
class Name:
    """One name as written in one script. Parts are as the papers have them; any may be empty.

    `father` is the father's name where a people's names have it beside, or instead of, a patronymic.
    """

    script: str
    kind: str = AT_BIRTH
    family: str = ""
    given: str = ""
    patronymic: str = ""
    father: str = ""

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """The parts in the order of PARTS."""
        return self.family, self.given, self.patronymic, self.father


def written(text: str) -> str:
    """The one form in which a text is kept: NFC, single ordinary spaces, none at the ends."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text) if _SPACES.search(text) else text
    return text.strip(" ")


def as_written(name: Name) -> Name:
    """The name with each part in its one written form."""
    parts = tuple(map(written, name.parts))
    return name if parts == name.parts else replace(name, **dict(zip(PARTS, parts, strict=True)))


def problems(names: Iterable[Name], field: str = "names") -> Iterator[Invalid]:
    """What is wrong with the writing of names, each problem with its field (names.0.given) and rule.

    Never the name itself. Names are expected as `as_written` makes them.
    """
    seen: set[Name] = set()
    for place, name in enumerate(names):
        here = f"{field}.{place}"
        if not any(name.parts):
            yield Invalid(
                "A name has at least one part; a child without a name has no names.", field=here, rule="name-empty"
            )
        if name in seen:
            yield Invalid("The same name is given twice.", field=here, rule="name-once")
        seen.add(name)
        for part, text in zip(PARTS, name.parts, strict=True):
            found = part_problem(text, name.script)
            if found is not None:
                rule, message = found
                yield Invalid(message, field=f"{here}.{part}", rule=rule)


def part_problem(text: str, script: str) -> tuple[str, str] | None:
    """The first rule that a part of a name breaks, and why in words; None for a well written one, or an empty one."""
    if not text or (len(text) <= LONGEST and script in _ORDINARY and _ORDINARY[script].fullmatch(text)):
        return None
    if len(text) > LONGEST:
        return "name-length", f"A part of a name has at most {LONGEST} characters."
    return _unseen(text) or _foreign(text) or _scripts(text, script) or _marks(text)


def _unseen(text: str) -> tuple[str, str] | None:
    """Characters that nobody sees and that change what is read or found."""
    if not _ZERO_WIDTH.isdisjoint(text):
        return "name-zero-width", "Holds a character without width. Type the name instead of copying it."
    if not _BIDIRECTIONAL.isdisjoint(text):
        return "name-bidirectional", "Holds a character that turns the direction of writing. Type the name again."
    if any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for each in text):
        return "name-control", "Holds a control character, or one that is no character. Type the name again."
    return None


def _foreign(text: str) -> tuple[str, str] | None:
    """Digits, signs, and parts without any letter."""
    kinds = {unicodedata.category(each) for each in text if each not in _JOINING}
    if not kinds.isdisjoint({"Nd", "Nl", "No"}):
        return "name-digits", "A name has no digits."
    if any(kind[0] not in "LM" for kind in kinds):
        return "name-characters", "A name has letters, hyphens, apostrophes, spaces and the dots of initials."
    if not any(unicodedata.category(each)[0] == "L" and each not in _JOINING for each in text):
        return "name-letters", "A part of a name has letters. Leave empty what is not known."
    return None


def _scripts(text: str, script: str) -> tuple[str, str] | None:
    """Letters of another script than the name says, or of several."""
    found = {_script(each) for each in text if unicodedata.category(each)[0] == "L" and each not in _JOINING}
    if len(found) > 1:
        return "name-mixed-scripts", "Mixes letters of several scripts: some look alike and are not the same."
    if script in SCRIPTS and found != {SCRIPTS[script]}:
        return "name-script", "Is written in another script than it says."
    return None


def _marks(text: str) -> tuple[str, str] | None:
    """Marks stand on a letter, at most three of them."""
    run = 3  # as if full: a mark at the beginning stands on nothing
    for each in text:
        mark = unicodedata.category(each)[0] == "M"
        run = run + 1 if mark else 0 if unicodedata.category(each)[0] == "L" else 3
        if mark and run > 3:
            return "name-marks", "Has marks that stand on no letter, or too many on one."
    return None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ", 1)[0]
