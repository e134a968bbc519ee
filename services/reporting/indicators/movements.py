"""Changes between the states of two consecutive days, dated on the later one, with their destination (F1, F5, F8).

A movement is seen once and counted at every level it crosses. Not here: who is counted in which cell (tally).
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.reporting.indicators.classification import MOVE, Classification
from services.reporting.indicators.timeline import OPEN, Note, Spell, Timeline

NOT_RECORDED = "NOT_RECORDED"
FOUND = "FOUND_"
"""Before what was found instead of the recorded reason, as own national destination: FOUND_FAMILY."""
PLACED = frozenset({MOVE, "FAMILY", "RESIDENTIAL"})
"""Reasons which say that the child stayed in formal care."""


class Movement(NamedTuple):
    """From `before` to `after`, None being outside formal care. `destinations` has more than one element where a joined
    national code cannot be told apart; `national` is the recorded code, if it agrees with what followed."""

    day: date
    before: Spell | None
    after: Spell | None
    destinations: frozenset[str] = frozenset()
    national: str = ""

    @property
    def entered(self) -> frozenset[str]:
        """Levels the child was outside of the day before and is in now."""
        return _levels(self.after) - _levels(self.before)

    @property
    def left(self) -> frozenset[str]:
        """Levels the child was in the day before and is outside of now."""
        return _levels(self.before) - _levels(self.after)

    @property
    def kept(self) -> frozenset[str]:
        """Levels within which the child moved."""
        return _levels(self.before) & _levels(self.after)


def _levels(spell: Spell | None) -> frozenset[str]:
    return frozenset() if spell is None else spell.form.levels


def movements(timeline: Timeline, classification: Classification, start: date, end: date) -> Iterator[Movement]:
    """The movements of one child in [start, end), in order of time; notes on reasons go to the timeline."""
    before: Spell | None = None
    for spell in timeline.spells:
        if before is not None and before.end == spell.start:
            if start <= spell.start < end:
                yield _moved(before, spell, classification, timeline.notes)
        else:
            if before is not None and start <= before.end < end:
                yield _left(before, spell, timeline, classification)
            if start <= spell.start < end:
                yield Movement(spell.start, None, spell)
        before = spell
    if before is not None and start <= before.end < end and before.end != OPEN:
        yield _left(before, timeline.brief, timeline, classification)
    if timeline.brief is not None and start <= timeline.brief.start < end:
        yield Movement(timeline.brief.start, None, timeline.brief)
        yield _left(timeline.brief, None, timeline, classification)


def _moved(before: Spell, after: Spell, classification: Classification, notes: list[Note]) -> Movement:
    """What follows decides (F8); the recorded code is kept beside it unless it contradicts."""
    found = after.form.destination
    recorded = classification.counts_as(before.episode.destination) if before.ended else frozenset()
    agrees = bool(recorded & {found, MOVE})
    bridged = after.start < after.episode.start
    if not agrees and (recorded or bridged):
        text = f"leaving reason {before.episode.destination or NOT_RECORDED} contradicted by the place that follows"
        text += ", which began within 7 days: in it from the day of leaving" if bridged else ""
        placements = (before.episode.placement, after.episode.placement)
        until = max(after.start, after.episode.start)
        notes.append(Note("F7" if bridged else "F8", text, after.start, until, before.episode.child, placements))
    national = before.episode.destination if agrees else None
    return Movement(after.start, before, after, frozenset({found}), national or FOUND + found)


def _left(before: Spell, later: Spell | None, timeline: Timeline, classification: Classification) -> Movement:
    """An exit from formal care: the recorded reason, as far as what follows (`later`) allows it."""
    code = _last_reason(before, timeline, classification)
    recorded = classification.counts_as(code) if before.ended else frozenset()
    if timeline.died == before.end:
        found, odd = frozenset({"DEATH"}), "" if "DEATH" in recorded or not recorded else "child died on that day"
        agrees = "DEATH" in recorded
    elif recorded:
        found, odd = _reason(before, recorded, seen_later=later is not None)
        agrees = len(recorded) > 1 or found == recorded
    else:
        found, odd, agrees = frozenset({"OTHER"}), "no leaving reason that the code list knows", False
    if odd:
        text = f"leaving reason {code or NOT_RECORDED}: {odd}"
        timeline.notes.append(
            Note("F8", text, before.end, before.end, before.episode.child, (before.episode.placement,))
        )
    missing = NOT_RECORDED if not recorded and "OTHER" in found else FOUND + min(found)
    return Movement(before.end, before, None, found, code if agrees and code else missing)


def _last_reason(before: Spell, timeline: Timeline, classification: Classification) -> str | None:
    """The recorded leaving reason; after a move into a stay without a night, that stay's (F3)."""
    code = before.episode.destination
    if classification.counts_as(code) <= PLACED:
        for stay in timeline.day_stays:
            if stay.start == before.end and not classification.counts_as(stay.episode.destination) <= PLACED:
                return stay.episode.destination
    return code


def _reason(before: Spell, recorded: frozenset[str], *, seen_later: bool) -> tuple[frozenset[str], str]:
    """The destinations an exit with a recorded reason may have had, and what is odd about the reason.

    A move that is not seen to arrive within 7 days is OTHER (F7). Leaving one family form for family-based care is a
    move inside it only when it is seen (else 22.1 would not add up from 25 to 27); likewise within residential care.
    """
    if seen_later and recorded <= PLACED:
        return frozenset({"OTHER"}), "the next place begins more than 7 days later"
    if recorded == {"DEATH"}:
        return frozenset({"OTHER"}), "the child is recorded in a place later"
    possible = recorded if recorded == {MOVE} else recorded - {MOVE}
    unseen = {MOVE, before.form.destination}
    found = frozenset("OTHER" if part in unseen else part for part in possible)
    return found, "no next place is recorded" if recorded <= PLACED else ""
