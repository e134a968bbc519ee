"""A line of the decision table: who may act at once, who decides, whom to tell within what time, what silence means.

Read from the country pack (tables/decision_table.toml, which says what each column means). A column that the pack does
not know is None: then no clock runs for it. Not here: decisions themselves (decision), calendars (calendar).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.placements.domain.calendar import Span
from services.placements.domain.lawbook import LawBook

TABLE = "decision_table"


class After(StrEnum):
    """What a notice follows."""

    REMOVAL = "removal"
    DECISION = "decision"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class NoticeDue:
    """Whom to tell, within what time, after what."""

    to: str
    within: Span
    after: After


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table. `silence_by_law`: a source says what silence means; it is no default of ours."""

    id: str
    at_once: frozenset[str] | None
    decides: frozenset[str] | None
    notices: tuple[NoticeDue, ...]
    application: Span | None
    withdrawal: Span | None
    longest: Span | None
    renewals: int | None
    silence: str
    silence_by_law: bool
    oral: bool
    confirm: Span | None
    appeal: Span | None
    appeal_suspends: bool | None
    carry_out: Span | None
    second_signature: bool


def line(law: LawBook, act: str, situation: str, on: date, area: str) -> Line | None:
    """The line for an act in a situation; one that names the situation goes first. None: the pack has none."""
    standing = [each for each in law.table(TABLE, on, area) if each["act"] == act]
    for each in standing:
        if situation in each.get("situations", ()):
            return _read(each)
    return next((_read(each) for each in standing if not each.get("situations")), None)


def _read(row: Mapping[str, Any]) -> Line:
    unknown: Sequence[str] = row.get("unknown", ())
    known = {name: value for name, value in row.items() if name not in unknown}
    return Line(
        id=row["id"],
        at_once=_some(known, "at_once"),
        decides=_some(known, "decides"),
        notices=tuple(
            NoticeDue(each["to"], Span(each["within"], each["unit"]), After(each["after"]))
            for each in known.get("notices", ())
        ),
        renewals=known.get("renewals"),
        silence=known.get("silence", "to be confirmed"),
        silence_by_law=row.get("basis") == "source" and "silence" in known and "silence" not in row.get("defaults", ()),
        oral=known.get("oral", True),  # not known: no rule says no
        appeal_suspends=known.get("appeal_suspends"),
        second_signature=known.get("second_signature", False),
        application=_span(known, "application"),
        withdrawal=_span(known, "withdrawal"),
        longest=_span(known, "longest"),
        confirm=_span(known, "confirm"),
        appeal=_span(known, "appeal"),
        carry_out=_span(known, "carry_out"),
    )


def _some(known: Mapping[str, Any], name: str) -> frozenset[str] | None:
    return frozenset(known[name]) if name in known else None


def _span(known: Mapping[str, Any], name: str) -> Span | None:
    return Span(known[name]["amount"], known[name]["unit"]) if name in known else None
