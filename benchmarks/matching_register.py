"""A register of a country's size for the benchmark of matching: registry's database grown by the code that is shipped.

Belongs here: the deployment, children and how they are written (handlers, unit of work, COPY, as an import does).
Not here: what is asked of it and measured (matching).
"""

import gc
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from benchmarks.same_child import peoples
from benchmarks.same_child.families import ranked
from benchmarks.same_child.words import Word, load
from services.registry import commands, domain, events, handlers, store
from shared import clock, countries, db
from shared.countries import Pack
from shared.countries.parameters import Parameter
from shared.ids import new_id
from shared.protection.keys import Keys
from shared.unit_of_work import Context

ROOT = Path(__file__).parents[1]
BATCH = 1_000
PROCESSES = 2
FIRST, DAYS = date(2007, 1, 1), 19 * 365
FIRST_OF_JANUARY, NO_DAY = 0.04, 0.03
"""Shares of children whose day of birth is 1 January, which stands for not known, and of whom only the year is."""
LANGUAGES, RUSSIAN = ("kk", "ru"), 0.3
FAMILIES, OF_THE_LISTS = 30_000, 0.4
ONSETS, VOWELS, CODAS = "бдгжзклмнпрстшх", "аеиоу", "бдгклмнрстш"
LATIN = dict(
    zip(
        ONSETS + VOWELS,
        ["b", "d", "g", "zh", "z", "k", "l", "m", "n", "p", "r", "s", "t", "sh", "kh", "a", "e", "i", "o", "u"],
        strict=True,
    )
)


@dataclass(frozen=True)
class Register:
    """A registry database, its pack and its keys."""

    url: str
    pack: Pack
    keys: Keys

    def unit_of_work(self, engine: Engine, context: Context) -> store.UnitOfWork:
        """A unit of work over it."""
        return store.UnitOfWork(db.new_session(engine), context, events.CATALOGUE, self.pack, self.keys)

    def engine(self) -> Engine:
        """An engine of one's own."""
        return db.make_engine(self.url)


def made(url: str, pack_id: str, expected: int) -> Register:
    """An empty register on a database, for so many children."""
    pack = countries.load(pack_id, ROOT / "countries")
    entry = Parameter(
        "expected_children", expected, "children", "project default", "", None, None, (), "both", None, False, (), "",
        pack_id,
    )  # fmt: skip
    pack = replace(pack, parameters=(*pack.parameters, {entry.name: (entry,)}))
    engine = db.make_engine(url)
    db.migrate(engine, "services.registry.migrations")
    engine.dispose()
    return Register(url, pack, Keys.generated())


def _anybody(_number: int) -> UUID:
    return new_id()


def fill(register: Register, first: int, last: int, named: Callable[[int], UUID] = _anybody) -> float:
    """Register the children of these numbers, by several processes; children a second. `named` gives them their ids."""
    started = time.perf_counter()
    forked = multiprocessing.get_context("fork")
    hands = [forked.Process(target=_fill, args=(register, first + hand, last, named)) for hand in range(PROCESSES)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    if any(hand.exitcode for hand in hands):
        raise SystemExit("the register could not be written")
    return (last - first) / (time.perf_counter() - started)


def settle(register: Register) -> None:
    """What autovacuum does within minutes."""
    engine = db.make_engine(register.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        connection.execute(text("checkpoint"))
    engine.dispose()


def _fill(register: Register, first: int, last: int, named: Callable[[int], UUID]) -> None:
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    people = People(register.pack)
    engine = register.engine()
    numbers = range(first, last, PROCESSES)
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        uow = register.unit_of_work(engine, Context("import", clock.now(), roles=("import",), system=True))
        acts: dict[str, Any] = {"actor": "import", "at": uow.context.at, "today": clock.now().date()}
        uow.children.expect_new(len(batch))
        uow.children.by_copy()
        for number in batch:
            command = commands.RegisterChild(id=named(number), identity=people.child(number), imported=True, **acts)
            uow.execute(handlers.register_child, command)
        uow.commit()
        uow.close()
    engine.dispose()


class People:
    """Children by number, the same whenever asked for: Kazakh and Russian names as often as they are carried.

    Given names are those of same_child, the commonest first (Zipf, Mandelbrot). Family names are theirs and, since a
    country has many thousands, others made of syllables.
    """

    def __init__(self, pack: Pack) -> None:
        self.areas = [area.code for area in pack.areas if area.valid(clock.now().date())]
        self._words = {language: _both_halves(language) for language in LANGUAGES}
        self._made = [_made_up(Random(place)) for place in range(FAMILIES)]

    def child(self, number: int, *, again: bool = False) -> domain.Identity:
        """The child as first registered; or `again`, by others: in Latin letters, or with a letter mistyped."""
        draw = Random(number)
        language = LANGUAGES[draw.random() < RUSSIAN]
        boys, girls, families = self._words[language]
        sex = "FM"[draw.random() < 0.5]
        given, father = ranked(girls if sex == "F" else boys, draw), ranked(boys, draw)
        family = ranked(families, draw) if draw.random() < OF_THE_LISTS else self._made[_rank(draw, FAMILIES)]
        style = peoples.drawn(draw, peoples.PATRONYMICS[language])
        born, area = FIRST + timedelta(days=draw.randrange(DAYS)), draw.choice(self.areas)
        writings = list(peoples.WRITINGS[language].values())
        writing = writings[draw.randrange(1, len(writings))] if again and number % 2 else writings[0]
        name = domain.Name(
            writing.script,
            family=peoples.written(peoples.surname(language, family, sex, writing, "ov", 0), writing, 0),
            given=peoples.written(given.written(writing.column), writing, 0),
            patronymic=peoples.written(peoples.patronymic(language, father, sex, writing, style, 0), writing, 0),
        )
        if again and not number % 2:
            place = draw.randrange(1, len(name.family))
            name = replace(name, family=name.family[:place] + name.family[place + 1 :])
        return domain.Identity((name,), sex, _birth(born, draw), area)


def _birth(born: date, draw: Random) -> domain.Birth:
    told = draw.random()
    if told < NO_DAY:
        return domain.Birth(born.replace(month=1, day=1), born.replace(month=12, day=31), "year", "estimated")
    day = born.replace(month=1, day=1) if told < NO_DAY + FIRST_OF_JANUARY else born
    return domain.Birth(day, day, "day", "documented")


def _both_halves(language: str) -> tuple[Sequence[Word], ...]:
    halves = [load(language, half) for half in (0, 1)]
    return tuple(
        [word for two in zip_longest(*(getattr(half, part) for half in halves)) for word in two if word]
        for part in ("boys", "girls", "families")
    )


def _made_up(draw: Random) -> Word:
    """A family name of two or three syllables, in the letters of each writing."""
    text = "".join(draw.choice(ONSETS) + draw.choice(VOWELS) for _ in range(draw.choice((2, 2, 3)))) + draw.choice(
        CODAS
    )
    latin = "".join(LATIN[letter] for letter in text)
    return Word({"Cyrl": (text.title(),), "ru": (text.title(),), "Latn": (latin.title(),)}, root=True)


def _rank(draw: Random, number: int) -> int:
    """A place in a list whose first are the commonest: about as 1/rank."""
    return int(number ** draw.random()) - 1
