"""The timeline as known on an earlier day: chosen by a form without scripts, said on the page, kept by its links."""

import re

import pytest

CHILD = "018f2f6e-0000-7000-8000-00000000cafe"
PATH = f"/children/{CHILD}/timeline"
RECORD = {
    "id": CHILD, "reference": "CH-0000001-D", "version": 3, "status": "active", "death": None, "identifiers": [],
    "identity": {
        "names": [{"script": "Latn", "kind": "birth", "family": "Bekova", "given": "Dinara"}], "sex": "F",
        "area": "KZ-75", "languages": [], "birth": {"born_from": "2017-03-02", "born_to": "2017-03-02"},
    },
}  # fmt: skip
STAY = {
    "id": "s", "from": "2024-05-01", "to": "2025-06-01", "care_form": "FOSTER", "state": "ended", "kind": "planned",
    "entry_reason": "NEGLECT", "destination": "REUNIFICATION", "end_reason": "PLAN", "authorised": True,
    "decision": None, "provider": None, "planned_to": None, "recorded_on": "2024-05-02",
}  # fmt: skip
LATE = STAY | {"id": "late", "from": "2023-01-01", "to": "2023-09-01", "care_form": "SHELTER_EMERGENCY",
               "recorded_on": "2025-03-11"}  # fmt: skip
CASE = {"id": "c", "kind": "PROTECTION", "status": "open", "opened_on": "2024-05-01", "closed_on": None,
        "recorded_at": None, "worker": None, "centre": "x"}  # fmt: skip


@pytest.fixture
def reader(portal):
    portal.services.answers = {
        ("GET", f"/registry/children/{CHILD}"): RECORD,
        ("GET", f"/placements/children/{CHILD}/placements"): {"placements": [STAY, LATE], "breaches": []},
        ("GET", f"/social_work/children/{CHILD}/cases"): {"items": [CASE]},
    }
    return portal.as_("social_worker", subject="demo-known")


def words(browser, query=""):
    return " ".join(re.sub(r"<[^>]*>", " ", browser.get(PATH + query).text).split())


def test_today_shows_all_and_an_earlier_day_what_was_recorded_by_then(reader):
    now, then = words(reader), words(reader, "?known=2025-03-10")
    assert "since 1 May 2024" not in now.partition("Timeline")[2]
    assert "1 Jan 2023" in now
    assert "1 Jan 2023" not in then
    assert "since 1 May 2024" in then, "the end came later"
    assert "1 Jan 2023" in words(reader, "?known=2025-03-11"), "on the day of its recording it was known"


def test_the_page_says_what_the_view_means_and_what_it_cannot_undo(reader):
    then = words(reader, "?known=2025-03-10")
    assert "As known on 10 Mar 2025: what was recorded later is not shown." in then
    assert "Not undone:" in then
    assert "Of 1 entry nothing says when it was recorded" in then
    assert "Not undone:" not in words(reader)


def test_the_day_stays_when_events_are_chosen_and_the_other_way_round(reader):
    text = reader.get(f"{PATH}?known=2025-03-10").text
    assert f'href="{PATH}?only=significant&amp;known=2025-03-10"' in text
    text = reader.get(f"{PATH}?known=2025-03-10&only=significant").text
    assert '<input type="hidden" name="only" value="significant">' in text
    assert f'href="{PATH}?known=2025-03-10"' in text


@pytest.mark.parametrize("typed", ["soon", "2999-01-01", "2025-02-30"])
def test_a_day_that_was_none_is_said_at_the_field_and_today_is_shown(reader, typed):
    text = reader.get(f"{PATH}?known={typed}").text
    assert reader.page.status_code == 200
    assert 'id="known-wrong"' in text
    assert f'value="{typed}"' in text
    assert "Not undone:" not in text
