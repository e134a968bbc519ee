"""Definitions and numbers into figures: counts, shares and rates by sex, age band and area, each with its status.

Not here: what is counted (tally) and which population is taken (denominators).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from services.reporting.indicators.definition import EVERY, Definition
from services.reporting.indicators.denominators import Populations
from services.reporting.indicators.facts import TOTAL, Coverage, Figure, Return
from services.reporting.indicators.numbers import Numbers

MOVEMENTS = "Counts movements; a child may move more than once."
PARTIAL = "Not all providers and areas reported: no rate."
NO_POPULATION = "No sourced population of this territory and year."


def exact(numerator: int, denominator: Fraction | int, factor: int) -> Decimal:
    """factor x numerator / denominator with 4 decimals, rounded once from the exact quotient (F29), ties to even:
    so two shares of one total always sum to exactly 100.0000, which half up would miss (1/128 and 127/128)."""
    return Decimal(round(Fraction(factor * 10_000 * numerator) / denominator)).scaleb(-4)


def shown(value: Decimal) -> Decimal:
    """A share or rate as people see it: one decimal, half up (F29)."""
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


class _Value(NamedTuple):
    value: int | Decimal | None
    status: str
    footnote: str
    children: int | None = None


class Figures:
    """Makes the figures of a return from its numbers."""

    def __init__(
        self, definitions: Iterable[Definition], numbers: Numbers, conditions: Return, coverage: Coverage
    ) -> None:
        self._definitions: Mapping[str, Definition] = {definition.code: definition for definition in definitions}
        self._numbers = numbers
        self._conditions = conditions
        self._populations = Populations(conditions.denominators)
        self._not_recorded = _not_recorded(coverage)

    def make(self, areas: tuple[str, ...]) -> Iterator[Figure]:
        """Every figure of every definition, the total first, then area by area."""
        for definition in self._definitions.values():
            nationals = self._numbers.nationals(definition) if definition.destination == EVERY else ("",)
            for national in nationals:
                yield from self._column(definition, national, (TOTAL, *areas) if definition.by_area else (TOTAL,))

    def _column(self, definition: Definition, national: str, areas: tuple[str, ...]) -> Iterator[Figure]:
        code, unit, common = definition.for_destination(national), definition.unit, self._footnote(definition)
        of = self._how(definition, national)
        for area in areas:
            for sex in definition.sexes:
                for age in definition.ages:
                    cell = of(sex, age, area)
                    footnote = f"{cell.footnote} {common}".strip() if cell.footnote else common
                    yield Figure(code, area, sex, age, cell.value, unit, cell.status, footnote, cell.children)

    def _how(self, definition: Definition, national: str) -> Callable[[str, str, str], _Value]:
        """What gives the value of a cell (sex, age, area) of this definition."""
        column = self._numbers.column(definition, national)
        whole = self._numbers.column(self._definitions[definition.base]) if definition.unit == "PCNT" else column
        missing = column.missing or whole.missing
        if missing is not None:
            none = _Value(None, missing.status, missing.footnote)
            return lambda _sex, _age, _area: none
        if definition.unit == "PCNT":
            return lambda *cell: self._share(column.value(*cell), whole.value(*cell))
        if definition.unit == "PS":
            status = self._conditions.obs_status
            return lambda *cell: _Value(column.value(*cell), status, "", column.children(*cell))
        return lambda sex, age, area: self._rate(definition, column.value(sex, age, area), sex, area)

    def _share(self, part: int | None, whole: int | None) -> _Value:
        if not whole or part is None:
            return _Value(None, "M", "")
        return _Value(exact(part, whole, 100), self._conditions.obs_status, "")

    def _rate(self, definition: Definition, number: int | None, sex: str, area: str) -> _Value:
        conditions = self._conditions
        if not conditions.complete:
            return _Value(None, "O", PARTIAL)
        day = conditions.reference_day
        population = (
            self._populations.for_flow(area, sex, day.year)
            if definition.is_flow
            else self._populations.for_stock(area, sex, day)
        )
        if population is None:
            return _Value(None, "O", NO_POPULATION)
        if not population.persons or number is None:
            return _Value(None, "M", population.footnote)
        status = "E" if population.estimated else conditions.obs_status
        return _Value(exact(number, population.persons, 100_000), status, population.footnote)

    def _footnote(self, definition: Definition) -> str:
        """What every cell of the definition says in this return."""
        parts = [MOVEMENTS] if definition.is_flow and definition.unit == "PS" else []
        if definition.disability and self._not_recorded:
            parts.append(self._not_recorded)
        return " ".join((*parts, *self._conditions.footnotes))


def _not_recorded(coverage: Coverage) -> str:
    """The share of children in care whose disability status is not recorded, printed wherever it is not 0 (F21)."""
    if not coverage.disability_not_recorded:
        return ""
    share = shown(exact(coverage.disability_not_recorded, coverage.in_care, 100))
    return f"Disability status not recorded: {share} %."
