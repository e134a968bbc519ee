"""What names say of a found child and a missing one: a reason more, never a reason against (CARE C8).

A foundling's name is what a small child told, or what whoever found it gave it: it counts little. Not here: the facts
that propose a pair (alerts_comparing), how names are read and compared (matching_names, matching_comparing).
"""

from collections.abc import Iterable, Mapping

from services.registry.domain import matching_comparing as comparing
from services.registry.domain.matching_names import Reading
from services.registry.domain.matching_weights import Weights, total
from services.registry.domain.names import PROVISIONAL, Name

TOLD, GIVEN_TO_IT = 0.5, 0.25
"""Of what a name is worth between two records so much is left where it was told, or given provisionally."""
OTHER_SCRIPT = "other-script"
UNTOLD = "Latn"
"""The script of a text that has no letter."""
SILENT = frozenset({comparing.DIFFERENT, comparing.INITIAL})
"""Levels that speak for nothing here."""


def as_name(text: str) -> Name:
    """A name that somebody wrote down in one line: family name, given name, the rest the father's; one word is given.

    Which comes first is not known, and parts are compared in any order. What the letters are is seen when it is read.
    """
    first, *rest = text.split() or [""]
    if not rest:
        return Name(UNTOLD, given=first)
    return Name(UNTOLD, family=first, given=rest[0], patronymic=" ".join(rest[1:]))


def evidence(missing: Iterable[Reading], found: Iterable[Reading], weights: Weights) -> tuple[float, tuple[str, ...]]:
    """How many bits the names speak for one child, none against, and the reasons by code; best of several names."""
    theirs = tuple(found)
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for one in missing:
        for other in theirs:
            share = GIVEN_TO_IT if other.kind == PROVISIONAL else TOLD
            for levels in comparing.names(one, other):
                score = round(total(weights, levels) * share, 1)
                speaking = _reasons(levels)
                if speaking and score > best[0]:
                    best = score, speaking if one.script == other.script else (*speaking, OTHER_SCRIPT)
    return best


def _reasons(levels: Mapping[str, str]) -> tuple[str, ...]:
    """What speaks for one child; nothing where no part of the names does."""
    said = tuple(f"{fact}-{level}" for fact in comparing.FACTS if (level := levels.get(fact)) and level not in SILENT)
    return said if set(said) - {f"{comparing.ORDER}-{comparing.SWAPPED}"} else ()
