"""Two records beside each other: in what they agree, fact by fact, in levels that weights are estimated for.

Belongs here: the levels, and how two names, births and places reach one. Not here: what a level is worth and what the
whole says (matching_weights), which records are compared at all (matching_keys).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import permutations
from types import MappingProxyType

from rapidfuzz.distance import OSA, JaroWinkler

from services.registry.domain.children_age import DOCUMENTED, Birth
from services.registry.domain.matching_keys import Likeness, in_one_field
from services.registry.domain.matching_names import MEMORY, Reading, Token, distinct

Levels = Mapping[str, str]
"""The level reached in each fact; a fact that either record does not tell is missing."""

GIVEN, FAMILY, FATHER, ORDER, BIRTH, SEX, AREA, BIRTH_AREA, MOTHER, KIN = FACTS = (
    "given", "family", "father", "order", "birth", "sex", "area", "birth_area", "mother", "kin",
)  # fmt: skip
SAME, SPELLING, CONSONANTS, SIMILAR, PART, INITIAL, DIFFERENT = NAME_LEVELS = (
    "same", "spelling", "consonants", "similar", "part", "initial", "different",
)  # fmt: skip
SWAPPED = "swapped"
DAY, NEW_YEAR, TYPING, MONTH, YEAR, CLOSE = "day", "new_year", "typing", "month", "year", "close"
REGION = "region"
PARENT, SIBLING = "parent", "sibling"

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        GIVEN: NAME_LEVELS,
        FAMILY: NAME_LEVELS,
        FATHER: NAME_LEVELS,
        ORDER: (SWAPPED,),
        BIRTH: (DAY, NEW_YEAR, TYPING, MONTH, YEAR, CLOSE, DIFFERENT),
        SEX: (SAME, DIFFERENT),
        AREA: (SAME, REGION, DIFFERENT),
        BIRTH_AREA: (SAME, DIFFERENT),
        MOTHER: NAME_LEVELS,
        KIN: (PARENT, SIBLING),
    }
)
"""The levels of each fact, the closest first."""

SURE, LIKE = 0.93, 0.86
"""Jaro-Winkler similarity of two roots from which they are one name spelt differently, or similar."""
ORDERS = tuple(permutations(range(3)))
"""In which the parts of a name may stand, as they do in papers first."""
ELSEWHERE = tuple(permutations(range(3), 2))
SHORTEST_WITH_A_SLIP = 3
SHORTEST_PART = 4
_FAR = frozenset({"ai", "ia", "au", "ua"})
UNKNOWN_SEX = "U"
_AS_ONE = {"sh": "S", "ch": "C", "zh": "Z", "kh": "H", "gh": "G", "ts": "T", "ya": "A", "yu": "U", "yo": "O", "ye": "E"}
_TWO_LETTERS = re.compile("|".join(_AS_ONE))


def compare(one: Likeness, other: Likeness, worth: Callable[[Levels], float]) -> dict[str, str]:
    """The level of each fact. Of several names that a record has, those two that agree best by `worth` are compared."""
    found = _best(one, other, worth)
    for fact, level in (
        (BIRTH, birth(one.birth, other.birth)),
        (SEX, None if UNKNOWN_SEX in (one.sex, other.sex) else SAME if one.sex == other.sex else DIFFERENT),
        (AREA, _area(one, other)),
        (BIRTH_AREA, _same(one.birth_region, other.birth_region)),
        (MOTHER, _mother(one, other)),
        (KIN, PARENT if one.parents & other.parents else SIBLING if one.siblings & other.siblings else None),
    ):
        if level is not None:
            found[fact] = level
    return found


def scripts(one: Likeness, other: Likeness) -> bool:
    """Whether the two are written in no script both have."""
    ours, theirs = ({name.script for name in each.names} for each in (one, other))
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _best(one: Likeness, other: Likeness, worth: Callable[[Levels], float]) -> dict[str, str]:
    """The agreement of the names; of no names, nothing."""
    found = [
        levels
        for ours in one.names
        for theirs in other.names
        for levels in names(ours, _with_father(theirs, other), _with_father(ours, one).father)
    ]
    return max(found, key=worth, default={})


def _with_father(reading: Reading, likeness: Likeness) -> Reading:
    """The reading, with the given name of the father on record where the name says nothing of him."""
    if reading.father or not likeness.father:
        return reading
    return Reading(
        reading.script, reading.kind, reading.given, reading.family, likeness.father[0].given,
        reading.vowels and likeness.father[0].vowels,
    )  # fmt: skip


def names(one: Reading, other: Reading, father: tuple[Token, ...] | None = None) -> Iterator[dict[str, str]]:
    """The levels of the parts of two names, as they stand and with parts swapped."""
    vowels = one.vowels == other.vowels
    ours = (one.given, one.family, one.father if father is None else father)
    theirs = (other.given, other.family, other.father)
    reached: dict[tuple[int, int], str | None] = {}  # each part beside each other one is compared once
    for order in ORDERS if _crossed(ours, theirs) else ORDERS[:1]:
        if order != (0, 1, 2) and not _swaps(ours, theirs, order):
            continue
        for place, was in enumerate(order):
            if (place, was) not in reached:
                reached[place, was] = _moved(ours[place], theirs[was], vowels, place, was)
        levels = {
            fact: level
            for place, fact in enumerate((GIVEN, FAMILY, FATHER))
            if (level := reached[place, order[place]]) is not None
        }
        yield levels if order == (0, 1, 2) else levels | {ORDER: SWAPPED}
    yield from _in_parts(ours, theirs, vowels)
    yield from _in_parts(theirs, ours, vowels)


def _in_parts(
    whole: tuple[tuple[Token, ...], ...], apart: tuple[tuple[Token, ...], ...], vowels: bool
) -> Iterator[dict[str, str]]:
    """The levels where one field of one name holds several parts of the other: each word beside the part it is nearest.

    Words near none stand beside the parts that have no word yet, the given name first, so that a sister stays another.
    """
    field = in_one_field(whole[0], whole[1])
    if not field or not (apart[0] and (apart[1] or apart[2])):
        return
    free = [place for place in range(3) if apart[place] and (whole[place] == field or not whole[place])]
    shares: dict[int, list[Token]] = {}
    left = []
    unsaid = all(token.child_of for token in field)  # a word for son beside them: of whom the son is, it says not
    for token in field:
        place, level = _nearest(token, apart, free, vowels, unsaid)
        if level != DIFFERENT:
            shares.setdefault(place, []).append(token)
        elif not token.weak:
            left.append(token)
    if len(shares) < 2:
        return
    for token, place in zip(left, [place for place in free if place not in shares], strict=False):
        shares[place] = [token]
    parts = [tuple(shares.get(place, ())) if place in free else whole[place] for place in range(3)]
    found = (part(ours, theirs, vowels) for ours, theirs in zip(parts, apart, strict=True))
    levels = {fact: level for fact, level in zip((GIVEN, FAMILY, FATHER), found, strict=True) if level is not None}
    yield levels | {ORDER: SWAPPED}


def _nearest(
    token: Token, apart: tuple[tuple[Token, ...], ...], free: list[int], vowels: bool, unsaid: bool
) -> tuple[int, str]:
    """The part that a word is nearest to, and how near; one that says it is a father's name is no other part's."""
    reached = [
        (place, word(token, other, vowels))
        for place in free
        for other in _strong(apart[place])
        if place == 2 or unsaid or not token.child_of or other.child_of
    ]
    return min(reached, key=lambda found: NAME_LEVELS.index(found[1]), default=(0, DIFFERENT))


def _moved(some: tuple[Token, ...], others: tuple[Token, ...], vowels: bool, place: int, was: int) -> str | None:
    """The level of one part beside one that stood elsewhere: a father's name that says so by its ending (Zakharovich)
    is none's given name (Zakhar), or father and son would be one."""
    level = part(some, others, vowels)
    if level is None or place == was or 2 not in (place, was):
        return level
    father, other = (some, others) if place == 2 else (others, some)
    told, bare = (any(token.child_of for token in each) for each in (father, other))
    return DIFFERENT if told and not bare else level


