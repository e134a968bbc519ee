"""Names of invented children: common names of a language, combined at random, written in the country's own letters.

The lists are data (data/names_*.toml). No list holds a whole name, so no real person is meant.
"""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from services.cli.demo import chance
from services.cli.demo.published import DATA


@dataclass(frozen=True, slots=True)
class NameList:
    """The names of one language in one script; family names and patronymics come as (of a boy, of a girl)."""

    script: str
    given: Mapping[str, tuple[str, ...]]
    family: tuple[tuple[str, str], ...]
    patronymic: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FamilyNames:
    """What brothers and sisters share: the list, the family name and the father."""

    names: NameList
    family: tuple[str, str]
    patronymic: tuple[str, str]

    def of_child(self, sex: str, given: str) -> tuple[str, str, str]:
        """Family name, given name and patronymic of one child."""
        form = 0 if sex == "M" else 1
        return self.family[form], given, self.patronymic[form]


class NameBook:
    """Draws the names of families and of the children in them."""

    def __init__(self, rng: random.Random, weights: Mapping[str, float]) -> None:
        self._rng = rng
        self._lists = chance.by_weight(rng, weights)
        self._loaded = {language: load(language) for language in weights}

    def family(self) -> FamilyNames:
        """The names that the children of one family share."""
        names = self._loaded[self._lists.draw()]
        return FamilyNames(names, self._rng.choice(names.family), self._rng.choice(names.patronymic))

    def given(self, family: FamilyNames, sexes: list[str]) -> list[str]:
        """One given name for each child, no two the same."""
        taken: list[str] = []
        for sex in sexes:
            free = [name for name in family.names.given[sex] if name not in taken]
            taken.append(self._rng.choice(free))
        return taken


def load(language: str) -> NameList:
    """The list data/names_<language>.toml."""
    data = tomllib.loads((DATA / f"names_{language}.toml").read_text(encoding="utf-8"))
    given = {sex: tuple(data[f"given_{sex}"]) for sex in ("F", "M")}
    family, patronymic = ([(boy, girl) for boy, girl in data[part]] for part in ("family", "patronymic"))
    return NameList(data["script"], given, tuple(family), tuple(patronymic))
