"""The plan of publication against the indicators there are, and denominators against the areas there are."""

import fnmatch
from collections.abc import Iterator

from shared.countries.checks.draft import Draft, Finding, names, table, where

WHOLE = "_T"


def findings(draft: Draft) -> Iterator[Finding]:
    """Plans that name no indicator (where a catalogue is at hand), and denominators of areas that do not exist."""
    known = {row.cells.get("code", "") for raw in draft.whole for row in raw.indicators}
    periods = table(draft.own.statistics.get("period"))
    for year, period in periods.items() if known else ():
        for code in _planned(period):
            if not fnmatch.filter(known, code):
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
