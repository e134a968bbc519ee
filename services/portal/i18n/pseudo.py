"""Two languages that nobody speaks, for tests alone: en-XA (accented, longer) and ar-XB (from right to left).

What stands on a page without their marks was never given to the catalogues; what does not turn was placed by left and
right. Only a process with KINWARD_TESTING=1 offers them.
"""

import os
import re

ACCENTED, MIRRORED = "en-XA", "ar-XB"
NAMES = {ACCENTED: "⟦Ȧȧ⟧", MIRRORED: "⟦Xb⟧"}
OPEN, CLOSE = "⟦", "⟧"
KEPT = re.compile(r"(%\([a-z_]+\)[a-z]|%%|<[^>]*>|&[a-z]+;)")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
LONGER = 0.4
RIGHT_TO_LEFT, END = "\u202e", "\u202c"


def offered() -> dict[str, str]:
    """The two by their names, in a test; nowhere else."""
    return NAMES if os.environ.get("KINWARD_TESTING") == "1" else {}


def say(language: str, text: str) -> str:
    """A text in one of them; placeholders and tags stay."""
    parts = KEPT.split(text)
    if language == MIRRORED:
        said = "".join(part if at % 2 else f"{RIGHT_TO_LEFT}{part}{END}" * bool(part) for at, part in enumerate(parts))
        return f"{OPEN}{said}{CLOSE}"
    said = "".join(part if at % 2 else part.translate(LETTERS) for at, part in enumerate(parts))
    return f"{OPEN}{said}{' ~' * round(len(text) * LONGER / 2)}{CLOSE}"


def of_pack(language: str, text: str) -> str:
    """A word of the pack, for which not the catalogues but the pack has the languages."""
    return say(language, text) if language in NAMES else text
