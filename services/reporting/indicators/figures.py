"""Definitions and numbers into figures: counts, shares and rates by sex, age band and area, each with its status.

Not here: what is counted (tally) and which population is taken (denominators).
"""

from collections.abc import Iterable, Iterator, Mapping
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
                code = definition.for_destination(national)
                base = self._footnote(definition)
                for area in (TOTAL, *areas) if definition.by_area else (TOTAL,):
                    for sex in definition.sexes:
                        for age in definition.ages:
                            cell = self._value(definition, sex, age, area, national)
                            footnote = f"{cell.footnote} {base}".strip() if cell.footnote else base
                            yield Figure(
                                code, area, sex, age, cell.value, definition.unit, cell.status, footnote, cell.children
                            )

    def _value(self, definition: Definition, sex: str, age: str, area: str, national: str) -> _Value:
        missing = self._numbers.missing(definition)
        if missing is not None:
            return _Value(None, missing.status, missing.footnote)
        number = self._numbers.value(definition, sex, age, area, national)
        assert number is not None
        if definition.unit == "PS":
            children = self._numbers.children(definition, sex, age, area, national)
            return _Value(number, self._conditions.obs_status, "", children)
        if definition.unit == "PCNT":
            return self._share(definition, number, sex, age, area)
        return self._rate(definition, number, sex, area)

    def _share(self, definition: Definition, number: int, sex: str, age: str, area: str) -> _Value:
        base = self._definitions[definition.base]
        missing = self._numbers.missing(base)
        if missing is not None:
            return _Value(None, missing.status, missing.footnote)
        whole = self._numbers.value(base, sex, age, area)
        if not whole:
            return _Value(None, "M", "")
        return _Value(exact(number, whole, 100), self._conditions.obs_status, "")

    def _rate(self, definition: Definition, number: int, sex: str, area: str) -> _Value:
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
        if not population.persons:
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
