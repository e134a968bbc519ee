"""What the services tell each other, against what each says itself: a read table equals its recomputation.

One function; every difference is an event lost, applied twice, or applied wrongly. Not here: counting (the figures).
"""

from typing import Any

from tests.e2e.running import Deployment

OWN: dict[str, tuple[str, str]] = {
    "episode": (
        "placements",
        'select id, child, provider, care_form, carer_relation, area, "from", "to", entry_reason, destination, kind,'
        " not authorised from placement where state in ('active', 'ended')",
    ),
    "provider": ("placements", "select id, kind, area from provider"),
    "centre": ("social_work", "select id, area from centre"),
    "worker": ("social_work", "select id, centre from worker"),
    "case_file": (
        "social_work",
        "select id, child, kind, centre, worker, opened_on, closed_on, close_reason from case_file",
    ),
}
"""The read table of reporting, and what the owner of its rows says of them."""

READ: dict[str, str] = {
    "child": "select id, sex, born_from, born_to, area, withdrawn from child",
    "episode": "select placement, child, provider, care_form, carer_relation, area, start_day, end_day, entry_reason,"
    " destination, kind, whereabouts from episode where started and not withdrawn",
    "provider": "select id, kind, area from provider",
    "centre": "select id, area from centre",
    "worker": "select id, centre from worker",
    "case_file": "select id, child, kind, centre, worker, opened_on, closed_on, close_reason from case_file",
}
KNOWN_TO_PLACEMENTS = "select child, born_from, born_to, area, confirmed, withdrawn from whereabouts"
IN_CARE = "select child, array_agg(id order by id) from placement where state = 'active' group by child"
KNOWN_TO_SOCIAL_WORK = (
    "select id, (select array_agg(each order by each) from unnest(placements) as each) from child"
    " where placements <> '{}'"
)

PLACED = "select child, id, provider, care_form, \"from\" from placement where state = 'active'"
PLACED_FOR_REGISTRY = "select child, placement, provider, care_form, since from care_status where placement is not null"
OPEN_CASES = "select child, array_agg(id order by id) from case_file where status <> 'closed' group by child"
OPEN_CASES_FOR_REGISTRY = "select child, cases from care_status where cases <> '{}'"


def differences(of: Deployment) -> dict[str, list[Any]]:
    """Rows that only one side has, by read table; empty where every table equals its recomputation."""
    pairs = {name: (of.rows(*OWN[name]), of.rows("reporting", READ[name])) for name in OWN}
    children = of.children()
    pairs["child"] = children, of.rows("reporting", READ["child"])
    heard = [(id_, born_from, born_to, area, True, gone) for id_, _, born_from, born_to, area, gone in children]
    pairs["placements' children"] = heard, of.rows("placements", KNOWN_TO_PLACEMENTS)
    pairs["social_work's children in care"] = (
        of.rows("placements", IN_CARE),
        of.rows("social_work", KNOWN_TO_SOCIAL_WORK),
    )
    pairs["registry's places"] = of.rows("placements", PLACED), of.rows("registry", PLACED_FOR_REGISTRY)
    pairs["registry's cases"] = of.rows("social_work", OPEN_CASES), of.rows("registry", OPEN_CASES_FOR_REGISTRY)
    return {name: found for name, (own, read) in pairs.items() if (found := _difference(own, read))}


def _difference(own: list[Any], read: list[Any]) -> list[Any]:
    """Rows of one side only, and keys that one side has more than once."""
    left, right = {repr(row) for row in own}, {repr(row) for row in read}
    doubled = [
        f"{len(rows) - len(set(map(repr, rows)))} doubled"
        for rows in (own, read)
        if len(rows) != len(set(map(repr, rows)))
    ]
    return [*sorted(left ^ right), *doubled]
