"""Read-only queries about the weights by which records are compared."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_coverage as covering
from services.registry.domain.matching_keys import Kind
from services.registry.domain.matching_learning import WeightsState
from services.registry.store import matching_coverage
from services.registry.store.matching_tables import match_weights
from shared import queries
from shared.countries import Pack


def weight_sets(session: Session, status: WeightsState | None, after: int | None, limit: int) -> list[dict[str, Any]]:
    """The sets of weights, the newest first."""
    kept = match_weights.c
    query = select(match_weights).order_by(kept.number.desc()).limit(limit)
    if status is not None:
        query = query.where(kept.status == status)
    if after is not None:
        query = query.where(kept.number < after)
    return [_brief(row) for row in queries.rows(session, query)]


def weight_set(session: Session, number: int) -> dict[str, Any]:
    """One set with its table of weights and figures by script. Raises NotFound."""
    row = queries.one(session, select(match_weights).where(match_weights.c.number == number), "set of weights")
    content, before, after = row["content"], row["before"], row["after"]
    return {
        **_brief(row),
        "likely": content["likely"],
        "possible": content["possible"],
        "weights": _table(before["worth"], content["worth"], after["facts"]),
        "scripts": [
            {"scripts": scripts, "before": before["scripts"][scripts], "after": found}
            for scripts, found in sorted(after["scripts"].items())
        ],
    }


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    counted = dict(row["content"]["counted"])
    return {
        **{name: value for name, value in row.items() if name not in ("content", "before", "after")},
        "in_force": row["status"] == WeightsState.ADOPTED,
        "repeats": counted.pop("repeats", None),
        "counted": counted,
        "compared_with": row["before"]["number"],
        "before": row["before"]["figures"],
        "after": row["after"]["figures"],
        "moved": row["after"]["moved"],
    }


def _table(old: dict[str, Any], new: dict[str, Any], counts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "fact": fact,
            "level": level,
            "before": old.get(fact, {}).get(level),
            "after": new.get(fact, {}).get(level),
            **counts.get(f"{fact}-{level}", {"same": 0, "different": 0, "random": 0, "moved": 0}),
        }
        for fact, levels in comparing.LEVELS.items()
        for level in levels
    ]


def coverage(session: Session, pack: Pack, today: date) -> dict[str, Any]:
    """What matching can find in this deployment, and what it cannot; of a bounded sample of its records."""
    found = matching_coverage.coverage(session, pack, today)
    return {
        "children": found.children,
        "weights": found.weights,
        "sample": {"newest": found.newest, "random": found.random, "records": found.sampled},
        "decisions": {
            "same": found.same,
            "different": found.different,
            "same_needed": found.needed.same,
            "different_needed": found.needed.different,
        },
        "scripts": [_covered(script, seen) for script, seen in sorted(found.scripts.items())],
        "silent": [asdict(each) for each in found.silent],
    }


def _covered(script: str, seen: covering.ScriptSeen) -> dict[str, Any]:
    return {
        "script": script,
        "records": seen.records,
        "terms": {kind.name.lower(): seen.terms[kind] for kind in Kind},
        "without": seen.without,
        "rules": [
            {"rule": rule, "tried": seen.tried[rule], "fired": seen.fired[rule]}
            for rule in covering.RULES
            if seen.tried[rule]
        ],
    }
