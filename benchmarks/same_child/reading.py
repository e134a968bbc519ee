"""How two forms of one name are read by themselves: which level of likeness they reach.

Not here: whole records, where dates, places and the father hide how a name was read (measuring).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from benchmarks.same_child import peoples, registers, words
from benchmarks.same_child.words import Word
from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_names
from services.registry.domain import matching_weights as weighing
from services.registry.domain.children_age import Birth
from services.registry.domain.matching_keys import Likeness
from services.registry.domain.names import Name

GIVEN, FAMILY = "given", "family"
Form = tuple[str, str]
"""A script and a text in it."""


@dataclass(frozen=True)
class Beside:
    """Two forms of one name, and the level they reach."""

    one: str
    other: str
    level: str


def levels(language: str, names: int) -> Iterator[Beside]:
    """Every two forms of each given name and each family of a people, in any of its writings and orthographies."""
    own = words.load(language, names)
    read_as = next(each.languages for each in registers.REGISTERS.values() if language in each.peoples)
    for part, whole in ((GIVEN, (*own.boys, *own.girls)), (FAMILY, own.families)):
        for word in whole:
            for one, other in combinations(sorted(_forms(language, word, part)), 2):
                yield Beside(one[1], other[1], _level(part, one, other, read_as))


def _forms(language: str, word: Word, part: str) -> set[Form]:
    found = set()
    for writing, variant in product(peoples.WRITINGS[language].values(), range(4)):
        text = word.written(writing.column, variant)
        if part == FAMILY:
            text = peoples.surname(language, word, "M", writing, "ov", variant)
        found.add((writing.script, peoples.written(text, writing, variant)))
    return found


def _level(part: str, one: Form, other: Form, languages: Sequence[str]) -> str:
    likenesses = [
        Likeness(
            matching_names.read([Name(script, "current", **{part: text})], languages),
            "M",
            Birth(None, None, "day", "documented"),
            "",
            "",
        )
        for script, text in (one, other)
    ]
    return comparing.compare(*likenesses, lambda found: weighing.total(weighing.DEFAULT, found))[part]