def _crossed(ours: tuple[tuple[Token, ...], ...], theirs: tuple[tuple[Token, ...], ...]) -> bool:
    """Whether a word of one part sounds like a word, or is the initial of one, of another part of the other name."""
    return any(
        one.skeleton == other.skeleton or ((one.initial or other.initial) and one.skeleton[0] == other.skeleton[0])
        for place, was in ELSEWHERE
        for one in ours[place]
        for other in theirs[was]
    )


def _swaps(ours: tuple[tuple[Token, ...], ...], theirs: tuple[tuple[Token, ...], ...], order: tuple[int, ...]) -> bool:
    """Whether an order brings something new: a part that moved stands beside one that is there."""
    return any(place != was and ours[place] and theirs[was] for place, was in enumerate(order))


def part(some: tuple[Token, ...], others: tuple[Token, ...], vowels: bool) -> str | None:
    """The level of one part of two names; None where either is empty."""
    if not some or not others:
        return None
    some, others = _strong(some), _strong(others)
    if len(some) == len(others) == 1:
        return word(some[0], others[0], vowels)
    whole = word(_joined(some), _joined(others), vowels)
    if whole in (SAME, SPELLING, CONSONANTS):
        return whole
    few, many = sorted((some, others), key=len)
    reached = []
    left = list(many)
    for each in few:
        level, match = min(((word(each, candidate, vowels), candidate) for candidate in left), key=_closeness)
        reached.append(level)
        left.remove(match)
    lowest = max(reached, key=NAME_LEVELS.index)
    if not left:
        return lowest
    return PART if lowest in (SAME, SPELLING, CONSONANTS, SIMILAR) else lowest


def word(one: Token, other: Token, vowels: bool) -> str:
    """The level of two words. Without `vowels` (one alone is in Arabic script) consonants alone are compared."""
    if one.initial or other.initial:
        alike = one.skeleton[0] == other.skeleton[0] or one.text[0] == other.text[0]
        return INITIAL if alike else DIFFERENT
    if distinct(one, other):
        return DIFFERENT
    if one.root == other.root or one.text == other.text:
        return SAME if one.text == other.text else SPELLING
    return _spelt(one, other) if vowels else _consonants(one.skeleton, other.skeleton)


