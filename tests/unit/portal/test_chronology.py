"""A child's chronology: stays in order, gaps told, bars in the reader's direction, who says what."""

from datetime import UTC, datetime

import pytest
from flask import g

from services.portal import chronology
from services.portal.child import Frame
from services.portal.together import Card

CHILD = "0192f0c1-2b3c-7d4e-8f50-000000000001"


@pytest.fixture
def speaking(app, monkeypatch):
    monkeypatch.setattr("shared.clock.now", lambda: datetime(2026, 6, 1, tzinfo=UTC))

    def say(language="en"):
        return app.test_request_context(headers={"Accept-Language": language})

    return say


def stay(first, last=None, form="SHELTER_EMERGENCY", state="ended"):
    return {"id": f"s{first}", "from": first, "to": last, "care_form": form, "state": state if last else "active",
            "entry_reason": "VIOLENCE", "destination": None, "authorised": True, "decision": None}  # fmt: skip


def frame(**lists):
    cards = {"stays": Card({"placements": lists.get("stays", []), "breaches": lists.get("breaches", [])})}
    cards |= {name: Card({"items": rows}) for name, rows in lists.items() if name not in {"stays", "breaches"}}
    return Frame(CHILD, {"death": None}, "1", cards)


def test_gaps_between_stays_are_told_and_stays_that_touch_leave_none(speaking):
    held = [stay("2023-01-01", "2023-05-01"), stay("2023-05-01", "2023-08-01"), stay("2024-02-01")]
    with speaking():
        assert chronology.gaps(held) == [("2023-08-01", "2024-02-01", None)]
        told = chronology.events(frame(stays=held))
    [gap] = [each for each in told if each.kind == "gap"]
    assert "1 Feb 2024" in gap.what
    assert gap.significant


def test_a_child_whose_way_out_of_care_is_known_is_in_no_gap(speaking):
    home = stay("2023-01-01", "2023-05-01") | {"destination": "REUNIFICATION"}
    with speaking():
        told = chronology.events(frame(stays=[home, stay("2024-02-01")]))
        drawn = chronology.picture([home, stay("2024-02-01")])
    assert not [each for each in told if each.kind == "gap"]
    assert [bar.css for bar in drawn.bars] == ["bar-residential", "bar-residential", "bar-out"]


def test_a_longer_stay_beside_a_shorter_one_covers_the_gap(speaking):
    assert (
        chronology.gaps([stay("2023-01-01", "2025-01-01"), stay("2023-02-01", "2023-03-01"), stay("2025-01-01")]) == []
    )


def test_bars_run_with_the_reader(speaking):
    held = [stay("2023-01-01", "2023-05-01"), stay("2024-02-01")]
    with speaking("en"):
        english = chronology.picture(held)
    with speaking("ur"):
        g.pop("language", None)
        urdu = chronology.picture(held)
    assert english.bars[0].x < english.bars[1].x
    assert urdu.bars[0].x > urdu.bars[1].x
    assert {bar.css for bar in english.bars} == {"bar-residential", "bar-gap"}
    assert all(bar.x >= 0 and bar.x + bar.width <= english.width for bar in [*english.bars, *urdu.bars])


def test_what_was_withdrawn_is_not_a_stay_and_no_stay_is_no_picture(speaking):
    with speaking():
        assert chronology.stays_of(frame(stays=[stay("2023-01-01", "2023-05-01", state="withdrawn")])) == []
        assert chronology.picture([]) is None


def test_each_event_names_its_author_and_source_the_newest_first(speaking):
    revision = {
        "version": 1,
        "kind": "amended",
        "at": "2026-01-05T10:00:00+00:00",
        "actor": "aigul",
        "on": "2026-01-01",
    }
    review = {"held_on": "2025-01-01", "status": "held", "by": ["ann", "bek"], "again_by": None}
    with speaking():
        told = chronology.events(frame(stays=[stay("2023-01-01")], revisions=[revision], reviews=[review]))
    assert [(each.kind, each.author, each.source) for each in told] == [
        ("record", "aigul", "Registry"), ("review", "ann, bek", "Placements"), ("stay", "", "Placements"),
    ]  # fmt: skip
    assert [each.significant for each in told] == [False, False, True]
