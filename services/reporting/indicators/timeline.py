"""The care episodes of one child into spells: where the child was at the end of each day (F1-F3, F6, F7, F20).

A child has at most one spell for any day; between spells the child is not in formal care. Not here: what a change of
state counts as (movements), and anything about several children.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from services.reporting.indicators.classification import Classification, Form
from services.reporting.indicators.facts import ChildFact, EpisodeFact

OPEN = date.max
BRIDGE = timedelta(days=7)


class Spell(NamedTuple):
    """The days [start, end) a child spends in one place; `end` is OPEN while it lasts. `ended`: the record of the place
    ends here too, so its leaving reason speaks of this end."""

    start: date
    end: date
    form: Form
    episode: EpisodeFact
    ended: bool


class Note(NamedTuple):
    """Something odd about [start, end] in one child's records; becomes a finding when it touches the period."""

    rule: str
    text: str
    start: date
    end: date
    child: UUID
    placements: tuple[UUID, ...] = ()


class Timeline(NamedTuple):
    """One child's spells in order of time, and the stays that leave no spell: placed and died on one day (`brief`, one
    entry and one exit), and stays without a night (`day_stays`)."""

    spells: list[Spell]
    died: date | None
    brief: Spell | None
    day_stays: list[Spell]
    notes: list[Note]

    def on(self, day: date) -> Spell | None:
        """The spell of the end of `day`."""
        for spell in self.spells:
            if spell.start <= day < spell.end:
                return spell
        return None


def build(child: ChildFact, episodes: Sequence[EpisodeFact], classification: Classification) -> Timeline:
    """The state of every day of one child, from records that may overlap, leave gaps or contradict each other."""
    notes: list[Note] = []
    stays = _stays(episodes, classification, notes)
    died = child.died or _recorded_death(stays, classification)
    if died is not None:
        stays = _until(died, stays, classification, notes)
    nights = [stay for stay in stays if stay.start < stay.end]
    day_stays = [stay for stay in stays if stay.start == stay.end and stay.start != died]
    spells = _one_a_day(nights, notes)
    arrivals = [stay for stay in stays if stay.start == stay.end == died]
    if arrivals and not (spells and spells[-1].end == died):
        spells.append(min(arrivals, key=_precedence))
    spells = _bridged(spells)
    brief = spells.pop() if spells and spells[-1].start == spells[-1].end else None
    return Timeline(spells, died, brief, day_stays, notes)


def _stays(episodes: Sequence[EpisodeFact], classification: Classification, notes: list[Note]) -> list[Spell]:
    """The episodes that are formal care, in order of start; what cannot be read is left out and noted."""
    stays = []
    for episode in sorted(episodes, key=_when) if len(episodes) > 1 else episodes:
        end = OPEN if episode.end is None else episode.end
        form = classification.form(episode.care_form, episode.carer_relation)
        if end < episode.start:
            notes.append(_note("F2", "ends before it starts; not counted", episode.start, end, episode))
        elif form is None:
            if not classification.knows(episode.care_form):
                notes.append(_note("F5", "care form is not in the code list; not counted", episode.start, end, episode))
        else:
            if form.carer_unknown:
                text = "carer relation unknown; counted as other family-based care"
                notes.append(_note("F15", text, episode.start, end, episode))
            stays.append(Spell(episode.start, end, form, episode, episode.end is not None))
    return stays


def _when(episode: EpisodeFact) -> tuple[date, date, int]:
    return (episode.start, episode.end or OPEN, episode.placement.int)


def _recorded_death(stays: list[Spell], classification: Classification) -> date | None:
    """The day a placement ended by death, unless the child is recorded in a place after it: then nobody died."""
    ends = [stay.end for stay in stays if "DEATH" in _sole(stay, classification)]
    return max(ends) if ends and all(stay.end <= max(ends) for stay in stays) else None


def _sole(stay: Spell, classification: Classification) -> frozenset[str]:
    """The leaving reason of a stay that has ended, when it means one thing only."""
    parts = classification.counts_as(stay.episode.destination) if stay.ended else frozenset()
    return parts if len(parts) == 1 else frozenset()


def _until(died: date, stays: list[Spell], classification: Classification, notes: list[Note]) -> list[Spell]:
    """Stays as they were up to the day of death, whenever it became known (F20)."""
    kept = []
    last = max((stay.end for stay in stays), default=died)
    for stay in stays:
        end = min(stay.end, died)
        if stay.start > died:
            notes.append(
                _note("F20", "starts after the child's death; not counted", stay.start, stay.end, stay.episode)
            )
            continue
        if "DEATH" in _sole(stay, classification) and stay.end == last != died:
            notes.append(
                _note("F20", "ended by death on another day than the child died", stay.end, died, stay.episode)
            )
            end = died
        kept.append(stay._replace(end=end))
    return kept


def _precedence(stay: Spell) -> tuple[int, int, int]:
    """Residential, foster, kinship, other (F6); among equals the later place."""
    return (stay.form.precedence, -stay.start.toordinal(), -stay.episode.placement.int)


def _one_a_day(stays: list[Spell], notes: list[Note]) -> list[Spell]:
    """Stays of at least one night, in order of start, into spells that do not overlap (F6)."""
    furthest, overlapped = None, False
    for stay in stays:
        if furthest is not None and stay.start < furthest.end:
            overlapped = True
            placements = (furthest.episode.placement, stay.episode.placement)
            until = min(furthest.end, stay.end)
            text = "two places recorded for the same nights"
            notes.append(Note("F6", text, stay.start, until, stay.episode.child, placements))
        if furthest is None or stay.end > furthest.end:
            furthest = stay
    return _swept(stays) if overlapped else list(stays)


def _swept(stays: list[Spell]) -> list[Spell]:
    """Between each two days on which some place begins or ends, the one that takes precedence."""
    # Every pair is compared: one child's places are few, and overlapping records are the exception.
    days = sorted({day for stay in stays for day in (stay.start, stay.end)})
    spells: list[Spell] = []
    for start, end in pairwise(days):
        there = [stay for stay in stays if stay.start <= start and stay.end >= end]
        if not there:
            continue
        stay = min(there, key=_precedence)
        goes_on = bool(spells) and spells[-1].episode is stay.episode and spells[-1].end == start
        since = spells.pop().start if goes_on else start
        spells.append(stay._replace(start=since, end=end, ended=stay.ended and end == stay.end))
    return spells


def _bridged(spells: list[Spell]) -> list[Spell]:
    """Where the next place begins within 7 days, the child is in it from the day of leaving (F7).

    The recorded reason does not matter: what follows contradicts it (F8), and F7 decides.
    """
    joined = spells[:1]
    for spell in spells[1:]:
        left = joined[-1].end
        joined.append(spell._replace(start=left) if left < spell.start <= left + BRIDGE else spell)
    return joined


def _note(rule: str, text: str, start: date, end: date, episode: EpisodeFact) -> Note:
    return Note(rule, text, min(start, end), max(start, end), episode.child, (episode.placement,))