def _spelt(one: Token, other: Token) -> str:
    likeness = JaroWinkler.similarity(one.root, other.root)
    if likeness >= SURE or (
        one.skeleton == other.skeleton and likeness >= LIKE - 0.1 and _vowels_near(one.root, other.root)
    ):
        return SPELLING
    slip = (
        _one_slip(one.text, other.text)
        or _one_slip(one.root, other.root)
        or _one_slip(letters(one.root), letters(other.root))
        or _one_slip(letters(one.text), letters(other.text))
    )
    if likeness >= LIKE or slip:
        return SIMILAR
    return PART if _holds(one.root, other.root) else DIFFERENT


def _holds(one: str, other: str) -> bool:
    """Whether one is a part of the other, as Rahman is of Abdurrahman."""
    few, many = sorted((one, other), key=len)
    return len(few) >= SHORTEST_PART and few in many


def _vowels_near(one: str, other: str) -> bool:
    """Whether no vowel stands for one that no language here exchanges it with: Marko is not Mirko, Karim not Karam."""
    return len(one) != len(other) or not any(each + its in _FAR for each, its in zip(one, other, strict=True))


@lru_cache(MEMORY)
def letters(root: str) -> str:
    """The root with one sign a sound, so that one wrong key is one difference: egor and eshor differ in one."""
    return _TWO_LETTERS.sub(lambda found: _AS_ONE[found[0]], root)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter dropped, doubled, mistaken or exchanged with the next makes the two alike."""
    shortest = min(len(one), len(other))
    return shortest >= SHORTEST_WITH_A_SLIP and OSA.distance(one, other, score_cutoff=1) <= 1


def _consonants(one: str, other: str) -> str:
    if one == other:
        return CONSONANTS
    return SIMILAR if _one_slip(one, other) else DIFFERENT


def _closeness(found: tuple[str, Token]) -> int:
    return NAME_LEVELS.index(found[0])


def _strong(part: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple(token for token in part if not token.weak) or part


def _joined(part: tuple[Token, ...]) -> Token:
    return Token(
        "".join(token.text for token in part),
        "".join(token.root for token in part),
        "".join(token.skeleton for token in part),
        initial=len(part) == 1 and part[0].initial,
    )


def birth(one: Birth, other: Birth) -> str | None:
    """How close two births are; None where one is not known at all."""
    if one.born_from is None or one.born_to is None or other.born_from is None or other.born_to is None:
        return None
    if one.born_from == one.born_to and other.born_from == other.born_to:
        return _days(one, other)
    if one.born_from <= other.born_to and other.born_from <= one.born_to:
        narrow = max((one.born_to - one.born_from).days, (other.born_to - other.born_from).days) <= 31
        return MONTH if narrow else YEAR
    apart = max(one.born_from, other.born_from) - min(one.born_to, other.born_to)
    vague = DOCUMENTED not in (one.basis, other.basis) or one.basis != other.basis
    return CLOSE if apart.days <= (730 if vague else 366) else DIFFERENT


def _days(one: Birth, other: Birth) -> str:
    """Two days. Of two that papers document and that differ by more than one error, a month in common says little."""
    first, second = one.born_from, other.born_from
    assert first is not None and second is not None
    conventional = any((day.month, day.day) == (1, 1) for day in (first, second))
    if first == second:
        return NEW_YEAR if conventional or DOCUMENTED not in (one.basis, other.basis) else DAY
    if conventional and first.year == second.year:
        return YEAR
    if _one_error(first, second):
        return TYPING
    vague = conventional or DOCUMENTED not in (one.basis, other.basis) or one.basis != other.basis
    if vague and first.year == second.year:
        return MONTH if first.month == second.month else YEAR
    apart = abs((first - second).days)
    near = apart <= 730 if vague else first.year == second.year or apart <= 31
    return CLOSE if near else DIFFERENT


def _one_error(first: date, second: date) -> bool:
    """Whether one error makes the two days: day and month exchanged, a wrong key, the day or the year beside."""
    if (first.year, first.month, first.day) == (second.year, second.day, second.month):
        return True
    if OSA.distance(first.isoformat(), second.isoformat()) == 1 or abs((first - second).days) == 1:
        return True
    return (first.month, first.day) == (second.month, second.day) and abs(first.year - second.year) == 1


def _area(one: Likeness, other: Likeness) -> str | None:
    if not one.area or not other.area:
        return None
    return SAME if one.area == other.area else REGION if one.region == other.region else DIFFERENT


def _same(one: str, other: str) -> str | None:
    return None if not one or not other else SAME if one == other else DIFFERENT


def _mother(one: Likeness, other: Likeness) -> str | None:
    """Of the mothers' given names: family names change by marriage."""
    found = [
        level
        for ours in one.mother
        for theirs in other.mother
        if (level := part(ours.given, theirs.given, ours.vowels == theirs.vowels)) is not None
    ]
    return min(found, key=NAME_LEVELS.index, default=None)
