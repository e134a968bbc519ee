"""My work: one list over all services, the earliest first, nothing twice, a list that does not answer is named."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import g

from services.portal import due
from services.portal.clients import Down
from services.portal.house import Person
from shared.auth import Principal
from shared.ids import new_id

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr("shared.clock.now", lambda: NOW)


@pytest.fixture
def gatekeeper(app, today):
    principal = Principal("g", frozenset({"gatekeeper"}), frozenset({"*"}), None, None, "kz")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        g.person = Person(principal, "G", "token", "1")
        yield g.person


def services(monkeypatch, cut=(), **lists):
    """lists by path, those in `cut` with more behind them; an exception in place of rows is raised."""

    def listed(path, **_query):
        name = path.replace("/", "_").replace("-", "_")
        found = lists.get(name, [])
        if isinstance(found, Exception):
            raise found
        return {"items": found, "next": "more" if name in cut else None}

    one = SimpleNamespace(listed=listed)
    monkeypatch.setattr(due, "apis", lambda: SimpleNamespace(placements=one, registry=one, social_work=one))


def alarm(day, kind="BREACH", about=None, rule=None):
    return {"id": str(new_id()), "about": about or str(new_id()), "kind": kind, "due": day, "rule": rule,
            "area": "KZ-75", "child": str(new_id()), "owner": None}  # fmt: skip


def review(day, id_=None):
    return {"id": id_ or str(new_id()), "review_due": day, "care_form": "SHELTER_EMERGENCY", "area": "KZ-75",
            "child": str(new_id())}  # fmt: skip


def test_what_is_due_is_in_one_list_over_all_services_the_earliest_first(monkeypatch, gatekeeper):
    services(
        monkeypatch,
        alarms=[alarm("2026-11-25T18:59:59+00:00", rule="siblings-together")],
        reviews_due=[review("2026-11-20"), review("2027-03-01")],
        alarms_unrepresented_children=[{"id": str(new_id()), "due": "2026-11-23", "area": "KZ-75", "owner": "x"}],
    )
    found = due.collect(gatekeeper)
    assert [row.kind for row in found.rows] == ["reviews", "unrepresented", "alarm.BREACH"]
    assert found.rows[2].rule == "siblings-together"
    assert {kind.key: kind.count for kind in found.kinds} == {
        kind: len(found.of(kind)) for kind in ("reviews", "unrepresented", "alarm.BREACH")
    }


def test_what_is_on_two_lists_is_shown_once_as_the_alarm(monkeypatch, gatekeeper):
    about = str(new_id())
    notice = {"id": about, "due": "2026-11-20T06:00:00+00:00", "status": "overdue", "to": "PROSECUTOR",
              "area": "KZ-75", "child": str(new_id())}  # fmt: skip
    services(monkeypatch, alarms=[alarm("2026-11-20T06:00:00+00:00", "NOTICE_OVERDUE", about)], notices=[notice])
    assert [row.kind for row in due.collect(gatekeeper).rows] == ["alarm.NOTICE_OVERDUE"]


def test_a_service_that_does_not_answer_costs_its_lists_and_is_named(monkeypatch, gatekeeper):
    services(monkeypatch, alarms=Down("placements"), reviews_due=[review("2026-11-20")])
    found = due.collect(gatekeeper)
    assert [row.kind for row in found.rows] == ["reviews"]
    assert found.down == ["Alarms"]


def test_where_a_list_was_cut_its_kinds_and_the_whole_say_that_there_is_more(monkeypatch, gatekeeper):
    lists = {
        "alarms": [alarm("2026-11-20"), alarm("2026-11-21", "CHILD_MISSING")],
        "reviews_due": [review("2026-11-20")],
    }
    services(monkeypatch, **lists)
    assert due.collect(gatekeeper).more is False
    services(monkeypatch, cut=("alarms",), **lists)
    found = due.collect(gatekeeper)
    assert found.more is True
    assert {kind.key: kind.more for kind in found.kinds} == {
        "alarm.BREACH": True, "alarm.CHILD_MISSING": True, "reviews": False,
    }  # fmt: skip


@pytest.mark.parametrize(("last", "more"), [("2026-12-22", True), ("2026-12-23", False)])
def test_a_list_cut_only_where_nothing_is_due_for_long_has_no_more(monkeypatch, gatekeeper, last, more):
    services(monkeypatch, cut=("reviews_due",), reviews_due=[review("2026-11-20"), review(last)])
    assert due.collect(gatekeeper).more is more


def test_a_list_whose_last_row_is_done_is_cut_all_the_same(monkeypatch, gatekeeper):
    case = {"kind": "ENTRY", "area": "KZ-75", "child": str(new_id()), "due_at": "2026-11-24T10:00:00+00:00"}
    cases = [case | {"id": str(new_id()), "ended_on": ended} for ended in (None, "2026-11-21")]
    services(monkeypatch, cut=("gatekeeping",), gatekeeping=cases)
    found = due.collect(gatekeeper)
    assert [(kind.key, kind.count, kind.more) for kind in found.kinds] == [("gatekeeping", 1, True)]


def test_only_lists_that_the_person_may_read_are_asked(monkeypatch, app, today):
    asked = []
    one = SimpleNamespace(listed=lambda path, **_: asked.append(path) or {"items": [], "next": None})
    monkeypatch.setattr(due, "apis", lambda: SimpleNamespace(placements=one, registry=one, social_work=one))
    principal = Principal("a", frozenset({"panel_member"}), frozenset({"*"}), None, None, "kz")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        due.collect(Person(principal, "A", "token", "1"))
    assert asked == ["gatekeeping/agenda"]


@pytest.mark.parametrize(
    ("when", "group"),
    [
        ("2026-11-21", "overdue"),
        ("2026-11-22", "soon"),
        ("2026-11-22T05:59:00+00:00", "overdue"),
        ("2026-11-29", "soon"),
        ("2026-11-30", "later"),
        (None, "undated"),
    ],
)
def test_rows_stand_under_overdue_seven_days_later_or_no_day(gatekeeper, when, group):
    row = due.Work("1", "k", "", "", None, when, None, None, None, None)
    assert [name for name, rows in due.grouped([row]).items() if rows] == [group]


def test_a_day_that_ends_at_midnight_is_shown_as_that_day(gatekeeper):
    assert due.by_when("2026-11-23T19:00:00+00:00") == "23 Nov 2026"
    assert due.by_when("2026-11-23T10:30:00+00:00") == "23 Nov 2026, 15:30"
    assert due.by_when("2026-11-23") == "23 Nov 2026"
