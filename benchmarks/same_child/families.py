"""Invented children of a register: who is born to whom, when and where. Not here: how they are written down (records).

Names are drawn by rank (Zipf, Mandelbrot); families have one to six children of the same father, mother and place;
one birth in eighty is of twins, some of them called as twins are: Hasan and Husan, Fotima and Zuhra. A hundred boys are
Muhammad Ali, born on the first of January.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random

from benchmarks.same_child import peoples, words
from benchmarks.same_child.words import Word, Words

FIRST, LAST = date(2008, 1, 1), date(2025, 12, 31)
NEW_YEAR = {"ky": 0.06, "tg": 0.08, "ur": 0.15, "fa": 0.05, "uz": 0.05, "tk": 0.05}
"""Share of births that papers put on the first of January, and elsewhere 2 in 100."""
TWINS = 1 / 80
SIZES = (45, 27, 15, 7, 4, 2)
REGIONS, DISTRICTS = 12, 8
TWIN_NAMES = {"M": frozenset({"Hasan", "Husan", "Хасан", "Ҳасан"}), "F": frozenset({"Fotima", "Zuhra", "Фотима"})}
MUHAMMAD_ALIS = 100
SECOND_NAME = {"ro": 0.25, "hr": 0.05, "ur": 0.35, "fa": 0.1}


@dataclass(frozen=True, eq=False)
class Family:
    """Parents, what the family is called, and where it lives."""

    language: str
    father: Word
    mother: Word
    name: Word | None
    style: str
    patronymic: str
    area: str


@dataclass(frozen=True, eq=False)
class Child:
    """A child as it is."""

    family: Family
    sex: str
    born: date
    given: tuple[Word, ...]
    area: str


def children(language: str, half: int, number: int, draw: Random) -> list[Child]:
    """So many children, in families."""
    names = words.load(language, half)
    found = list(islice(_born(language, names, draw), number))
    if language in {"ur", "fa"}:
        found[: number // 100] = islice(_muhammad_alis(language, names, draw), min(MUHAMMAD_ALIS, number // 100))
    return found


def _born(language: str, names: Words, draw: Random) -> Iterator[Child]:
    while True:
        family = _family(language, names, draw)
        size = draw.choices(range(1, len(SIZES) + 1), SIZES)[0]
        born = FIRST + timedelta(days=draw.randrange((LAST - FIRST).days))
        taken: set[Word] = set()
        for _ in range(size):
            yield _child(family, names, taken, _papers(language, born, draw), draw)
            if draw.random() < TWINS:
                yield _child(family, names, taken, born, draw)
            born += timedelta(days=draw.randrange(320, 1500))
            if born > LAST:
                break


def _family(language: str, names: Words, draw: Random) -> Family:
    nameless = {"ur": 0.3, "fa": 0.02}.get(language, 0.0)
    return Family(
        language,
        ranked(names.boys, draw),
        ranked(names.girls, draw),
        None if draw.random() < nameless else ranked(names.families, draw),
        peoples.drawn(draw, peoples.SURNAMES.get(language, (("ov", 1.0),))),
        peoples.drawn(draw, peoples.PATRONYMICS[language]),
        area(draw),
    )


def _child(family: Family, names: Words, taken: set[Word], born: date, draw: Random) -> Child:
    sex = draw.choice("FM")
    own = names.girls if sex == "F" else names.boys
    given = ranked(own, draw)
    while given in taken:
        given = draw.choice(own)
    taken.add(given)
    second = (ranked(own, draw),) if draw.random() < SECOND_NAME.get(family.language, 0.0) else ()
    if second == (given,):
        second = ()
    place = family.area if draw.random() < 0.9 else area(draw)
    return Child(family, sex, born, (given, *second), place)


def twins(language: str, half: int, draw: Random, number: int) -> list[Child]:
    """Pairs of twins called as twins are, where the language's names have them."""
    names = words.load(language, half)
    found = []
    for _ in range(number):
        family = _family(language, names, draw)
        for sex, own in (("M", names.boys), ("F", names.girls)):
            called = [word for word in own if any(TWIN_NAMES[sex] & set(forms) for forms in word.forms.values())]
            born = FIRST + timedelta(days=draw.randrange((LAST - FIRST).days))
            found += [Child(family, sex, born, (word,), family.area) for word in called[:2]]
    return found


def _muhammad_alis(language: str, names: Words, draw: Random) -> Iterator[Child]:
    whole = [word for half in (0, 1) for word in words.load(language, half).boys]
    muhammad, ali = (next(word for word in whole if word.forms["Arab"][0] == name) for name in ("محمد", "علی"))
    while True:
        family = _family(language, names, draw)
        yield Child(family, "M", date(draw.randrange(2008, 2026), 1, 1), (muhammad, ali), family.area)


def _papers(language: str, born: date, draw: Random) -> date:
    return born.replace(month=1, day=1) if draw.random() < NEW_YEAR.get(language, 0.02) else born


def ranked(own: Sequence[Word], draw: Random) -> Word:
    """One of the names: the commonest is first, with about 5 (given) or 3 (family) in 100; the tail of rare names that
    every people has is missing, so that names tell less here than in life."""
    return draw.choices(own, [1 / (rank + len(own) / 4) for rank in range(len(own))])[0]


def area(draw: Random) -> str:
    """A district of a region: 03.5."""
    return f"{min(int(draw.paretovariate(1)) - 1, REGIONS - 1):02}.{draw.randrange(DISTRICTS)}"
