"""The plan of publication against the indicators there are, and denominators against the areas there are."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from shared.countries.checks.draft import Draft, Finding, names, table, where

WHOLE = "_T"


def findings(draft: Draft) -> Iterator[Finding]:
    """Plans that name no indicator (where a catalogue is at hand), and denominators of areas that do not exist."""
    known = {row.cells.get("code", "") for raw in draft.whole for row in raw.indicators}
    periods = table(draft.own.statistics.get("period"))
    for year, period in periods.items() if known else ():
        for code in _planned(period):
            if not any(_meet(code, indicator) for indicator in known):
                message = f"no indicator is called {code}"
                key = f"period/{year}/publish"
                yield Finding(draft.file("statistics.toml"), key, "known-indicator", message, "Correct the code.")
    areas = {row.cells.get("code", "") for raw in draft.whole for row in raw.areas} | {WHOLE}
    for row in draft.own.denominators:
        area = row.cells.get("area", WHOLE)
        if area not in areas:
            key = where(row, "code", "area", "reference_day")
            message = f"{area} is no area"
            yield Finding(draft.file("denominators.csv"), key, "known-area", message, f"Name an area, or {WHOLE}.")


def _planned(period: object) -> tuple[str, ...]:
    return names(table(table(period).get("publish")).get("indicators"))


def _meet(planned: str, indicator: str) -> bool:
    """Whether a planned code and a catalogue's code name the same; either may end in * for a family of series."""
    return fnmatchcase(indicator, planned) or fnmatchcase(planned, indicator)
