"""A reporting period as the country pack describes it: its days, its reference day, what it publishes and must say.

Not here: counting (indicators), and the life of a period's return (returns).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting.federation.period import Period
from services.reporting.indicators import classification, definition
from services.reporting.indicators.classification import Classification
from services.reporting.indicators.definition import EVERY, Definition
from services.reporting.indicators.facts import Denominator, Return
from shared.countries import Pack
from shared.errors import Invalid, Refused

_YEAR = re.compile(r"[12][0-9]{3}")
BREAKDOWNS = ("sex", "age", "area")
NATIONAL = "__"
"""Parts an indicator from the national destination that it ends in."""


class HubCountsNobody(Refused):
    """A hub shows what others report; it holds no child and computes no figure of its own."""

    code = "hub-counts-nobody"
    title = "A hub has no figures of its own"


@dataclass(frozen=True)
class PeriodPlan:
    """Everything that computing a period needs but the children: the pack's word on it, read once."""

    period: Period
    conditions: Return
    definitions: tuple[Definition, ...]
    classification: Classification
    breakdowns: frozenset[str]
    ref_area: str
    data_source: str

    def definition(self, indicator: str) -> Definition:
        """The definition that a figure's indicator code comes from, also where it ends in a national destination."""
        for one in self.definitions:
            if one.code == indicator or (one.destination == EVERY and indicator.startswith(one.code.rstrip(EVERY))):
                return one
        raise Invalid(f"{indicator} is no indicator of this deployment", field="indicator", rule="known-indicator")


def period_of(label: str) -> Period:
    """The period that a label names: a calendar year. Raises Invalid."""
    if not _YEAR.fullmatch(label):
        raise Invalid("A period is a year, such as 2024.", field="period", rule="period-is-a-year")
    return Period.year(int(label))


def end_of(period: Period) -> date:
    """The first day after a yearly period."""
    return date(period.start.year + 1, 1, 1)


def described(pack: Pack) -> tuple[str, ...]:
    """The periods that the pack says something particular about, the newest first."""
    return tuple(sorted(pack.statistics.get("period", {}), reverse=True))


def plan(pack: Pack, label: str, note: str | None = None) -> PeriodPlan:
    """What the pack says of a period; `note` is what people add to every figure's footnote.

    Raises Invalid for what is no period, HubCountsNobody.
    """
    period = period_of(label)
    if pack.kind == "hub":
        raise HubCountsNobody(f"{pack.name} holds no child.", field="deployment", remedy="kinward hub figures")
    said: Mapping[str, Any] = pack.statistics.get("period", {}).get(label, {})
    publish: Mapping[str, Any] = said.get("publish", {})
    reference_day = said.get("reference_day") or _yearly_day(pack, period)
    conditions = Return(
        period=label,
        start=period.start,
        end=end_of(period),
        reference_day=reference_day,
        coverage_time=said.get("coverage_time") or _in_words(reference_day),
        obs_status=said.get("obs_status", "A"),
        footnotes=tuple(text for text in (said.get("footnote"), said.get("coverage_note"), note) if text),
        publication_plan=tuple(publish.get("indicators", ())),
        complete=said.get("rates", True) and said.get("coverage", "full") == "full",
        denominators=tuple(_denominators(pack.denominators)),
        areas=_areas(pack, period),
    )
    return PeriodPlan(
        period=period,
        conditions=conditions,
        definitions=definition.parse(pack.indicators),
        classification=classification.from_code_lists(
            pack.codes("care_form"), pack.codes("carer_relation"), pack.codes("exit_destination")
        ),
        breakdowns=frozenset(publish.get("breakdowns", BREAKDOWNS)),
        ref_area=pack.iso3,
        data_source=f"{pack.name}: register of children in alternative care",
    )


def _yearly_day(pack: Pack, period: Period) -> date:
    month, day = str(pack.statistics.get("calendar", {}).get("reference_day", "12-31")).split("-")
    return date(period.start.year, int(month), int(day))


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _areas(pack: Pack, period: Period) -> dict[str, str | None]:
    """The areas that existed on some day of the period, as they were when it ended (COUNTING F26)."""
    start, end = period.start, end_of(period)
    within = [
        area
        for area in pack.areas
        if (area.since is None or area.since < end) and (area.until is None or area.until > start)
    ]
    return {area.code: area.parent for area in within}


def _denominators(rows: Iterable[Mapping[str, str]]) -> Iterable[Denominator]:
    for row in rows:
        if row["age"] == "Y0T17":
            yield Denominator(
                day=date.fromisoformat(row["reference_day"]),
                area=row["area"],
                value=Decimal(row["value"]),
                multiplier=int(row["unit_multiplier"] or 0),
                source=row["source"],
                status=row["obs_status"],
                sex=row["sex"],
            )
