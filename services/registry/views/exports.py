"""Read-only queries for exports: all that is held on one child, and children page by page."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import children as store
from services.registry.store.mapping import metadata
from services.registry.views import children
from shared import queries, technical_tables
from shared.held import Holdings, plain

HOLDINGS = Holdings(
    metadata,
    by={
        "child": ("id",),
        "joining": ("kept", "merged"),
        "relationship": ("child", "other"),
        "household_member": ("member",),
        "majority": ("id",),
        "match_pair": ("child", "other"),
    },
    through={"household": ("id", "household_member", "household"), "alert_clock": ("alert", "alert", "id")},
    without={
        "subject_key": "the key that opens the rest",
        "identifier": "digests of the identifiers, which are shown with the child",
        "person": "other people; a relationship says who, by id and kind",
        "person_identifier": "other people",
        "person_revision": "other people",
        "kin_block": "members of staff, and why they are kept from the child",
        "notice": "what members of staff were told",
        "reading_alarm": "members of staff",
        "reading_day": "members of staff",
        "identity_mark": "how far a timer has come",
        "import_mark": "how far files were imported",
        "import_refusal": "numbers of lines",
        "breach_notice": "breaches, by kind and number",
        "match_term": "digests of names and birth, which are shown with the child",
        "match_version": "how such digests were made",
        "match_carriers": "how many records share such a digest",
        "match_due": "which records are still to be compared with others",
        "match_asked": "digests of what was looked for, for minutes",
        "match_run": "how far a look through the register has come",
        "match_weights": "numbers, estimated over all decisions",
        "seal": "opened by two persons on a legal ground, told to no one else",
        "seal_opening": "as the seal",
        "seal_identifier": "as the seal",
        "seal_task": "as the seal",
        "seal_watch": "as the seal",
        "seal_term": "as the seal",
    },
)
"""How registry's tables name a child."""


def held(session: Session, ids: Iterable[UUID]) -> dict[str, Any]:
    """Everything registry holds on a child under these ids: records by table, and the events that told of it."""
    wanted = list(ids)
    log = technical_tables.event_log
    told = (
        select(log.c.type, log.c.time, log.c.data).where(log.c.subject.in_(wanted)).order_by(log.c.time, log.c.sequence)
    )
    return {
        "records": HOLDINGS.about(session, wanted),
        "events": [plain(dict(row)) for row in queries.rows(session, told)],
    }


def page(session: Session, after: UUID | None, limit: int, statuses: Iterable[str]) -> list[dict[str, Any]]:
    """Up to `limit` children behind an id, in the order of their ids, opened; whoever may see them."""
    child = store.child.c
    query = select(child.id).where(child.status.in_(list(statuses))).order_by(child.id).limit(limit)
    if after is not None:
        query = query.where(child.id > after)
    return children.children(session, list(session.scalars(query)))


def cells(child: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    """One row of the table of children; what the reader may not see is empty."""
    return [_CELLS[name](child) for name in columns]


def _identity(child: Mapping[str, Any], name: str) -> Any:
    identity = child.get("identity")
    return identity.get(name) if isinstance(identity, Mapping) else getattr(identity, name, None)


def _name(part: str) -> Any:
    """The part of the first name, and behind it the same part in other scripts."""

    def written(child: Mapping[str, Any]) -> str:
        names = _identity(child, "names") or ()
        parts = [each.get(part) if isinstance(each, Mapping) else getattr(each, part) for each in names]
        return " / ".join(dict.fromkeys(text for text in parts if text))

    return written


def _birth(part: str) -> Any:
    def written(child: Mapping[str, Any]) -> str:
        birth = _identity(child, "birth")
        value = birth.get(part) if isinstance(birth, Mapping) else getattr(birth, part, None)
        return "" if value is None else str(value)

    return written


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _numbers(child: Mapping[str, Any]) -> str:
    return "; ".join(f"{own.kind} {own.value}" for own in child.get("identifiers") or ())


_CELLS: Mapping[str, Any] = {
    "id": lambda child: str(child["id"]),
    "reference": lambda child: str(child["reference"]),
    "status": lambda child: str(child["status"]),
    "area": lambda child: str(child["area"]),
    "family_name": _name("family"),
    "given_name": _name("given"),
    "patronymic": _name("patronymic"),
    "sex": lambda child: _text(_identity(child, "sex")),
    "born_from": _birth("born_from"),
    "born_to": _birth("born_to"),
    "birth_precision": _birth("precision"),
    "birth_basis": _birth("basis"),
    "disability": lambda child: {True: "yes", False: "no", None: ""}[_identity(child, "disability")],
    "identifiers": _numbers,
}
"""How each column of the table of children is made (domain.exports.COLUMNS)."""
