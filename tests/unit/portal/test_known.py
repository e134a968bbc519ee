"""A child as known on an earlier day: by the time of recording, in the country's zone; later ends are undone."""

from datetime import date

import pytest

from services.portal import chronology, known
from services.portal.child import Frame
from services.portal.together import Card

DAY = date(2025, 3, 10)
STAY = {
    "id": "s", "from": "2024-05-01", "to": None, "care_form": "FOSTER", "state": "active", "entry_reason": "VIOLENCE",
    "destination": None, "end_reason": None, "authorised": True, "decision": None, "recorded_on": "2024-05-02",
}  # fmt: skip
ENDED = STAY | {"to": "2025-06-01", "state": "ended", "destination": "REUNIFICATION", "end_reason": "PLAN"}


@pytest.fixture
def speaking(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def seen(death=None, day=DAY, **cards):
    return known.on(Frame("c", {"death": death}, "1", {name: Card(value) for name, value in cards.items()}), day)


def stays(*rows, breaches=()):
    return {"placements": list(rows), "breaches": list(breaches)}


def test_what_was_recorded_later_is_left_out_however_long_ago_it_was(speaking):
    late = STAY | {"id": "late", "from": "2020-01-01", "recorded_on": "2025-03-11"}
    same_day = STAY | {"id": "same", "recorded_on": "2025-03-10"}
    found = seen(stays=stays(STAY, late, same_day)).frame.items("stays", "placements")
    assert [each["id"] for each in found] == ["s", "same"]


def test_a_stay_that_ended_later_goes_on_and_one_that_had_ended_is_over(speaking):
    over = ENDED | {"to": "2025-03-10"}
    later, earlier = seen(stays=stays(ENDED, over)).frame.items("stays", "placements")
    assert (later["to"], later["state"], later["destination"], later["end_reason"]) == (None, "active", None, None)
    assert earlier == over
    assert ENDED["to"] == "2025-06-01", "what the service answered is as it was"


def test_the_end_of_the_day_is_by_the_clocks_of_the_country(speaking):
    rows = [{"at": at, "actor": "a", "on": None} for at in ("2025-03-10T18:59:00+00:00", "2025-03-10T19:01:00+00:00")]
    found = seen(revisions={"items": rows}).frame.items("revisions")
    assert [each["at"][11:16] for each in found] == ["18:59"], "Almaty is five hours before Greenwich"


@pytest.mark.parametrize(
    ("name", "key", "row", "ends"),
    [
        ("stays", "breaches", {"opened_on": "2025-01-01", "healed_on": "2025-04-01"}, "healed_on"),
        ("measures", "items", {"recorded_on": "2025-01-01", "ended_on": "2025-04-01", "end_reason": "X"}, "ended_on"),
        ("cases", "items", {"recorded_at": "2025-01-01T08:00:00+00:00", "opened_on": "2025-01-01",
                            "closed_on": "2025-04-01", "close_reason": "X"}, "closed_on"),
        ("reintegrations", "items", {"recorded_at": "2025-01-01T08:00:00+00:00", "started_on": "2025-01-01",
                                     "returned_on": "2025-04-01"}, "returned_on"),
    ],
)  # fmt: skip
def test_other_ends_that_came_later_are_undone_too(speaking, name, key, row, ends):
    value = {"placements": [], key: [row]} if name == "stays" else {key: [row]}
    (then,) = seen(**{name: value}).frame.items(name, key)
    (now,) = seen(**{name: value}, day=date(2025, 4, 1)).frame.items(name, key)
    assert then[ends] is None
    assert now[ends] == "2025-04-01"


def test_decisions_appeals_and_emergencies_go_by_their_hour_of_recording(speaking):
    late, early = "2025-03-11T09:00:00+00:00", "2025-03-09T09:00:00+00:00"
    rows = {
        "decisions": [{"made_on": "2025-01-01", "recorded_at": at} for at in (early, late)],
        "appeals": [{"lodged_on": "2025-01-02", "recorded_at": late}],
        "emergencies": [{"at": "2025-01-01T01:00:00+00:00", "recorded_at": early}],
    }
    frame = seen(decisions=rows).frame
    assert [len(frame.items("decisions", key)) for key in rows] == [1, 0, 1]


def test_an_entry_without_a_time_of_recording_stands_by_its_own_day_and_is_counted(speaking):
    old = {"opened_on": "2025-01-01", "closed_on": None, "recorded_at": None, "kind": "X"}
    found = seen(cases={"items": [old, old | {"opened_on": "2025-05-01"}]})
    assert (len(found.frame.items("cases")), found.undated) == (1, 1)


def test_a_death_of_a_later_day_is_not_known_and_what_is_denied_stays_denied(speaking):
    found = seen(death={"died_from": "2025-03-11"})
    assert found.frame.record["death"] is None
    frame = Frame("c", {"death": {"died_from": "2025-03-10"}}, "1", {"cases": Card(denied=True)})
    same = known.on(frame, DAY).frame
    assert same.record["death"]
    assert same.card("cases").denied


def test_bars_are_drawn_to_the_chosen_day(speaking):
    (then,) = chronology.stays_of(seen(stays=stays(ENDED)).frame)
    drawn = chronology.picture([then], DAY)
    assert max(year for year, _ in drawn.years) == 2025
    assert drawn.bars[0].x + drawn.bars[0].width < drawn.width
