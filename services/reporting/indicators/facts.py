"""What the engine takes and gives: child and episode facts, the conditions of a return, figures and findings.

Not here: how facts are stored, or how a figure is protected and exchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

Sex = Literal["F", "M", "U"]
Weight = Literal["blocks", "needs-note", "quality"]
TOTAL = "_T"
UNKNOWN = "_U"


@dataclass(frozen=True, slots=True)
class ChildFact:
    """One child as reporting knows it; born on a day from `born_from` to `born_to`, both inclusive."""

    child: UUID
    sex: Sex = "U"
    born_from: date | None = None
    born_to: date | None = None
    disability: bool | None = None
    area: str | None = None
    died: date | None = None


@dataclass(frozen=True, slots=True)
class EpisodeFact:
    """One stay in one place, [start, end): the day of leaving is not a day in care (F2). `area` is the
    responsible authority's (F24); codes are those of the pack's lists."""

    placement: UUID
    child: UUID
    care_form: str
    carer_relation: str | None
    area: str | None
    start: date
    end: date | None = None
    entry_reason: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class Denominator:
    """A population count that has a source: `value` times 10 to the power of `multiplier` persons on `day`."""

    day: date
    area: str
    value: Decimal | int
    multiplier: int = 0
    source: str = ""
    status: str = "A"
    sex: str = TOTAL


@dataclass(frozen=True, slots=True)
class Return:
    """The conditions of one return: the period [start, end), the day of its stocks, and what its figures carry.

    `publication_plan` holds patterns of indicator codes (`*` matches anything), none meaning all.
    `areas` maps each area code valid in the period to its parent (None: directly below the deployment);
    without it, the codes found in the facts are taken, without parents.
    `complete` is false where not every provider or area reported: then no rate is given (F29).
    """

    period: str
    start: date
    end: date
    reference_day: date
    coverage_time: str = ""
    obs_status: str = "A"
    footnotes: tuple[str, ...] = ()
    publication_plan: tuple[str, ...] = ()
    complete: bool = True
    denominators: tuple[Denominator, ...] = ()
    areas: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell. `value` is None where `status` is M (cannot exist) or O (missing); counts are int, shares and rates
    Decimal with 4 places. `children`: distinct children beside a flow, which itself counts movements (F4)."""

    indicator: str
    area: str
    sex: str
    age: str
    value: int | Decimal | None
    unit: str
    status: str
    footnote: str = ""
    children: int | None = None
    multiplier: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must see. `blocks`: the period cannot close; `needs-note`: only with a note; `quality`: to
    be put right in the records. Facts are ids, codes, dates and numbers, never names."""

    rule: str
    weight: Weight
    text: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What stands behind the figures (F18, F21, F28). Counts of children in care at any time of the period,
    but for the first three, which count everything that came in."""

    children: int
    episodes: int
    episodes_without_child: int
    in_care: int
    estimated_birth_dates: int
    unknown_sex: int
    unknown_age: int
    disability_not_recorded: int


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of a return with what was found on the way."""

    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    coverage: Coverage

    @property
    def may_close(self) -> bool:
        """False while an identity is broken; notes that are still to be written are the return's business."""
        return not any(finding.weight == "blocks" for finding in self.findings)
