"""The register of Kazakhstan, October 2011: all children without parental care on one day, by the form they live in.

Published are the three parts of the total; each becomes as many children, 0 to 17 years old and in care on the
reference day, their last stay still open. Everything else is drawn with the weights of data/draws.toml.
"""

import functools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.cli.demo import births, chance, episodes
from services.cli.demo.episodes import Episode, InventedChild
from services.cli.demo.names import NameBook
from services.cli.demo.places import Institution, Institutions, Offices
from services.cli.demo.published import Figure

PARTS = {"GUARDIANSHIP": "KAZ-2011-GUARD", "FOSTER": "KAZ-2011-FOSTER", "RESIDENTIAL": "KAZ-2011-RES"}
LEAST_DAYS_OLD = 30
LEAST_DAYS_IN_PLACE = 30
CHILDHOOD = range(18)


def total(figures: Mapping[str, Figure]) -> int:
    """The number of children in the register."""
    return figures["KAZ-2011-TOT"].value


def children(figures: Mapping[str, Figure], draws: Mapping[str, Any], rng: random.Random) -> Iterator[InventedChild]:
    """All children, area by area, brothers and sisters one after another."""
    low, high = draws["area_weights"]
    areas = chance.Lot(rng, draws["areas"], [rng.uniform(low, high) for _ in draws["areas"]])
    families = [
        (areas.draw(), part, size)
        for part, figure in PARTS.items()
        for size in chance.group_sizes(rng, figures[figure].value, draws["group_sizes"])
    ]
    rng.shuffle(families)
    families.sort(key=lambda family: family[0])
    country = _Country(draws, rng)
    for area, part, size in families:
        yield from country.family(area, part, size)


@dataclass(frozen=True, slots=True)
class _Home:
    """What the children of one family share in their care."""

    area: str
    part: str
    family_provider: Institution
    reason: str
    relation: str
    entered: date


