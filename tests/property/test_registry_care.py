"""What registry keeps of a child's care does not depend on the order in which two services are heard, and is what a
plain reading of all that was told gives.
"""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.care import CareStatus, Stay
from shared.ids import new_id

START = date(2026, 1, 1)
DAY = timedelta(days=1)
CHILD = UUID(int=1)
HOMES = [UUID(int=10 + n) for n in range(3)]
CASES = [UUID(int=20 + n) for n in range(3)]


@st.composite
def lives(draw):
    """What placements tells of a child, in its order: stays one after the other, some corrected or withdrawn."""
    told, day = [], START
    for number in range(draw(st.integers(0, 4))):
        placement, care = UUID(int=100 + number), draw(st.booleans())
        day += draw(st.integers(0, 3)) * DAY
        stay = Stay(draw(st.sampled_from(HOMES)), "FOSTER", day, care=care)
        told.append(("started", placement, stay))
        if draw(st.booleans()):
            told.append(("corrected", placement, Stay(stay.provider, "FOSTER", day, care=care, withdrawn=True)))
            continue
        end = day + draw(st.integers(0, 9)) * DAY
        last = draw(st.booleans())
        if not last:
            told.append(("ended", placement, end))
            day = end
        else:
            return told
    return told


def played(told):
    status = CareStatus(CHILD)
    for what, *arguments in told:
        getattr(status, what)(*arguments)
    return status


def state(status):
    return (status.stays, status.cases, status.in_care, status.provider, status.placement, status.since,
            status.in_care_since)  # fmt: skip


cases = st.lists(st.tuples(st.sampled_from(["opened", "closed"]), st.sampled_from(CASES)), max_size=6)


@given(life=lives(), cases=cases, data=st.data())
def test_any_order_between_two_services_is_right(life, cases, data):
    """Each service's own order is kept; where they meet is drawn."""
    merged, mine, theirs = [], list(life), list(cases)
    while mine or theirs:
        take_mine = data.draw(st.booleans()) if mine and theirs else bool(mine)
        merged.append(mine.pop(0) if take_mine else theirs.pop(0))
    assert state(played(merged)) == state(played([*life, *cases])) == state(played([*cases, *life]))


@given(life=lives())
def test_hearing_all_of_it_twice_changes_nothing_in_the_end(life):
    last = [each for each in life if each[0] != "started"]
    assert state(played([*life, *last])) == state(played(life))


@given(life=lives())
def test_it_is_what_a_plain_reading_gives(life):
    now = played(life)
    withdrawn = {placement for what, placement, rest in life if what == "corrected"}
    ended = {placement: to for what, placement, to in life if what == "ended"}
    begun = [(placement, stay) for what, placement, stay in life if what == "started" and placement not in withdrawn]
    here = [(placement, stay) for placement, stay in begun if placement not in ended]
    assert now.placement == (here[0][0] if here else None)
    assert now.in_care == (bool(here) and here[0][1].care)
    if now.in_care:
        nights = {
            stay.from_ + n * DAY
            for placement, stay in begun
            if stay.care
            for n in range((ended.get(placement, here[0][1].from_ + DAY) - stay.from_).days)
        }
        first = here[0][1].from_
        while first - DAY in nights:
            first -= DAY
        assert now.in_care_since == first
    assert new_id() not in now.stays
