"""What a record is found by: terms of two facts each, which store keeps as keyed digests and never as words.

One name alone, or one birthday, is carried by too many and says too much where it is kept: a term joins two names, a
name and a birth, or two names and an area (reference: compound blind indexes). Here are the terms; blinding them is
store.matching_terms. What agrees in full is seen only in the records found, by matching_comparing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from uuid import UUID

from services.registry.domain.children_age import Birth
from services.registry.domain.matching_names import Reading, Token

LONGEST_SPAN = 3
"""Of a birth within more years than these, no year is a term."""
WORDS_OF_A_PART = 2


class Kind(IntEnum):
    """What a term joins; part of the digest's place, so that kinds never meet."""

    NAMES = 1
    NAME_AND_DAY = 2
    NAME_AND_YEAR = 3
    NAMES_AND_AREA = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of a record, or of a search, is compared with others.

    `region`: the area right below the country in which the responsible authority lies. `mother`, `father`: the names of
    those on record as parents. `parents`, `siblings`: who is on record as such, by id.
    """

    names: tuple[Reading, ...]
    sex: str
    birth: Birth
    area: str = ""
    region: str = ""
    birth_region: str = ""
    mother: tuple[Reading, ...] = ()
    father: tuple[Reading, ...] = ()
    parents: frozenset[UUID] = frozenset()
    siblings: frozenset[UUID] = frozenset()


def terms(likeness: Likeness) -> frozenset[tuple[Kind, str]]:
    """The terms of a record; none where there is one name and no birth, or no name."""
    return frozenset(found for reading in likeness.names for found in _terms(reading, likeness.birth, likeness.area))


def pair(one: str, other: str) -> tuple[Kind, str]:
    """The term of two names, whichever part each is (parts are swapped in papers)."""
    return Kind.NAMES, "|".join(sorted((one, other)))


def words(part: tuple[Token, ...]) -> tuple[str, ...]:
    """The skeletons by which a part is found: of its words that say something, the first few, and of all together."""
    strong = [token.skeleton for token in part if not (token.weak or token.initial)]
    strong = strong or [token.skeleton for token in part if not token.initial]
    return tuple(dict.fromkeys(strong[:WORDS_OF_A_PART]))


def _terms(reading: Reading, birth: Birth, area: str) -> Iterator[tuple[Kind, str]]:
    parts = [words(part) for part in (reading.given, reading.family, reading.father)]
    for some, others in combinations(parts, 2):
        yield from (pair(one, other) for one in some for other in others)
    if area:  # brothers and sisters share the other two names, and the area
        own, *beside = parts
        both = {pair(one, other)[1] for one in own for some in beside for other in some}
        yield from ((Kind.NAMES_AND_AREA, f"{names}|{area}") for names in both)
    days, years = _days(birth), _years(birth)
    for name in {name for part in parts for name in part}:
        yield from ((Kind.NAME_AND_DAY, f"{name}|{day}") for day in days)
        yield from ((Kind.NAME_AND_YEAR, f"{name}|{year}") for year in years)


def _days(birth: Birth) -> tuple[str, ...]:
    """The day, where it is known and not the first of January, which stands for not known."""
    day = birth.born_from
    if day is None or day != birth.born_to or (day.month, day.day) == (1, 1):
        return ()
    return (day.isoformat(),)


def _years(birth: Birth) -> tuple[int, ...]:
    if birth.born_from is None or birth.born_to is None:
        return ()
    years = range(birth.born_from.year, birth.born_to.year + 1)
    return tuple(years) if len(years) <= LONGEST_SPAN else ()
