"""Names for the children of tests: each child its own, so that no two are taken for one child by our own comparison.

A name is invented from syllables, the same for the same number, and can be written in each script. A test that needs
two children of one name says so itself. Not here: the rest of an identity (tests/integration/registered).
"""

from itertools import count
from random import Random

from services.registry.domain import matching_comparing, matching_names

CONSONANTS, VOWELS = "bdgklmnrstz", "aiou"
CYRILLIC = str.maketrans("bdgklmnrstzaiou", "бдгклмнрстзаиоу")
ARABIC = str.maketrans("bdgklmnrstzaiou", "بدگکلمنرستزایوو")
SYLLABLES = 4

_numbers = count(1)
_given = []


def invented(number, script="Cyrl"):
    """The (family, given) name of a number."""
    drawn = Random(number)
    words = ["".join(drawn.choice(CONSONANTS) + drawn.choice(VOWELS) for _ in range(SYLLABLES)) for _ in range(2)]
    if script == "Arab":
        return tuple(word.translate(ARABIC) for word in words)
    return tuple((word.translate(CYRILLIC) if script == "Cyrl" else word).capitalize() for word in words)


def fresh(script="Cyrl", **parts):
    """A name like no other child's, as a request says it; with these parts in place of the invented ones."""
    family, given = invented(number(), script)
    return {"script": script, "family": family, "given": given} | parts


def number():
    """The number of a name like no other child's, for who writes it in several scripts."""
    return next(number for number in _numbers if _unlike(invented(number, "Latn")[1]))


def _unlike(given):
    """Whether no child so far has a given name like this one: that alone makes two children of them."""
    word = matching_names.tokens(given, "Latn", ())
    if any(matching_comparing.part(word, each, True) != matching_comparing.DIFFERENT for each in _given):
        return False
    _given.append(word)
    return True
