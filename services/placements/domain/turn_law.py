"""A change of the law and how it reaches the children: seen by the day's turn, spread over it some at a time.

Not here: what makes two laws different (store/turn_law.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class LawSeen:
    """The law as the turn saw it last: `digest` of all that rules read, with what follows from days until `seen_on`.

    With `spread_on` those whom a change concerns are being marked to be looked at as of that day: in `spread_areas`
    (None: everywhere), in the order of their ids, so far to `spread_after`.
    """

    digest: str
    seen_on: date
    spread_on: date | None = None
    spread_areas: tuple[str, ...] | None = None
    spread_after: UUID | None = None


@dataclass(frozen=True)
class Change:
    """From a day on another law holds in these areas with all that lies in them (None: everywhere)."""

    on: date
    areas: frozenset[str] | None


def follow(seen: LawSeen | None, digest: str, changes: Sequence[Change], today: date) -> LawSeen:
    """What the turn has to tell of the law now.

    A pack that was changed, or was never seen, holds from today, everywhere; else what its days (`changes`, those since
    it was seen last) brought, as of the first of them. One that comes while another is being told is told with it, from
    the beginning.
    """
    if seen is None or seen.digest != digest:
        changes = [Change(today, None)]
    if seen is not None and not changes:
        return replace(seen, seen_on=max(today, seen.seen_on))
    days, areas = [each.on for each in changes], [each.areas for each in changes]
    if seen is not None and seen.spread_on is not None:
        days.append(seen.spread_on)
        areas.append(None if seen.spread_areas is None else frozenset(seen.spread_areas))
    named = [each for each in areas if each is not None]
    where = tuple(sorted(frozenset().union(*named))) if len(named) == len(areas) else None
    return LawSeen(digest, today, spread_on=min(days), spread_areas=where)


def spread(seen: LawSeen, last: UUID | None) -> LawSeen:
    """The children up to `last` are marked; None: all of them."""
    if last is not None:
        return replace(seen, spread_after=last)
    return replace(seen, spread_on=None, spread_areas=None, spread_after=None)
