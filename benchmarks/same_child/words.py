"""The names of a language, each in its written forms. Not here: what a full name is made of (peoples)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "names"
GIVEN, FAMILY, ROOT = "given", "family", "root"
ESTIMATE, HELD_OUT, UNSEEN = 0, 1, 2
"""Which names: halves of the lists, for the estimate and for the measurement; lists that nobody looked at (unseen/)."""


@dataclass(frozen=True, eq=False)
class Word:
    """One name: its forms by writing, the usual one first. `root`: a family's name is yet to be made of it."""

    forms: Mapping[str, tuple[str, ...]]
    root: bool = False

    def written(self, column: str, variant: int = 0) -> str:
        """One of its forms."""
        forms = self.forms[column]
        return forms[variant % len(forms)]


@dataclass(frozen=True)
class Words:
    """The names that a register draws from, the commonest first."""

    boys: tuple[Word, ...]
    girls: tuple[Word, ...]
    families: tuple[Word, ...]


@cache
def load(language: str, half: int) -> Words:
    """The names of a language for an estimate or a measurement; of the unseen ones as many of a kind as are held out,
    so that a name tells as much in either."""
    if half != UNSEEN:
        return _sorted(rows(language), half, 2)
    whole, like = _sorted(rows(language, unseen=True), 0, 1), load(language, HELD_OUT)
    draw = Random(language)
    return Words(
        *(
            tuple(draw.sample(own, min(len(own), len(others))))
            for own, others in (
                (whole.boys, like.boys), (whole.girls, like.girls), (whole.families, like.families),
            )
        )
    )  # fmt: skip


def rows(language: str, *, unseen: bool = False) -> list[dict[str, str]]:
    """The lines of a language's list."""
    with (FOLDER / ("unseen" if unseen else "") / f"{language}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _sorted(rows: list[dict[str, str]], start: int, step: int) -> Words:
    boys, girls, families = (
        tuple(_word(row) for row in [row for row in rows if keep(row)][start::step])
        for keep in (
            lambda row: row["part"] == GIVEN and row["sex"] == "M",
            lambda row: row["part"] == GIVEN and row["sex"] == "F",
            lambda row: row["part"] != GIVEN,
        )
    )
    roots = tuple(Word(word.forms, root=True) for word in boys) if _of_fathers(rows) else ()
    mixed = [word for two in zip(families, roots, strict=False) for word in two]
    rest = (*families[len(roots) :], *roots[len(families) :])
    return Words(boys, girls, (*mixed, *rest))


def _of_fathers(rows: list[dict[str, str]]) -> bool:
    """Whether families are called after a forefather's given name, so that all men's names make families too."""
    return len(rows[0]) > 4 or any(row["part"] == ROOT for row in rows)


def _word(row: dict[str, str]) -> Word:
    forms = {column: tuple(text.split(";")) for column, text in row.items() if column not in {"part", "sex"}}
    return Word(forms, root=row["part"] == ROOT)
