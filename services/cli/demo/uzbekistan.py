"""The register of Uzbekistan, 2022 to 2024: the children who left institutions that closed, by where they went.

Published are the destinations, the number of institutions by year, of family-type homes, and the two kinds of
education. Children who moved to another institution or to a family-type home have a second, open line from the day of
leaving, so that nothing of them ends within the years of the register. Everything else is drawn (data/draws.toml).
"""

import functools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.cli.demo import births, chance, episodes
from services.cli.demo.episodes import Episode, InventedChild
from services.cli.demo.names import NameBook
from services.cli.demo.places import Institution, Institutions, Offices
from services.cli.demo.published import Figure

MAJORITY = 18
EARLIEST_CLOSING = 75  # day of the year; the children leave in the two months before it, so in the same year
DAYS_OF_LEAVING = 60
LEAST_DAYS_OLD = 100
HOME_AGAIN = ("REUNIFICATION", "ADOPTION_GUARDIANSHIP_PATRONAGE", "FAMILY_TYPE_HOME")


@dataclass(frozen=True, slots=True)
class _Closing:
    """One of the closed institutions."""

    institution: Institution
    area: str
    form: str
    closed: date


@dataclass(slots=True)
class _Family:
    """Children of one family who left together. `ages` names the weights of their ages, empty for those who were 18."""

    size: int
    destination: str
    ages: str
    closing: _Closing
    home: Institution | None = field(default=None)


def total(figures: Mapping[str, Figure]) -> int:
    """The number of children in the register."""
    return figures["UZB-2024-EXIT"].value


def children(figures: Mapping[str, Figure], draws: Mapping[str, Any], rng: random.Random) -> Iterator[InventedChild]:
    """All children, institution by institution, brothers and sisters one after another."""
    institutions = Institutions(rng, tuple(draws["places"]), draws["provider_names"])
    closings = _closings(figures, draws, rng, institutions)
    families = _families(figures, draws, rng, closings)
    _settle(figures, families, institutions)
    rng.shuffle(families)
    families.sort(key=lambda family: (family.closing.area, family.closing.institution.key))
    country = _Country(draws, rng, institutions)
    for family in families:
        yield from country.family(family)


def _closings(
    figures: Mapping[str, Figure], draws: Mapping[str, Any], rng: random.Random, institutions: Institutions
) -> list[_Closing]:
    by_year = figures["UZB-2024-EXIT"].in_brackets
    years = [draws["first_year"] + place for place, number in enumerate(by_year) for _ in range(number)]
    areas = [draws["areas"][place % len(draws["areas"])] for place in range(len(years))]
    rng.shuffle(areas)
    infant = set(rng.sample(range(len(years)), draws["infant_homes"]))
    closings = []
    for place, (year, area) in enumerate(zip(years, areas, strict=True)):
        form = "INFANT_HOME" if place in infant else "CHILDRENS_HOME"
        closed = date(year, 1, 1) + timedelta(days=rng.randrange(EARLIEST_CLOSING, 365))
        closings.append(_Closing(institutions.new(area, form), area, form, closed))
    return closings


def _families(
    figures: Mapping[str, Figure], draws: Mapping[str, Any], rng: random.Random, closings: list[_Closing]
) -> list[_Family]:
    """As many children for each destination as published, in families, each from one institution."""
    low, high = draws["institution_weights"]
    lots = {}
    for form in ("CHILDRENS_HOME", "INFANT_HOME"):
        ours = [closing for closing in closings if closing.form == form]
        lots[form] = chance.Lot(rng, ours, [rng.uniform(low, high) for _ in ours])
    higher, secondary = figures["UZB-2024-EXIT-EDU"].in_brackets
    parts = (
        ("REUNIFICATION", figures["UZB-2024-EXIT-REUNION"].value, "CHILDRENS_HOME", draws["group_sizes"]),
        (
            "ADOPTION_GUARDIANSHIP_PATRONAGE",
            figures["UZB-2024-EXIT-FAMILY"].value,
            "CHILDRENS_HOME",
            draws["group_sizes"],
        ),
        ("FAMILY_TYPE_HOME", figures["UZB-2024-EXIT-FAMHOME"].value, "CHILDRENS_HOME", draws["group_sizes"]),
        ("EDUCATION", higher, "EDUCATION_HIGHER", (1,)),
        ("EDUCATION", secondary, "EDUCATION_SECONDARY", (1,)),
        ("AGED_OUT_18", figures["UZB-2024-EXIT-INDEP"].value, "", (1,)),
        ("TRANSFER_SAME_FORM", figures["UZB-2024-EXIT-TRANSFER"].value, "CHILDRENS_HOME", draws["group_sizes"]),
    )
    families = []
    for destination, number, ages, sizes in parts:
        for size in chance.group_sizes(rng, number, sizes):
            infant = destination in HOME_AGAIN and rng.random() < draws["infant_home"]
            form = "INFANT_HOME" if infant else "CHILDRENS_HOME"
            families.append(_Family(size, destination, "INFANT_HOME" if infant else ages, lots[form].draw()))
    return families


