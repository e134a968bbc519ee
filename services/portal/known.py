"""A child's frame as it was known on an earlier day: what was recorded later is left out, what ended later goes on.

The services keep when an entry was recorded, not each of its later changes. So a correction stands as it is now, and an
entry that was taken back since is absent. Not here: how the chronology reads (chronology).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.portal.child import Frame
from services.portal.house import house

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class _Kind:
    """Entries of one list: which field says when they were recorded, which day they tell of, what may come later."""

    recorded: str
    on: str
    later: tuple[str, ...] = ()
    """The day on which it ended, and what was said with it."""


KINDS: Mapping[tuple[str, str], _Kind] = {
    ("stays", "placements"): _Kind("recorded_on", "from", ("to", "destination", "end_reason")),
    ("stays", "breaches"): _Kind("opened_on", "opened_on", ("healed_on",)),
    ("absences", "items"): _Kind("recorded_on", "from"),
    ("decisions", "decisions"): _Kind("recorded_at", "made_on"),
    ("decisions", "emergencies"): _Kind("recorded_at", "at"),
    ("decisions", "appeals"): _Kind("recorded_at", "lodged_on"),
    ("gatekeeping", "items"): _Kind("recorded_at", "requested_on"),
    ("reviews", "items"): _Kind("recorded_on", "held_on"),
    ("reintegrations", "items"): _Kind("recorded_at", "started_on", ("returned_on",)),
    ("measures", "items"): _Kind("recorded_on", "recorded_on", ("ended_on", "end_reason")),
    ("cases", "items"): _Kind("recorded_at", "opened_on", ("closed_on", "close_reason")),
    ("alerts", "items"): _Kind("raised_at", "raised_at"),
    ("revisions", "items"): _Kind("at", "at"),
}


@dataclass(frozen=True)
class Known:
    """The frame of that day; how many entries of it bear no time of recording, and stand by their own day."""

    frame: Frame
    undated: int


def on(frame: Frame, day: date) -> Known:
    """What was known at the end of `day`, by the country's clocks."""
    cards, undated = dict(frame.cards), 0
    for (name, key), kind in KINDS.items():
        card = cards.get(name)
        if card is None or not card.value:
            continue
        kept = [each for each in card.value[key] if _day(each.get(kind.recorded) or each[kind.on]) <= day]
        undated += sum(not each.get(kind.recorded) for each in kept)
        cards[name] = replace(card, value={**card.value, key: [_as_of(each, kind.later, day) for each in kept]})
    record = dict(frame.record)
    if (death := record.get("death")) and _day(death["died_from"]) > day:
        record["death"] = None
    return Known(replace(frame, record=record, cards=cards), undated)


def _as_of(entry: Entry, later: tuple[str, ...], day: date) -> Entry:
    """The entry without an end that had not come yet; a stay without its end goes on."""
    if not later or not entry.get(later[0]) or _day(entry[later[0]]) <= day:
        return entry
    open_ = {**entry, **dict.fromkeys(later)}
    return {**open_, "state": "active"} if entry.get("state") == "ended" else open_


def _day(said: str) -> date:
    if "T" not in said:
        return date.fromisoformat(said)
    return datetime.fromisoformat(said).astimezone(house().pack.zone).date()
