"""The published figures behind the demo, with their sources, and what a footnote says about them.

Every total of an invented register comes from data/published_figures.csv by its id; no code repeats one. How children
are drawn so that they add up to these totals is not here (kazakhstan, uzbekistan).
"""

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

DATA = resources.files(__package__) / "data"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number. `check` is the sum by which the source explains it, empty where it gives none."""

    id: str
    measure: str
    value: int
    check: str
    check_result: str
    source: str

    @property
    def parts(self) -> tuple[int, ...]:
        """The addends of `check`, in order."""
        return tuple(int(part) for part in self.check.split("+") if part)

    @property
    def in_brackets(self) -> tuple[int, ...]:
        """The numbers that the measure's text gives in brackets, in order: "23 orphanages (14+4+5)" -> 14, 4, 5."""
        return tuple(
            int(number) for text in re.findall(r"\(([^)]*)\)", self.measure) for number in re.findall(r"\d+", text)
        )


def figures() -> Mapping[str, Figure]:
    """All published figures by id; the source "same" is replaced by the one that it points to."""
    found: dict[str, Figure] = {}
    source = ""
    lines = (DATA / "published_figures.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        source = source if row["source"] == "same" else row["source"]
        value, check, result = int(row["value"]), row["check"], row["check_result"]
        found[row["id"]] = Figure(row["id"], row["measure"], value, check, result, source)
    return found


def draws(deployment: str) -> Mapping[str, Any]:
    """The shares and weights with which the deployment's register is drawn."""
    settings: Mapping[str, Any] = _toml("draws.toml")[deployment]
    return settings


def footnote(deployment: str) -> str:
    """What the deployment's figures must say: what is published and where, and what was drawn."""
    text = _toml("footnotes.toml")[deployment]
    return f"{text['published']} Source: {figures()[text['source']].source}. {text['drawn']}"


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
