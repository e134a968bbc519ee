"""Pages come compressed where the browser takes it; their length tells nothing of a secret to another site.

Not here: how much the heaviest page weighs (tests/integration/portal/test_weight).
"""

import gzip
import re

import pytest

from services.portal import form_tokens

PAGE = "/languages"
TAKES = {"Accept-Encoding": "gzip, deflate, br"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def test_a_page_comes_compressed_and_says_so(client):
    plain, packed = client.get(PAGE), client.get(PAGE, headers=TAKES)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    page = gzip.decompress(packed.data).decode()
    assert TOKEN.sub("", page).split("hx-headers")[0] == TOKEN.sub("", plain.text).split("hx-headers")[0]
    assert page.endswith("</html>\n") or page.rstrip().endswith("</html>")
    assert {"Accept-Encoding", "Cookie", "Sec-Fetch-Site"} <= {
        each.strip() for each in packed.headers["Vary"].split(",")
    }


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
def test_who_takes_no_gzip_gets_none(client, accepted):
    for path in (PAGE, "/static/portal.css"):
        answer = client.get(path, headers={"Accept-Encoding": accepted})
        answer.close()
        assert "Content-Encoding" not in answer.headers, path


@pytest.mark.parametrize(
    ("site", "packed"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)]
)
def test_what_another_site_asked_for_goes_out_as_it_is(client, site, packed):
    answer = client.get(PAGE, headers={**TAKES, "Sec-Fetch-Site": site})
    assert ("Content-Encoding" in answer.headers) is packed


def test_what_is_small_or_no_page_is_left_alone(client):
    assert client.get("/livez", headers=TAKES).headers.get("Content-Encoding") is None
    away = client.get("/", headers=TAKES)
    assert away.status_code in {302, 303}
    assert "Content-Encoding" not in away.headers


def test_what_is_made_while_it_is_sent_is_left_alone(app):
    asked = []

    def parts():
        for number in range(3):
            asked.append(number)
            yield "<p>" + "x" * 2000

    app.add_url_rule("/in-parts", "parts", lambda: app.response_class(parts(), mimetype="text/html"))
    answer = app.test_client().get("/in-parts", headers=TAKES)
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 6009


def test_the_token_of_forms_is_another_in_each_answer_and_one_within_it(client):
    first, again = (client.get(PAGE).text for _ in range(2))
    assert len(set(TOKEN.findall(first))) == len(set(TOKEN.findall(again))) == 1
    one, other = TOKEN.findall(first)[0], TOKEN.findall(again)[0]
    assert all(one[place : place + 8] not in other for place in range(len(one) - 8))
    assert form_tokens.shown(one).split(".")[0] == form_tokens.shown(other).split(".")[0]
    assert f'"X-CSRFToken": "{one}"' in first


def test_every_spelling_of_a_token_is_taken_and_the_bare_one_is_not(client):
    first, _again = (TOKEN.findall(client.get(PAGE).text)[0] for _ in range(2))

    def speaks(token):
        return client.post("/language", data={"csrf_token": token, "language": "en", "next": "/sign-in"}).status_code

    assert speaks(first) == 302
    for wrong in (form_tokens.shown(first), first[:-4], "", "é", "A", first[::-1]):
        assert speaks(wrong) == 400, wrong
