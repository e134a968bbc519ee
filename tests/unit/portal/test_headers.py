"""What comes back with a form and goes into a header breaks no line: nobody else's service is out of reach by it."""

import httpx
import pytest

from services.portal.clients import Refusal
from services.portal.clients.api import FAILURES_BEFORE_REST, FORMS, Api
from shared.rule_words_common import COMMON


def answering(asked):
    def answer(request):
        asked.append(request.headers)
        return httpx.Response(200, json={})

    return httpx.Client(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("wrong", ["abc\ndefgh", "abc\r\nX-Other: 1", "ключ-ключ", "abc\x00defgh"])
def test_what_cannot_stand_in_a_header_is_refused_and_the_service_stays_in_reach(wrong):
    asked = []
    api = Api("registry", "http://registry.example", answering(asked), "token")
    for sent in ({"key": wrong}, {"key": "a-good-key", "version": wrong}):
        for _ in range(FAILURES_BEFORE_REST):
            with pytest.raises(Refusal) as refused:
                api.post("/children", {}, **sent)
            assert refused.value.status == 400
    assert asked == []
    assert api.post("/children", {}, key="a-good-key", version='"7"').body == {}
    assert (asked[0]["Idempotency-Key"], asked[0]["If-Match"]) == ("a-good-key", '"7"')


def test_the_words_of_these_refusals_are_those_of_their_rules():
    titles = {each.id: each.title for each in COMMON}
    assert {rule: titles[rule] for rule, _words in FORMS.values()} == dict(FORMS.values())
