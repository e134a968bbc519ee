"""How each route of registry is called in the matrix. A new route needs a line here only where its body cannot be made
from its schema (BODIES), where its address names a thing (THINGS), or where the general rule is not its rule.

Not here: what is expected of the general rule (evaluator), the children called for (world).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shared.ids import new_id
from tests.integration.deployed import PACK, today

ALMATY, ASTANA = "KZ-75", "KZ-71"
IDENTITY = {"names": [], "sex": "F", "birth": {"date": "2015-05-04"}, "area": ALMATY}
DECISION = {"body": "COURT", "instrument": "JUDGMENT", "number": "1"}
PERSON = {"particulars": {"area": ALMATY, "names": [{"script": "Latn", "given": "Aia"}]}}
TODAY = today()
MEASURE = {
    "terms": {
        "kind": "CUSTODY",
        "holder": {"kind": "RELATIVE", "person": str(new_id())},
        "from": str(TODAY),
        "decision": DECISION,
    }
}
CONSENT = {"said": {"purpose": "PROTECTION", "given_on": str(TODAY), "ground": "LEGAL_DUTY", "basis": "words"}}

Body = Callable[[str, str], Any]
"""(id of the child called for, id of another child within reach) -> body."""

BODIES: Mapping[str, Body] = {
    "/registry/children": lambda child, other: {"identity": IDENTITY},
    "/registry/children/<uuid:child_id>/amendments": lambda child, other: {"identity": IDENTITY, "on": str(TODAY)},
    "/registry/children/<uuid:child_id>/corrections": lambda child, other: {"identity": IDENTITY},
    "/registry/children/<uuid:child_id>/consents": lambda child, other: CONSENT,
    "/registry/children/<uuid:child_id>/measures": lambda child, other: MEASURE,
    "/registry/measures/<uuid:measure_id>/corrections": lambda child, other: {"terms": MEASURE["terms"]},
    "/registry/alerts/<uuid:alert_id>/broadcasts": lambda child, other: {
        "recipients": [{"channel": "POLICE", "name": "words"}],
        "clothing": "words",
        "sent_at": f"{TODAY - timedelta(days=1)}T01:00:00Z",
    },
    "/registry/children/<uuid:child_id>/relationships": lambda child, other: {
        "other": other,
        "other_kind": "child",
        "kind": "COUSIN",
    },
    "/registry/persons": lambda child, other: PERSON,
    "/registry/kin-blocks": lambda child, other: {
        "child": child,
        "account": "somebody",
        "ground": "declared",
        "relation": "COUSIN",
    },
    "/registry/glass": lambda child, other: {"child": child, "reason": "DANGER", "words": "words that say why"},
}

Maker = Callable[[Any, str], str]
"""(someone who may do all, id of a child) -> id of the thing made about the child."""


def made(path: str, body: Body, version: int | None = None) -> Maker:
    """A thing that a POST makes."""
    return lambda maker, child: str(maker.made(path.format(child=child), body(child, child), version=version))


def area_of(maker: Any, child: str) -> str:
    """The area of a child."""
    area: str = maker.get(f"/children/{child}").json["identity"]["area"]
    return area


def placed(maker: Any, child: str) -> Any:
    """A person in the area of a child."""
    return {"particulars": PERSON["particulars"] | {"area": area_of(maker, child)}}


THINGS: Mapping[str, tuple[str, Maker]] = {
    "relationship_id": (
        "relationship",
        lambda maker, child: str(
            maker.made(
                f"/children/{child}/relationships",
                {"other": str(maker.made("/persons", PERSON)), "other_kind": "person", "kind": "AUNT_UNCLE"},
            )
        ),
    ),
    "block_id": (
        "kin_block",
        made(
            "/kin-blocks",
            lambda child, _: {"child": child, "account": str(new_id()), "ground": "declared", "relation": "COUSIN"},
        ),
    ),
    "erasure_id": (
        "erasure",
        made("/erasures", lambda child, _: {"child": child, "ground": "court-order", "reason": "words that say why"}),
    ),
    "measure_id": ("legal_measure", made("/children/{child}/measures", lambda *_: MEASURE)),
    "consent_id": ("consent", made("/children/{child}/consents", lambda *_: CONSENT)),
    "work_id": (
        "identity_work",
        made("/children/{child}/identity-work", lambda *_: {"kind": next(iter(PACK.codes("identity_work_kind")))}),
    ),
    "person_id": ("person", lambda maker, child: str(maker.made("/persons", placed(maker, child)))),
    "household_id": ("household", lambda maker, child: str(maker.made("/households", {"area": area_of(maker, child)}))),
    "alert_id": (
        "alert",
        made(
            "/alerts",
            lambda child, _: {
                "child": child,
                "area": ALMATY,
                "description": {"missing_since": f"{TODAY - timedelta(days=1)}T00:00:00Z"},
            },
        ),
    ),
}
"""By the name in the address: the table that has its version, and how one is made about a child."""

OF_NO_CHILD: Mapping[str, str] = {
    "/registry/breach-notices": "a breach, with how many children",
    "/registry/breach-notices/<uuid:notice_id>/decision": "a breach",
    "/registry/audit": "the audit log: ids of subjects, to those who hold no child",
    "/registry/stream": "places in logs",
    "/registry/parked": "places in logs",
    "/registry/persons": "a person nobody is kin to yet",
    "/registry/households": "a household nobody lives in yet",
    "/registry/matching/coverage": "counts over the whole register",
    "/registry/matching/runs": "how far a run is",
    "/registry/matching/runs/<uuid:run_id>": "as above",
    "/registry/matching/runs/<uuid:run_id>/stopping": "as above",
    "/registry/matching/weights": "numbers of the deployment",
    "/registry/matching/weights/<int:number>": "as above",
    "/registry/matching/weights/<int:number>/adoption": "as above",
    "/registry/matching/weights/<int:number>/refusal": "as above",
    "/registry/notices": "the own account's",
    "/registry/notices/<uuid:notice_id>/reading": "the own account's",
}
"""Routes that ask for no child, and what for: who holds the permission is let in."""

BY_AREA = frozenset({"person_id", "household_id"})
"""Things reached by an area of their own: only where they are, or that they are not, is tried of them."""

PARTS = frozenset({"attachment_id", "broadcast_id", "merge_id", "pair_id"})
"""Names of what hangs on another thing of the address: what is within reach may well have none."""

SEALS = "sealed records, opened by two persons: test_registry_sealing"
NAMED_IN_BODY = frozenset(
    {
        "/registry/households/<uuid:household_id>/enrolments/ending",
        "/registry/households/<uuid:household_id>/facts/review",
        "/registry/households/<uuid:household_id>/members/leaving",
    }
)
"""Routes whose body names a part of the thing: as PARTS."""

OWN_RULE: Mapping[str, str] = {
    "/registry/seals": SEALS,
    "/registry/seals/<uuid:seal_id>/links": SEALS,
    "/registry/seals/<uuid:seal_id>/openings": SEALS,
    "/registry/seals/<uuid:seal_id>/refusal": SEALS,
    "/registry/seals/<uuid:seal_id>/sealing": SEALS,
    "/registry/seal-openings/<uuid:opening_id>/approval": SEALS,
    "/registry/seal-openings/<uuid:opening_id>/record": SEALS,
    "/registry/seal-openings/<uuid:opening_id>/refusal": SEALS,
    "/registry/seal-tasks": SEALS,
    "/registry/seal-tasks/<uuid:task_id>/done": SEALS,
    "/registry/glass": "opens any child but sealed, erased and kin ones: test_registry_guarding_glass",
    "/registry/glass/<uuid:glass_id>/review": "by the two who were told, wherever the child is: as above",
    "/registry/reading-alarms/<uuid:alarm_id>/explanation": "by the account that it is about, or its supervisor",
    "/registry/children": "a child not there yet: its area counts (test_registry_api)",
    "/registry/erasures/<uuid:erasure_id>": "requests, told by ids, to who reaches the whole deployment",
    "/registry/erasures/<uuid:erasure_id>/execution": "as above",
    "/registry/erasures/<uuid:erasure_id>/refusal": "as above",
    "/registry/alerts/candidates/<uuid:pair_id>/decision": "a pair proposed by the program: test_registry_alerts",
    "/registry/matching/pairs/<uuid:pair_id>": "by who reaches both records: test_registry_matching_pairs",
    "/registry/matching/pairs/<uuid:pair_id>/decision": "as above",
}
"""Routes whose rule is not the general one, and where it is tried. At their door all roles are tried here too."""

SEARCHES: Mapping[str, Body] = {
    "/registry/children/search": lambda child, other: {"reference": child},
    "/registry/persons/search": lambda child, other: {"reference": child},
}
"""Routes that answer a list to a question (the reference of what is looked for): what is not there is not in it."""

LISTS_BY_POST = frozenset({"/registry/children/export"})
"""Lists that are asked for with a body."""

OPEN_SEALED: frozenset[str] = frozenset()
"""Routes of the sealing authority."""

OWED: Mapping[str, str] = {
    "/registry/children/<uuid:child_id>/attachments": "takes a file, not JSON: test_registry_papers",
}
"""Routes without a case yet, and why."""
