"""Writes a demo register: the file of invented children that a ministry would hold, in the form of the import.

Same deployment and seed, same bytes. How the children of a country are drawn is in its own module.
"""

import csv
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli import register_rules
from services.cli.demo import chance, kazakhstan, published, uzbekistan
from services.cli.demo.episodes import InventedChild
from services.cli.demo.published import Figure

SEED = 2011
PROGRESS_STEP = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Country:
    """How one country's register is made: how many children, and which."""

    total: Callable[[Mapping[str, Figure]], int]
    children: Callable[[Mapping[str, Figure], Mapping[str, Any], random.Random], Iterator[InventedChild]]


COUNTRIES: Mapping[str, Country] = {
    "kz": Country(kazakhstan.total, kazakhstan.children),
    "uz": Country(uzbekistan.total, uzbekistan.children),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a register file holds."""

    children: int
    lines: int


def write(deployment: str, path: Path, seed: int = SEED, progress: Progress | None = None) -> Written:
    """Write the register of kz or uz and count it; `progress` is told (children done, children in all).

    The file appears under its name only when it is whole. Raises KeyError for another deployment.
    """
    country, figures = COUNTRIES[deployment], published.figures()
    total = country.total(figures)
    children = country.children(figures, published.draws(deployment), chance.generator(deployment, seed))
    part = path.with_name(path.name + ".part")
    done = lines = 0
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(register_rules.COLUMNS)
        for done, child in enumerate(children, start=1):
            for line in child.lines(f"{deployment.upper()}-{done:06}"):
                writer.writerow(line)
                lines += 1
            if progress and (done % PROGRESS_STEP == 0 or done == total):
                progress(done, total)
    part.replace(path)
    return Written(done, lines)
