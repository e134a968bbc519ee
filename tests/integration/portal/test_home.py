"""My work: what waits for an approver stands there, and services that are out of reach are said once.

Not here: which lists there are and in which order they stand (tests/unit/portal/test_due).
"""

import re
from datetime import timedelta

import httpx
import pytest

from services.portal.issuer import accounts
from services.portal.issuer.desk import By
from shared import clock
from shared.ids import new_id
from tests.integration.deployed import today
from tests.integration.portal.staff import a_login, granted

WAITING = re.compile(r">(\d+) changes? of (?:an account waits|accounts wait) for your approval<")
ABSENT = "cannot be shown just now"
NOTHING_DUE = "Nothing is due within thirty days"


@pytest.fixture
def waiting(portal):
    """How many changes of accounts wait for somebody who approves, by their page of work."""

    def counted(role="administrator", subject="demo-approver"):
        found = WAITING.findall(portal.as_(role, subject=subject).get("/").text)
        return int(found[0]) if found else 0

    return counted


def proposed(portal, by="demo-proposer"):
    """An account whose roles wait for a second person."""
    who = By(by, frozenset({"administrator"}))
    made = accounts.invite(portal.desk, who, a_login(), "Daniyar Seitov", granted("administrator"), clock.now())
    return made[0]


def test_roles_that_wait_for_approval_are_counted_for_whoever_approves(portal, waiting):
    before = waiting()
    proposed(portal)
    assert waiting() == before + 1
    assert 'href="/accounts"' in portal.as_("administrator").get("/").text.partition("<main")[2]


def test_nobody_is_told_to_approve_what_they_proposed_or_what_is_their_own(portal, waiting):
    account = proposed(portal)
    others = waiting()
    assert waiting(subject="demo-proposer") == 0
    assert waiting(subject=str(account)) == others - 1


def test_who_approves_nothing_reads_of_nothing(portal, waiting):
    proposed(portal)
    assert waiting("registrar", "demo-registrar-home") == 0


def out_of_reach(_request):
    return httpx.Response(503)


def test_when_no_service_answers_one_statement_says_so(portal):
    portal.services.answers = {("GET", ".*"): out_of_reach}
    text = portal.as_("gatekeeper", subject="demo-all-down").get("/").text
    assert text.count(ABSENT) == 1
    assert NOTHING_DUE not in text


def test_when_some_answer_each_list_that_is_missing_is_named(portal):
    portal.app.extensions["kinward"].circuits["registry"].rests_until = 0
    portal.app.extensions["kinward"].circuits["placements"].rests_until = 0
    portal.services.answers = {
        ("GET", "/placements/.*"): out_of_reach,
        ("GET", ".*"): lambda _request: httpx.Response(200, json={"items": [], "next": None}),
    }
    text = portal.as_("gatekeeper", subject="demo-some-down").get("/").text
    assert text.count(ABSENT) > 1
    assert "Alarms cannot be shown" in text


MORE = "There are more: the most urgent are shown."


@pytest.fixture
def in_reach(portal):
    """Services that were out of reach a moment ago are asked again."""
    for circuit in portal.app.extensions["kinward"].circuits.values():
        circuit.rests_until = 0


def reviews(cut):
    """Two reviews, overdue and to come, with more behind them or not; every other list is empty."""
    rows = [
        {
            "id": str(new_id()),
            "child": str(new_id()),
            "area": "KZ-75",
            "care_form": "SHELTER_EMERGENCY",
            "review_due": day,
        }
        for day in (str(today() - timedelta(days=3)), str(today() + timedelta(days=3)))
    ]
    return {
        ("GET", "/placements/reviews/due"): {"items": rows, "next": "more" if cut else None},
        ("GET", ".*"): {"items": [], "next": None},
    }


@pytest.mark.parametrize(("cut", "mark"), [(True, "+"), (False, "")])
@pytest.mark.parametrize("path", ["/", "/?kind=reviews"])
def test_every_count_says_where_there_is_more_than_is_shown(portal, in_reach, path, cut, mark):
    portal.services.answers = reviews(cut)
    text = portal.as_("gatekeeper", subject="demo-counts").get(path).text
    assert re.findall(r'<span class="count[^"]*">([^<]*)</span>', text) == [
        f"2{mark}",
        f"2{mark}",
        f"1{mark}",
        f"1{mark}",
    ]
    assert (MORE in text) is cut


def test_the_mark_of_one_kind_is_not_on_another(portal, in_reach):
    alarm = {"id": str(new_id()), "about": str(new_id()), "kind": "BREACH", "due": str(today()), "rule": None,
             "area": "KZ-75", "child": str(new_id()), "owner": None}  # fmt: skip
    portal.services.answers = {("GET", "/placements/alarms"): {"items": [alarm], "next": None}, **reviews(True)}
    text = portal.as_("gatekeeper", subject="demo-counts").get("/?kind=alarm.BREACH").text
    assert MORE not in text
    assert re.findall(r'<h2 [^>]*>.*?<span class="count[^"]*">([^<]*)</span>', text) == ["1"]
