"""What text a cell may hold: nothing unprintable or invisible, no name in letters of two scripts, nothing endless.

Not here: which cells a line needs (register_rules), how names are written (names, in registry).
"""

import re
from collections.abc import Mapping

from services.cli.register_errors import Findings
from services.registry.domain import names

LONGEST_TEXT = 200
LONGEST_KEY = 100

# Control characters, line separators, bidirectional overrides and the mark of lost text.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
# Of no width, or marks that turn the direction of what stands beside them.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f]"
)
# The joiners shape Arabic letters and are part of names there; between other letters they only hide.
JOINERS = re.compile("[\u200c\u200d]")
SUSPICIOUS = re.compile(f"{UNPRINTABLE.pattern}|{INVISIBLE.pattern}|{JOINERS.pattern}")
SCRIPTS = {
    "Latn": re.compile("[A-Za-zªºÀ-ÖØ-öø-ʯᴀ-ᶿḀ-ỿⱠ-Ɀ꜠-ꟿﬀ-ﬆＡ-Ｚａ-ｚ]"),
    "Cyrl": re.compile("[Ѐ-ԯᲀ-ᲊᴫᵸⷠ-ⷿꙀ-ꚟ]"),
    "Arab": re.compile("[ؠ-يٮ-ۓەۺ-ۿݐ-ݿࡰ-ࢎࢠ-ࣉﭐ-ﷇﷰ-ﷻﹰ-ﻼ]"),
}


def check_text(found: Findings, long: frozenset[str]) -> None:
    """Every cell: characters and length; `long` columns hold names, the others keys and codes."""
    cells = found.cells
    if SUSPICIOUS.search("|".join(cells.values())):
        for column, value in cells.items():
            if UNPRINTABLE.search(value):
                found.refuse(column, "unprintable-character")
            elif INVISIBLE.search(value) or (JOINERS.search(value) and not SCRIPTS["Arab"].search(value)):
                found.refuse(column, "invisible-character")
    for column, value in cells.items():
        if len(value) > LONGEST_KEY and len(value) > (LONGEST_TEXT if column in long else LONGEST_KEY):
            found.refuse(column, "cell-length")


def check_name(found: Findings, columns: tuple[str, ...], script: str) -> None:
    """The parts of one name are written as registry wants names: letters of the script named, joined as names are."""
    for column in columns:
        text = found.cells.get(column, "")
        problem = names.part_problem(names.written(text), script) if text else None
        if problem is not None:
            found.refuse(column, problem[0])


def scripts_of(text: str) -> set[str]:
    """The scripts, of those that registers here are written in, of which the text has letters."""
    if text.isascii():  # most cells, or none of the letters below
        return {"Latn"} if SCRIPTS["Latn"].search(text) else set()
    return {script for script, letters in SCRIPTS.items() if letters.search(text)}


def script_of(cells: Mapping[str, str], columns: tuple[str, ...]) -> str | None:
    """The one script of a name's parts; empty where there is no name, None where the letters do not tell."""
    text = " ".join(cells.get(column, "") for column in columns).strip()
    if not text:
        return ""
    found = scripts_of(text)
    return found.pop() if len(found) == 1 else None
