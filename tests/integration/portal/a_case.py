"""A case of gatekeeping at a stand-in for placements, its version moved by hand; a page's form as somebody fills it in.

Not here: any test.
"""

import httpx
import tinyhtml5

CASE, CHILD = "018f2f6e-0000-7000-8000-00000000beef", "018f2f6e-0000-7000-8000-00000000cafe"
TYPED = "Words that took an hour"
STORED = {
    "id": CASE, "child": CHILD, "about": {"born_from": None, "born_to": None, "sex": None},
    "kind": "ENTRY", "status": "recommended", "area": "KZ-75", "reasons": ["NEGLECT"],
    "help_tried": ["HOME_VISITS"], "requested_on": "2026-03-01", "requested_by": "somebody", "due_at": None,
    "comes_back_on": None, "decision": None, "kin_searched_on": "2026-03-02",
    "screening": "The other screening",
    "hearings": [{"heard": True, "on": "2026-03-03", "heard_by": "faster", "words": "Words of the child",
                  "support": "OBSERVATION", "language": None, "weight": None, "weight_words": "", "feedback_on": None,
                  "feedback_words": "", "consents": None, "not_heard_reason": None}],
    "parents": [{"who": "MOTHER", "notified_on": "2026-03-03", "not_notified_reason": None, "heard_on": None,
                 "agrees": False, "words": "Words of the mother"}],
    "assessment": {"on": "2026-03-04", "by": "faster", "domains": ["SAFETY"], "words": "The other assessment"},
    "findings": [{"kind": "necessity", "found": True, "on": "2026-03-04", "until": None, "words": "Because"}],
    "options": [], "panel": [{"account": "faster", "profession": "LAW"}],
    "recommendation": {"outcome": "FORMAL_CARE", "care_form": "FOSTER", "provider": None, "on": "2026-03-05",
                       "words": "The other reasons", "against": 0},
}  # fmt: skip


class Placements:
    """A case whose version moves on."""

    def __init__(self):
        self.version, self.sent, self.since = 1, [], {}

    def read(self, _request):
        return httpx.Response(200, json=STORED | self.since, headers={"ETag": f'"{self.version}"'})

    def take(self, request):
        given = request.headers.get("If-Match")
        if given is not None and given != f'"{self.version}"':
            return httpx.Response(412, json={"code": "stale-version", "detail": "Changed.", "errors": []})
        self.sent.append((request.url.path, given))
        return httpx.Response(200, json={"id": CASE})


def fields(page):
    """What the page's own form would send."""
    main = tinyhtml5.parse(page.text, namespace_html_elements=False).find(".//main")
    form = [each for each in main.iter("form") if each.get("method") == "post"][-1]
    found = []
    for each in form.iter():
        if each.tag == "input" and each.get("type") not in {"radio", "checkbox"}:
            found.append([each.get("name"), each.get("value", "")])
        elif each.tag == "textarea":
            found.append([each.get("name"), "".join(each.itertext())])
        elif each.tag == "select":
            found.append(
                [
                    each.get("name"),
                    next(iter(o.get("value") for o in each.iter("option") if o.get("selected") is not None), ""),
                ]
            )
        elif each.tag == "input" and each.get("checked") is not None:
            found.append([each.get("name"), each.get("value")])
    return form, found


def typed(page):
    """The form filled in by somebody: words where words go, else the first choice."""
    form, found = fields(page)
    said = dict(found)
    for each in form.iter():
        name = each.get("name")
        if each.tag == "textarea" or (each.tag == "input" and name in {"heard_by", "number"}):
            said[name] = TYPED
        elif each.tag == "select" and not said[name]:
            said[name] = next((o.get("value") for o in each.iter("option") if o.get("value")), "")
        elif each.tag == "input" and each.get("type") in {"radio", "checkbox"} and not said.get(name):
            said[name] = each.get("value")
    return said
