"""What an indicator is, and how a definition is read from a row of indicators.csv.

Population x measure x window x base x unit x breakdown; docs/indicators.md explains each column. Not here: counting.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.reporting.indicators.age import BANDS, CHILD_BANDS, YOUNG_BAND
from services.reporting.indicators.classification import DESTINATIONS
from services.reporting.indicators.facts import TOTAL, UNKNOWN
from shared.errors import Invalid

POPULATIONS = ("0-17", "18-24", "all")
FLOWS = ("entry", "exit", "moved", "transfer_in", "transfer_out", "aged3", "aged7", "aged18", "aged25", "daystay")
MEASURES = ("stock", *FLOWS)
UNITS = ("PS", "PCNT", "RATE_100000")
POPULATION = "POPULATION"
EVERY = "*"
"""As destination: one series for each national destination that occurs, its code put in place of the `*`."""
CHILD_BAND = "Y0T17"
AGES = {
    "0-17": frozenset(CHILD_BANDS | {CHILD_BAND, TOTAL}),
    "18-24": frozenset({YOUNG_BAND, TOTAL}),
    "all": frozenset({*BANDS, CHILD_BAND, UNKNOWN, TOTAL}),
}
_CODE = re.compile(r"[A-Z][A-Z0-9_]*(\*)?")


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator. `base` is empty for a number, POPULATION for a rate, another indicator's code for a share;
    `disability` restricts to children with a registered disability (F22)."""

    code: str
    name: str
    population: str
    disability: bool
    measure: str
    level: str
    destination: str
    base: str
    unit: str
    sexes: tuple[str, ...]
    ages: tuple[str, ...]
    by_area: bool
    tm_number: str = ""
    source: str = ""

    @property
    def is_flow(self) -> bool:
        """Flows are counted over the period, stocks at its reference day."""
        return self.measure != "stock"

    @property
    def is_own(self) -> bool:
        """Own codes never enter UNICEF's file."""
        return self.code.startswith("KW")

    def for_destination(self, national: str) -> str:
        """The code of this definition's series for one national destination."""
        return self.code.replace(EVERY, national)


def parse(rows: Iterable[Mapping[str, str]]) -> tuple[Definition, ...]:
    """Read definitions from rows of indicators.csv, in their order.

    Raises Invalid whose `field` is the column and whose message names row (the header is row 1), code and rule.
    """
    definitions: dict[str, Definition] = {}
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        definition = _Row(line, row).definition()
        if definition.code in definitions:
            raise Invalid(
                f"row {line}: {definition.code} is defined twice (row {lines[definition.code]})", field="code"
            )
        definitions[definition.code] = definition
        lines[definition.code] = line
    for code, definition in definitions.items():
        _check_base(lines[code], definition, definitions)
    return tuple(definitions.values())


def _check_base(line: int, definition: Definition, definitions: Mapping[str, Definition]) -> None:
    if definition.unit != "PCNT":
        return
    base = definitions.get(definition.base)
    at = f"row {line}: {definition.code}: base {definition.base}"
    if base is None or base.unit != "PS" or base.destination == EVERY:
        raise Invalid(f"{at} must be the code of a number in this file", field="base", rule="share-needs-number")
    if base.is_flow != definition.is_flow:
        raise Invalid(f"{at} is counted over another window", field="base", rule="one-window")


class _Row:
    """One row while it is read: every error names the row, the code and the rule."""

    def __init__(self, line: int, row: Mapping[str, str]) -> None:
        self.line = line
        self.row = row
        self.code = self.cell("code")

    def definition(self) -> Definition:
        measure, destination, population = self.one_of("measure", MEASURES), self.destination(), self.population()
        window = self.one_of("window", ("day", "period"))
        if (window == "day") != (measure == "stock"):
            self.refuse("window", "a stock is counted on a day, everything else over a period")
        if destination and measure != "exit":
            self.refuse("destination", "only exits have a destination")
        return Definition(
            code=self.checked_code(destination),
            name=self.required("name"),
            population=population,
            disability=self.one_of("disability", ("any", "yes")) == "yes",
            measure=measure,
            level=self.required("form"),
            destination=destination,
            base=self.cell("base"),
            unit=self.unit(),
            sexes=self.words("sexes", {"F", "M", UNKNOWN, TOTAL}),
            ages=self.words("ages", AGES[population]),
            by_area=self.one_of("by_area", ("yes", "no")) == "yes",
            tm_number=self.cell("tm_number"),
            source=self.required("source"),
        )

    def cell(self, column: str) -> str:
        return (self.row.get(column) or "").strip()

    def required(self, column: str) -> str:
        return self.cell(column) or self.refuse(column, "must not be empty")

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        value = self.cell(column)
        return value if value in allowed else self.refuse(column, f"{value!r} is not one of {', '.join(allowed)}")

    def words(self, column: str, allowed: set[str] | frozenset[str]) -> tuple[str, ...]:
        words = tuple(self.required(column).split())
        for word in words:
            if word not in allowed:
                self.refuse(column, f"{word!r} is not one of {', '.join(sorted(allowed))} for this population")
        return words

    def checked_code(self, destination: str) -> str:
        match = _CODE.fullmatch(self.code)
        if match is None:
            self.refuse("code", "capital letters, digits and underscores only, beginning with a letter")
        if bool(match and match.group(1)) != (destination == EVERY):
            self.refuse("code", "ends in * exactly when the destination is *")
        return self.code

    def population(self) -> str:
        return self.one_of("population", POPULATIONS)

    def destination(self) -> str:
        value = self.cell("destination")
        return self.one_of("destination", (*sorted(DESTINATIONS), EVERY)) if value else ""

    def unit(self) -> str:
        unit, base = self.one_of("unit", UNITS), self.cell("base")
        wanted = "PS" if not base else "RATE_100000" if base == POPULATION else "PCNT"
        if unit != wanted:
            self.refuse("unit", f"with base {base!r} it is {wanted}")
        if unit != "PS" and self.cell("destination") == EVERY:
            self.refuse("unit", "series by national destination are numbers")
        if base == POPULATION and self.cell("ages") != TOTAL:
            self.refuse("ages", "a rate has the whole population under it, so its age is _T only")
        return unit

    def refuse(self, column: str, rule: str) -> str:
        raise Invalid(f"row {self.line}: {self.code or 'no code'}: {column}: {rule}", field=column, rule=rule)
