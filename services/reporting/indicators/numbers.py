"""The number behind every definition and cell, or why there is none.

Between the counts (tally) and the figures: identities are checked on these exact numbers. Not here: shares and rates.
"""

from typing import NamedTuple

from services.reporting.indicators.classification import Classification
from services.reporting.indicators.definition import EVERY, Definition
from services.reporting.indicators.facts import TOTAL, Coverage
from services.reporting.indicators.tally import Counts, Key, Series


class Missing(NamedTuple):
    """Why a definition has no value in this return: M (cannot exist) or O (missing)."""

    status: str
    footnote: str


class Column:
    """All cells of one definition, or of one national destination of a definition with destination `*`."""

    def __init__(self, definition: Definition, missing: Missing | None, counts: Counts, national: str) -> None:
        self.missing = missing
        self._of = (definition.population, definition.disability)
        self._is_flow = definition.is_flow
        series = Series(definition.measure, definition.level, definition.destination, national)
        self._numbers, self._children = counts.column(series)

    def value(self, sex: str, age: str, area: str) -> int | None:
        """Stock, or movements, of a cell; None where the definition has no value in this return."""
        return None if self.missing is not None else self._numbers.get(Key(*self._of, sex, age, area), 0)

    def children(self, sex: str, age: str, area: str) -> int | None:
        """Distinct children beside a flow (F4); None for a stock, which counts children already."""
        if self.missing is not None or not self._is_flow:
            return None
        return self._children.get(Key(*self._of, sex, age, area), 0)


class Numbers:
    """Reads counts by definition."""

    def __init__(self, counts: Counts, classification: Classification, coverage: Coverage) -> None:
        self._counts = counts
        self._classification = classification
        self._coverage = coverage
        self._columns: dict[tuple[str, str], Column] = {}

    def column(self, definition: Definition, national: str = "") -> Column:
        """The cells of a definition; `national` selects one series of a definition with destination `*`."""
        key = (definition.code, national)
        if key not in self._columns:
            self._columns[key] = Column(definition, self._why_missing(definition), self._counts, national)
        return self._columns[key]

    def nationals(self, definition: Definition) -> tuple[str, ...]:
        """The national destinations that occur at the definition's level and population."""
        found = {
            series.national
            for series in self._counts.of("exit", definition.level)
            if series.destination == EVERY and self._counts.number(series, _everyone(definition))
        }
        return tuple(sorted(found))

    def in_place_of(self, definitions: tuple[Definition, ...], sex: str, age: str, area: str) -> int:
        """Exits by national code in place of destinations that have no value: all that may belong to any of them."""
        level, absent = definitions[0].level, {definition.destination for definition in definitions}
        key = Key(definitions[0].population, definitions[0].disability, sex, age, area)
        return sum(
            self._counts.number(series, key)
            for series in self._counts.of("exit", level)
            if series.national and absent & set(series.destination.split("+"))
        )

    def rolled(self, measure: str, level: str, key: Key) -> int:
        """A count that is no definition's: opening and closing stock, transfers."""
        return self._counts.number(Series(measure, level), key)

    def _why_missing(self, definition: Definition) -> Missing | None:
        if not self._classification.has_level(definition.level):
            return Missing("M", f"No care form here counts as {definition.level}.")
        nobody = self._coverage.disability_not_recorded == self._coverage.in_care > 0
        if definition.disability and nobody:
            return Missing("O", "Disability status is not recorded for any child.")
        if definition.destination and definition.destination != EVERY:
            joined = self._joined(definition)
            if joined:
                codes = ", ".join(joined)
                return Missing(
                    "O", f"Cannot be told apart in the national destination {codes}; shown by national code."
                )
        return None

    def _joined(self, definition: Definition) -> tuple[str, ...]:
        """National codes that may or may not be this destination, with at least one exit in the period."""
        found = {
            series.national
            for series in self._counts.of("exit", definition.level)
            if series.national
            and series.destination != definition.destination
            and definition.destination in series.destination.split("+")
            and self._counts.number(series, _everyone(definition))
        }
        return tuple(sorted(found))


def _everyone(definition: Definition) -> Key:
    return Key(definition.population, False, TOTAL, TOTAL, TOTAL)