class _Country:
    """The lots of the register, drawn from in one fixed order."""

    def __init__(self, draws: Mapping[str, Any], rng: random.Random) -> None:
        self._draws = draws
        self._rng = rng
        self._day: date = draws["reference_day"]
        self._names = NameBook(rng, draws["names"])
        self._ages = {part: chance.Lot(rng, CHILDHOOD, draws["ages"][part]) for part in PARTS}
        self._reasons = chance.by_weight(rng, draws["entry_reasons"])
        self._guardians = chance.by_weight(rng, draws["guardians"])
        self._institutions = Institutions(rng, tuple(draws["places"]), draws["provider_names"])
        self._offices = Offices(rng, tuple(draws["workers"]), tuple(draws["caseload"]))
        self._households = 0

    def family(self, area: str, part: str, size: int) -> Iterator[InventedChild]:
        """The children of one family who are in care in one part of the total."""
        rng, draws = self._rng, self._draws
        born = self._births(part, size)
        sexes = ["M" if rng.random() < draws["boys"] else "F" for _ in born]
        shared = self._names.family()
        given = self._names.given(shared, sexes)
        home = self._home(area, part, born[0])
        office = self._offices.assign(area, size)
        for day, sex, name in zip(born, sexes, given, strict=True):
            stays = self._stays(home, day, alone=size == 1)
            fits = functools.partial(self._fits, first=stays[0].from_day)
            birth = births.as_recorded(rng, day, draws["estimated_month"], draws["estimated_year"], fits)
            yield InventedChild(shared.of_child(sex, name), shared.names.script, sex, birth, area, office, stays)

    def _fits(self, counted: date, first: date) -> bool:
        """Whether figures may take this day of birth: not after the first stay began, 0 to 17 on the reference day."""
        return counted <= first and births.age_on(counted, self._day) in CHILDHOOD

    def _births(self, part: str, size: int) -> list[date]:
        first = births.years_before(self._day, CHILDHOOD.stop) + timedelta(days=1)
        last = self._day - timedelta(days=LEAST_DAYS_OLD)
        born = [births.born_at_age(self._rng, self._ages[part].draw(), self._day, LEAST_DAYS_OLD)]
        for _ in range(size - 1):
            born.append(births.sibling(self._rng, born, first, last))
        return born

    def _home(self, area: str, part: str, born: date) -> _Home:
        self._households += 1
        relation = {"GUARDIANSHIP": self._guardians.draw(), "FOSTER": "UNRELATED"}.get(part, "")
        provider = Institution(f"{area}-H{self._households:05}", "")  # a household's name is a person's: never a name
        latest = self._day - timedelta(days=1)
        entered = episodes.entry(self._rng, born, latest, self._draws["mean_days_in_care"])
        return _Home(area, part, provider, self._reasons.draw(), relation, entered)

    def _stays(self, home: _Home, born: date, alone: bool) -> tuple[Episode, ...]:
        """One open stay, or for a few children a move and the stay before it."""
        form = self._residential_form(born) if home.part == "RESIDENTIAL" else home.part
        provider = self._provider(home, form)
        if alone and self._rng.random() < self._draws["moved_once"]:
            moved = self._moved(home, form, provider, born)
            if moved:
                return moved
        earliest, latest = episodes.first_day(form, born), self._day - timedelta(days=1)
        came = home.entered
        if not earliest <= came <= latest:
            came = episodes.entry(self._rng, earliest, latest, self._draws["mean_days_in_care"])
        return (Episode(form, provider, came, home.reason, carer_relation=home.relation),)

    def _moved(self, home: _Home, form: str, provider: Institution, born: date) -> tuple[Episode, ...]:
        """Two stays with a move in the years before the reference day; none where the child is too young for that."""
        window = births.years_before(self._day, self._draws["years_of_moves"])
        begin = max(window, episodes.first_day(form, born) + timedelta(days=LEAST_DAYS_IN_PLACE))
        if form == "INFANT_HOME" or begin >= self._day:
            return ()
        moved = begin + timedelta(days=self._rng.randrange((self._day - begin).days))
        before, destination, relation = self._form_before(form, births.age_on(born, moved))
        earliest = episodes.first_day(before, born)
        latest = moved - timedelta(days=LEAST_DAYS_IN_PLACE)
        if earliest > latest:
            return ()
        came = episodes.entry(self._rng, earliest, latest, self._draws["mean_days_in_care"])
        former = self._former_provider(home, before)
        return (
            Episode(before, former, came, home.reason, moved, destination, relation),
            Episode(form, provider, moved, home.reason, carer_relation=home.relation),
        )

    def _form_before(self, form: str, age: int) -> tuple[str, str, str]:
        """Care form, exit destination and carer relation of the stay before a move."""
        residential = "INFANT_HOME" if age < episodes.YOUNGEST["CHILDRENS_HOME"] else "CHILDRENS_HOME"
        if form in PARTS:
            return residential, "FAMILY_BASED", ""
        if self._rng.random() < self._draws["moved_from_guardian"]:
            return "GUARDIANSHIP", "RESIDENTIAL", self._guardians.draw()
        return residential, "TRANSFER_SAME_FORM", ""

    def _residential_form(self, born: date) -> str:
        age = births.age_on(born, self._day)
        if age < 3 or (age == 3 and self._rng.random() < self._draws["infant_home_at_three"]):
            return "INFANT_HOME"
        boards = age >= 7 and self._rng.random() < self._draws["boarding_from_seven"]
        return "BOARDING_SCHOOL_CARE" if boards else "CHILDRENS_HOME"

    def _provider(self, home: _Home, form: str) -> Institution:
        return home.family_provider if form in PARTS else self._institutions.place(home.area, form)

    def _former_provider(self, home: _Home, form: str) -> Institution:
        if form not in PARTS:
            return self._institutions.place(home.area, form)
        return Institution(f"{home.family_provider.key}-F", "")
