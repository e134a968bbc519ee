"""Invented institutions, centres and workers of one area after another, filled as children come.

Keys are invented and carry their area. What a worker's caseload may be by law is not here: the numbers are drawn.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Institution:
    """A provider as a register names it."""

    key: str
    name: str


class Institutions:
    """Institutions of an area and care form; a new one opens when the last is full."""

    def __init__(self, rng: random.Random, places: tuple[int, int], names: Mapping[str, str]) -> None:
        self._rng = rng
        self._places = places
        self._names = names
        self._open: dict[tuple[str, str], tuple[Institution, int]] = {}
        self._numbers: dict[str, int] = {}

    def new(self, area: str, form: str) -> Institution:
        """An institution of its own number in the country."""
        number = self._numbers[form] = self._numbers.get(form, 0) + 1
        return Institution(f"{area}-{form}-{number}", self._names[form].format(number=number))

    def place(self, area: str, form: str) -> Institution:
        """The institution of the area and form that has room."""
        institution, room = self._open.get((area, form), (None, 0))
        if institution is None or not room:
            institution, room = self.new(area, form), self._rng.randint(*self._places)
        self._open[area, form] = institution, room - 1
        return institution


class Offices:
    """Centres and their workers by area: brothers and sisters have one worker, a caseload ends at its drawn size."""

    def __init__(self, rng: random.Random, workers: tuple[int, int], caseload: tuple[int, int]) -> None:
        self._rng = rng
        self._workers = workers
        self._caseload = caseload
        self._state: dict[str, list[int]] = {}

    def assign(self, area: str, children: int) -> tuple[str, str]:
        """Centre and worker in charge of so many children of one family."""
        state = self._state.setdefault(area, [0, 0, 0, 0])  # centre, worker, workers still to come, room
        if state[3] < children:
            if not state[2]:
                state[:3] = state[0] + 1, 0, self._rng.randint(*self._workers)
            state[1:] = state[1] + 1, state[2] - 1, self._rng.randint(*self._caseload)
        state[3] -= children
        centre = f"{area}-C{state[0]:02}"
        return centre, f"{centre}-W{state[1]:02}"
