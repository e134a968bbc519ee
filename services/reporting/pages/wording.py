"""How figures read: numbers, short names of indicators, status marks, numbered notes. Words are HTML, bars are numbers.

Not here: which figures stand on a page (country, hub).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from services.reporting.domain import PeriodPlan
from services.reporting.domain.period import NATIONAL
from services.reporting.exchange import codelists
from services.reporting.federation.cells import Cell
from services.reporting.indicators.definition import EVERY, Definition
from services.reporting.indicators.figures import shown

SEXES = {"F": "Female", "M": "Male", "_U": "Sex not recorded", "_T": "Both"}
CHILDREN = {"F": "Girls", "M": "Boys"}
AGES = {
    "Y0T2": "0 to 2",
    "Y3T6": "3 to 6",
    "Y7T17": "7 to 17",
    "Y0T17": "0 to 17",
    "Y18T24": "18 to 24",
    "_T": "All ages",
}
UNITS = {"PS": "", "PCNT": " %", "RATE_100000": ""}
_LEAD = re.compile(
    r"^(?:Total number of |Number of )?([Cc]hildren|young people)( with disabilities)?( aged [0-9-]+)? (?!and )"
)
_SHARE = re.compile(r"^Proportion of children( with disabilities)? (.+?) of the total number of children (.+)$")
_TAIL = re.compile(r",? \(?(at the end of the year|during the year|by destination upon leaving care/death of child)\)?")
_DESTINATION = re.compile(r"^.*by destination upon: ")
_CITED = re.compile(r" \(F[0-9]+\)$")


def number(cell: Cell) -> str:
    """A value as people read it: counts with thousands, shares and rates with one decimal, a dash for none."""
    if cell.value is None:
        return "–"
    if isinstance(cell.value, Decimal):
        return f"{shown(cell.value):,}{UNITS[cell.unit_measure]}"
    return f"{cell.value:,}"


def name(definition: Definition) -> str:
    """An indicator in a few words: what its official name says beyond population and period."""
    text = _CITED.sub("", definition.name)
    if _DESTINATION.match(text):
        return _capital(_DESTINATION.sub("", text))
    text = _TAIL.sub("", text)
    share = _SHARE.match(text)
    if share:
        return f"{_capital(share[2])}{share[1] or ''}, of all {share[3]}"
    found = _LEAD.match(text)
    if found is None:
        return text
    rest = text[found.end() :].removeprefix("who ")
    if found[2] or found[1] == "young people":
        rest = f"{found[1].capitalize()}{found[2] or ''}{(found[3] or '').replace('-', ' to ')} who {rest}"
        rest = rest.replace(" who in ", " in ")
    return _capital(rest)


def national_name(indicator: str, labels: Mapping[str, str]) -> str | None:
    """The national destination that an indicator ends in, in words; None for an indicator without one."""
    _, parted, code = indicator.partition(NATIONAL)
    return labels.get(code, _capital(code.replace("_", " ").lower())) if parted else None


def is_part(definition: Definition) -> bool:
    """Whether the figure is a part of one before it: leavers by where they went, children by their form of care."""
    if definition.is_flow:
        return bool(definition.destination) and definition.destination != EVERY
    return definition.unit == "PS" and definition.level != "ALL"


def codes(definition: Definition, indicator: str) -> str:
    """The code, with the number of the TransMonEE dictionary where it has one."""
    return f"TM {definition.tm_number} · {indicator}" if definition.tm_number else indicator


def window(plan: PeriodPlan, definition: Definition) -> str:
    """The day or the period that a figure is of."""
    return f"during {plan.conditions.period}" if definition.is_flow else f"on {plan.conditions.coverage_time}"


def statuses(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """The status marks that occur, with their meaning, for the legend."""
    meanings = codelists.load("CL_OBS_STATUS")
    return [(mark, meanings[mark]["name"]) for mark in sorted({cell.obs_status for cell in cells}) if mark in meanings]


LEVELS = ("ALL", "RESIDENTIAL", "ALL_FAMILY", "FOSTER", "KINSHIP", "OTHER_FAMILY")
NATIONAL_CAPTION = "Left, by national destination"
GROUPS = (
    "Children in care", "Shares", "Rates per 100,000 children", "Left care", NATIONAL_CAPTION, "Entered care",
    "Moved and came of age",
)  # fmt: skip


def group(definition: Definition) -> str:
    """The table that an indicator stands in."""
    if definition.unit != "PS":
        return GROUPS[1] if definition.unit == "PCNT" else GROUPS[2]
    if not definition.is_flow:
        return GROUPS[0]
    if definition.destination == EVERY:
        return NATIONAL_CAPTION
    return {"exit": GROUPS[3], "entry": GROUPS[5]}.get(definition.measure, GROUPS[6])


def place(definition: Definition, position: int) -> tuple[int, int, int]:
    """Where an indicator stands: by table; stocks from the whole to its parts, all else as the dictionary has it."""
    known = LEVELS.index(definition.level) if definition.level in LEVELS else len(LEVELS)
    table = GROUPS.index(group(definition))
    return table, known if table == 0 else 0, position


def distinct_notes(cells: Iterable[Cell]) -> list[str]:
    """Each thing that some of these figures say, once; a longer text that ends in a shorter one says only the rest."""
    texts = sorted({cell.obs_footnote for cell in cells if cell.obs_footnote}, key=len)
    endings = [
        next((one for one in reversed(texts[:place]) if text.endswith(one)), "") for place, text in enumerate(texts)
    ]
    return [text.removesuffix(ending).strip() for text, ending in zip(texts, endings, strict=True)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass
class Notes:
    """Footnotes, numbered as they are first met. What nearly all figures of a table say is said once, for the table."""

    texts: list[str] = field(default_factory=list)

    def number(self, text: str) -> int:
        """The number of a note."""
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1

    def common(self, cells: Iterable[Cell]) -> str:
        """What most of these figures say; empty where they say nothing."""
        counted = Counter(cell.obs_footnote for cell in cells)
        return counted.most_common(1)[0][0] if counted else ""

    def own(self, cell: Cell, common: str) -> int | None:
        """The number of what this figure says beyond the others, None where it says nothing more."""
        if not cell.obs_footnote or cell.obs_footnote == common:
            return None
        extra = cell.obs_footnote.removesuffix(common).strip() if common else cell.obs_footnote
        return self.number(extra) if extra and extra not in common else None
