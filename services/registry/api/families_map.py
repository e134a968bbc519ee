"""The map of a child's family out of its relationships within reach. Not here: what is within reach."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.api import families_reaching, reaching
from services.registry.domain.families import Party
from services.registry.domain.families_kinship import PARENTAL, Bond
from services.registry.views import families as views
from services.registry.views import families_people
from shared import http


def drawn(session: Session, child_id: UUID, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The map: `rows` are relationships with `whom` and `whom_kind`, the side that is not the child."""
    known = list(rows)
    named = _named(session, known)
    relatives = [_relative(row, named) | {"place": _place(row, child_id)} for row in known]
    places = {
        place: [row for row in relatives if row["place"] == place] for place in ("parents", "children", "kin", "others")
    }
    found = views.siblings(session, child_id, http.acting()["today"])
    households = families_people.households_of(session, child_id)
    for each in households:
        each["members"] = families_reaching.parties(session, each["members"], key="member", kind="member_kind")
    return {"child": child_id, "siblings": reaching.within(found), "households": households, **places}


def people_named(found: dict[str, Any]) -> list[UUID]:
    """The persons whom a map names."""
    relatives = (row for place in ("parents", "children", "kin", "others") for row in found[place])
    return [row["id"] for row in relatives if row["other_kind"] == Party.PERSON]


def _place(row: dict[str, Any], child_id: UUID) -> str:
    if row["bond"] in PARENTAL:
        return "parents" if row["child"] == child_id else "children"
    if row["bond"] == Bond.SIBLING and row["whom_kind"] == Party.CHILD:
        return "siblings"
    return "kin" if row["kin"] else "others"


def _named(session: Session, rows: list[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Reference, names where they may be told, and whether dead, of the other sides."""
    people = {row["whom"] for row in rows if row["whom_kind"] == Party.PERSON}
    others = {row["whom"] for row in rows if row["whom_kind"] == Party.CHILD}
    found = {
        row["id"]: {
            "reference": row["reference"],
            "deceased": row["deceased"],
            "withheld": row["withheld"],
            "names": row["particulars"].names if row["particulars"] else (),
        }
        for row in families_people.shown(session, people)
    }
    for row in views.children(session, others):
        dead = row["status"] == "deceased"
        found[row["id"]] = {"reference": row["reference"], "deceased": dead, "withheld": False, "names": ()}
    return found


def _relative(row: dict[str, Any], named: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("kind", "from", "to", "status")}
    return {"relationship": row["id"], "id": row["whom"], "other_kind": row["whom_kind"]} | plain | named[row["whom"]]