def _settle(figures: Mapping[str, Figure], families: list[_Family], institutions: Institutions) -> None:
    """Give every family that went to a family-type home one of the published number of homes, in its own area."""
    moving: dict[str, list[_Family]] = {}
    for family in families:
        if family.destination == "FAMILY_TYPE_HOME":
            moving.setdefault(family.closing.area, []).append(family)
    areas = sorted(moving)
    homes = figures["UZB-2024-EXIT-FAMHOME"].in_brackets[0]
    numbers = chance.shares(homes, [sum(family.size for family in moving[area]) for area in areas])
    for area, number in zip(areas, numbers, strict=True):
        living = {institutions.new(area, "FAMILY_TYPE_HOME"): 0 for _ in range(number)}
        for family in sorted(moving[area], key=lambda family: -family.size):
            family.home = min(living, key=lambda home: living[home])
            living[family.home] += family.size


class _Country:
    """The lots of the register, drawn from in one fixed order."""

    def __init__(self, draws: Mapping[str, Any], rng: random.Random, institutions: Institutions) -> None:
        self._draws = draws
        self._rng = rng
        self._institutions = institutions
        self._names = NameBook(rng, draws["names"])
        self._ages = {name: chance.Lot(rng, range(len(weights)), weights) for name, weights in draws["ages"].items()}
        self._reasons = chance.by_weight(rng, draws["entry_reasons"])
        self._offices = Offices(rng, tuple(draws["workers"]), tuple(draws["caseload"]))

    def family(self, family: _Family) -> Iterator[InventedChild]:
        """The children of one family with the stay that ended and, where they moved, the stay that followed."""
        rng, draws = self._rng, self._draws
        left = family.closing.closed - timedelta(days=rng.randrange(DAYS_OF_LEAVING))
        born = self._births(family, left)
        sexes = ["M" if rng.random() < draws["boys"] else "F" for _ in born]
        shared = self._names.family()
        given = self._names.given(shared, sexes)
        area, reason = family.closing.area, self._reasons.draw()
        office = self._offices.assign(area, family.size)
        later = self._later(family, left, reason)
        for day, sex, name in zip(born, sexes, given, strict=True):
            stays = (self._stay(family, day, left, reason), *later)
            fits = functools.partial(_fits, born=day, first=stays[0].from_day, left=left)
            birth = births.as_recorded(rng, day, draws["estimated_month"], draws["estimated_year"], fits)
            yield InventedChild(shared.of_child(sex, name), shared.names.script, sex, birth, area, office, stays)

    def _births(self, family: _Family, left: date) -> list[date]:
        if not family.ages:
            days = self._rng.randint(1, self._draws["most_days_after_18"])
            return [births.years_before(left - timedelta(days=days), MAJORITY)]
        weights = self._draws["ages"][family.ages]
        youngest = next(age for age, weight in enumerate(weights) if weight)
        first = births.years_before(left, len(weights)) + timedelta(days=1)
        last = min(births.years_before(left, youngest), left - timedelta(days=LEAST_DAYS_OLD))
        born = [births.born_at_age(self._rng, self._ages[family.ages].draw(), left, LEAST_DAYS_OLD)]
        for _ in range(family.size - 1):
            born.append(births.sibling(self._rng, born, first, last))
        return born

    def _stay(self, family: _Family, born: date, left: date, reason: str) -> Episode:
        closing = family.closing
        latest = left - timedelta(days=self._draws["least_days_in_care"])
        earliest = episodes.first_day(closing.form, born)
        came = episodes.entry(self._rng, earliest, latest, self._draws["mean_days_in_care"])
        return Episode(closing.form, closing.institution, came, reason, left, family.destination)

    def _later(self, family: _Family, left: date, reason: str) -> tuple[Episode, ...]:
        if family.home is not None:
            return (Episode("FAMILY_TYPE_HOME", family.home, left, reason, carer_relation="UNRELATED"),)
        if family.destination == "TRANSFER_SAME_FORM":
            open_house = self._institutions.place(family.closing.area, "CHILDRENS_HOME")
            return (Episode("CHILDRENS_HOME", open_house, left, reason),)
        return ()


def _fits(counted: date, born: date, first: date, left: date) -> bool:
    """Whether figures may take this day of birth: not after the stay began, and on the same side of 18 on leaving."""
    age = births.age_on(counted, left)
    if births.age_on(born, left) == MAJORITY:
        return counted <= first and age == MAJORITY
    return counted <= first and 0 <= age < MAJORITY
