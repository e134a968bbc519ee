"""A short reference leads straight to the child's page; what names nobody for sure stays a list."""

import pytest

CHILD = "018f2f6e-0000-7000-8000-00000000cafe"
FOUND = {
    "id": CHILD, "reference": "CH-0000001-D", "status": "active", "match": None,
    "identity": {"names": [{"script": "Latn", "kind": "birth", "family": "Bekova", "given": "Dinara"}], "sex": "F",
                 "area": "KZ-75", "birth": {"born_from": "2017-03-02", "born_to": "2017-03-02"}},
}  # fmt: skip
ELSEWHERE = {"reference": "CH-0000002-B", "area": "KZ-71", "likelihood": "likely", "score": 9.0, "reasons": []}


@pytest.fixture
def finding(portal):
    """finding(items, elsewhere): a browser on My work, and what registry finds."""

    def find(items, elsewhere=()):
        answer = {"items": items, "elsewhere": list(elsewhere), "crowded": False, "terms": None}
        portal.services.answers = {("POST", "/registry/children/search"): answer}
        return portal.as_("social_worker", subject="demo-finding").get("/")

    return find


def test_my_work_takes_a_reference_and_opens_its_child(finding):
    browser = finding([FOUND])
    assert 'id="quick" name="number"' in browser.text
    browser.send("/children", follow=False, number="CH-0000001-D", kind="reference")
    assert (browser.page.status_code, browser.page.location) == (303, f"/children/{CHILD}")


@pytest.mark.parametrize(
    ("items", "elsewhere", "typed"),
    [
        ([], [], {"number": "CH-0000001-D", "kind": "reference"}),
        ([], [ELSEWHERE], {"number": "CH-0000001-D", "kind": "reference"}),
        ([FOUND], [], {"number": "123", "kind": "REGISTER_KEY"}),
        ([FOUND], [], {"family": "Bekova", "given": "Dinara", "kind": "reference"}),
    ],
)
def test_whatever_else_is_found_or_not_stays_a_list(finding, items, elsewhere, typed):
    browser = finding(items, elsewhere).send("/children", follow=False, **typed)
    assert browser.page.status_code == 200, browser.text
    assert "location" not in browser.page.headers


def test_an_empty_field_is_told_what_to_type(finding):
    browser = finding([]).send("/children", follow=False, number="", kind="reference")
    assert browser.page.status_code == 422
    assert "Type a reference or number" in browser.text


def test_who_may_not_search_has_no_field_for_it(portal):
    assert 'id="quick"' not in portal.as_("statistician", subject="demo-no-search").get("/").text
