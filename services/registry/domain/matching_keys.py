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
WORDS_OF_A_FIELD = 3
"""Of a field that may hold a whole name: family name, given name and patronymic."""
PARTS = ("given", "family", "father")


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


def in_one_field(given: tuple[Token, ...], family: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words of a field that may hold several parts of a name: of the one that is told where the other is not."""
    field = () if given and family else given or family
    return field if len(field) > 1 else ()


def pairs(reading: Reading) -> Iterator[tuple[frozenset[str], str]]:
    """Each two names that are a term, with the parts that they may be of. Two words of one part are two names only
    where they may be of two parts."""
    found = dict(zip(PARTS, _parts(reading), strict=True))
    for (one, some), (two, others) in combinations(found.items(), 2):
        yield from ((frozenset({one, two}), pair(first, second)[1]) for first in some for second in others)
    if in_one_field(reading.given, reading.family):
        held = found["given"] or found["family"]
        may_be = PARTS[:2] if found["father"] else PARTS
        for first, second in combinations(held, 2):
            names = pair(first, second)[1]
            yield from ((frozenset(two), names) for two in combinations(may_be, 2))


def _parts(reading: Reading) -> list[tuple[str, ...]]:
    """What given name, family name and father's name are found by."""
    whole = in_one_field(reading.given, reading.family)
    if not whole:
        return [words(part) for part in (reading.given, reading.family, reading.father)]
    said = sorted((token for token in whole if not token.initial), key=lambda token: token.weak)
    held = tuple(dict.fromkeys(token.skeleton for token in said))[:WORDS_OF_A_FIELD]
    return [held if reading.given else (), held if reading.family else (), words(reading.father)]


def _terms(reading: Reading, birth: Birth, area: str) -> Iterator[tuple[Kind, str]]:
    both = list(pairs(reading))
    yield from ((Kind.NAMES, names) for _, names in both)
    if area:  # brothers and sisters share the other two names, and the area
        own = PARTS[0] if reading.given or not in_one_field(reading.given, reading.family) else PARTS[1]
        yield from ((Kind.NAMES_AND_AREA, f"{names}|{area}") for parts, names in both if own in parts)
    days, years = _days(birth), _years(birth)
    for name in {name for part in _parts(reading) for name in part}:
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
