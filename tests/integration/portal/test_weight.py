"""The heaviest page of each role, with every list as long as it may be, is light enough for a slow line.

Not here: pages of the demonstration with all that they load (tests/e2e/portal/test_every_page), who gets them
compressed (tests/unit/portal/test_packing).
"""

import gzip
import json
from datetime import timedelta

import httpx
import pytest

from services.portal import due
from shared.ids import new_id
from tests.integration.deployed import PACK, today

LATER = 100_000
"""Bytes of a page after the first load (portal.md 6)."""
RULES = ("siblings-together", "review-in-time", "no-infant-in-institution", "family-first")

NO_RULES = {("GET", r"/\w+/rules"): {"items": [], "next": None}}


def row(place):
    """A thing to see to as any of the lists would have it."""
    day = str(today() + timedelta(days=place % 40 - 20))
    at = f"{day}T10:00:00+00:00"
    return {
        "id": str(new_id()), "about": str(new_id()), "child": str(new_id()), "area": "KZ-75", "owner": str(new_id()),
        "kind": "BREACH", "rule": RULES[place % len(RULES)], "status": "due", "to": "PROSECUTOR", "month": 3,
        "reason": "OTHER", "care_form": "SHELTER_EMERGENCY", "ended_on": None, "reviewed_at": None, "decision": None,
        "due": day, "review_due": day, "report_due": day, "review_on": day, "due_at": at,
        "records": [{"reference": f"KZ-{place}-A"}, {"reference": f"KZ-{place}-B"}],
    }  # fmt: skip


def full(request):
    """A list as long as it was asked for."""
    most = int(request.url.params.get("limit", due.MOST))
    return httpx.Response(200, json={"items": [row(place) for place in range(most)], "next": "more"})


def named(request):
    """Everybody who is asked for, by name."""
    names = [{"script": "Cyrl", "family": "Сүлейменова", "given": "Айару", "patronymic": "Бекжанқызы"}]
    items = [
        {"id": each, "reference": "KZ-26-1234567-A", "identity": {"names": names}}
        for each in json.loads(request.content)["children"]
    ]
    return httpx.Response(200, json={"items": items})


@pytest.mark.parametrize("language", ["en", "ur"])
def test_my_work_with_full_lists_is_within_its_weight_for_every_role(portal, language):
    portal.services.answers = {("POST", "/registry/children/search"): named, **NO_RULES, ("GET", ".*"): full}
    weights = {}
    for role in sorted(PACK.roles):
        browser = portal.as_(role, subject=f"demo-weight-{role}")
        browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        answer = browser.get("/", headers={"Accept-Encoding": "gzip"}).page
        assert answer.status_code == 200
        weights[role] = (len(answer.data), len(gzip.decompress(answer.data)))
    assert max(plain for _packed, plain in weights.values()) > LATER, "lists are not full"
    assert {role: packed for role, (packed, _plain) in weights.items() if packed > LATER} == {}
