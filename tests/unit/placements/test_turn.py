"""What the day's turn makes of a law that changed, by days and by areas."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.placements.domain.turn_law import Change, LawSeen, follow, spread
from services.placements.store import turn_law
from shared import countries

PACK = countries.load("kz", Path(__file__).parents[3] / "countries")
TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)
SEEN = LawSeen("same", YESTERDAY)
LAST = UUID(int=7)


def test_a_law_never_seen_or_edited_is_told_to_all_from_today():
    told = LawSeen("same", TODAY, spread_on=TODAY)
    assert follow(None, "same", [], TODAY) == told
    assert follow(LawSeen("other", YESTERDAY), "same", [Change(YESTERDAY, frozenset({"KZ-75"}))], TODAY) == told


def test_the_same_law_is_only_seen():
    assert follow(SEEN, "same", [], TODAY) == LawSeen("same", TODAY)
    assert follow(LawSeen("same", TODAY), "same", [], YESTERDAY) == LawSeen("same", TODAY)


def test_what_its_days_brought_is_told_as_of_the_first_of_them_in_their_areas():
    changes = [Change(date(2026, 3, 4), frozenset({"KZ-75"})), Change(date(2026, 3, 6), frozenset({"KZ-71"}))]
    found = follow(SEEN, "same", changes, TODAY)
    assert (found.spread_on, found.spread_areas) == (date(2026, 3, 4), ("KZ-71", "KZ-75"))
    everywhere = follow(SEEN, "same", [*changes, Change(TODAY, None)], TODAY)
    assert (everywhere.spread_on, everywhere.spread_areas) == (date(2026, 3, 4), None)


@pytest.mark.parametrize(("before", "after"), [(None, None), (("KZ-71",), ("KZ-71", "KZ-75"))])
def test_a_change_that_comes_while_another_is_told_is_told_with_it_from_the_beginning(before, after):
    going = LawSeen("same", YESTERDAY, spread_on=YESTERDAY, spread_areas=before, spread_after=LAST)
    found = follow(going, "same", [Change(TODAY, frozenset({"KZ-75"}))], TODAY)
    assert (found.spread_on, found.spread_areas, found.spread_after) == (YESTERDAY, after, None)
    assert follow(going, "same", [], TODAY).spread_after == LAST


def test_a_change_is_told_some_at_a_time_to_the_last():
    going = LawSeen("same", TODAY, spread_on=TODAY, spread_areas=("KZ-75",))
    further = spread(going, LAST)
    assert (further.spread_on, further.spread_after) == (TODAY, LAST)
    assert spread(further, None) == LawSeen("same", TODAY)


def test_a_pack_is_another_law_where_rules_would_read_something_else():
    from dataclasses import replace

    *inherited, own = PACK.parameters
    entry = replace(PACK.parameter("under_three_age", TODAY), value=4, pack="kz", since=TODAY, areas=("KZ-75",))
    changed = replace(PACK, parameters=(*inherited, {**own, entry.name: (entry,)}))
    assert turn_law.digest(PACK) == turn_law.digest(countries.load("kz", Path(__file__).parents[3] / "countries"))
    assert turn_law.digest(changed) != turn_law.digest(PACK)
    found = [each for each in turn_law.changes(changed, YESTERDAY, TODAY) if each.areas is not None]
    assert [each.on for each in found] == [TODAY]
    assert found[0].areas == changed.areas.below("KZ-75")
    assert turn_law.changes(changed, TODAY, TODAY) == []
