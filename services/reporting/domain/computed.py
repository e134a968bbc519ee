"""A period computed: the engine's figures as the cells that are shown, signed and sent, with findings and coverage.

Pure: a plan and streams of facts in. Not here: any counting rule (indicators), what is done with a finding (returns).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from services.reporting.domain.period import PeriodPlan
from services.reporting.federation import cells, documents
from services.reporting.federation.cells import Cell
from services.reporting.indicators import engine
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import TOTAL, ChildFact, Coverage, EpisodeFact, Figure, Finding

WHOLE = {"0-17": "Y0T17", "18-24": "Y18T24", "all": TOTAL}
"""A population's total as UNICEF codes it: everybody of 0 to 17 is an age of its own there."""


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """One figure as it is kept: the cell that travels, and beside a flow the distinct children (COUNTING F4)."""

    cell: Cell
    children: int | None = None


@dataclass(frozen=True)
class Computed:
    """All figures of a period, as known when they were computed."""

    plan: PeriodPlan
    figures: tuple[FrozenFigure, ...]
    findings: tuple[Finding, ...]
    coverage: Coverage

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that travel."""
        return tuple(figure.cell for figure in self.figures)

    @property
    def content_sha256(self) -> str:
        """Equal for equal figures: the hash of the very bytes that a bundle carries."""
        return documents.sha256(cells.to_csv(self.cells))


def compute(plan: PeriodPlan, children: Iterable[ChildFact], episodes: Iterable[EpisodeFact]) -> Computed:
    """Count a period. `children` and `episodes` come in order of the child's id."""
    result = engine.evaluate(plan.definitions, children, episodes, plan.classification, plan.conditions)
    figures = tuple(_frozen(plan, result.figures))
    return Computed(plan, figures, result.findings, result.coverage)


def _frozen(plan: PeriodPlan, figures: Iterable[Figure]) -> Iterator[FrozenFigure]:
    for indicator, own in groupby(figures, key=attrgetter("indicator")):
        definition = plan.definition(indicator)
        blank = _blank(plan, definition, indicator)
        for figure in own:
            if _published(plan, figure):
                cell = replace(
                    blank,
                    subnational_area=figure.area,
                    sex=figure.sex,
                    age=WHOLE[definition.population] if figure.age == TOTAL else figure.age,
                    value=figure.value,
                    unit_multiplier=figure.multiplier,
                    obs_status=figure.status,
                    obs_footnote=figure.footnote,
                )
                yield FrozenFigure(cell, figure.children)


def _published(plan: PeriodPlan, figure: Figure) -> bool:
    """Whether the plan publishes the breakdowns that this figure is of."""
    values = {"sex": figure.sex, "age": figure.age, "area": figure.area}
    return {name for name, value in values.items() if value != TOTAL} <= plan.breakdowns


def _blank(plan: PeriodPlan, definition: Definition, indicator: str) -> Cell:
    """What all cells of an indicator share. Flows are of the whole period, so the stock's day is not theirs."""
    conditions = plan.conditions
    return Cell(
        ref_area=plan.ref_area,
        indicator=indicator,
        sex=TOTAL,
        age=TOTAL,
        time_period=plan.period.time_period,
        value=None,
        unit_measure=definition.unit,
        obs_status=conditions.obs_status,
        freq=plan.period.freq,
        coverage_time=conditions.period if definition.is_flow else conditions.coverage_time,
        data_source=plan.data_source,
    )
