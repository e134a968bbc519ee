"""The four lists to begin a day with: children without a representative, without papers, without a review, unheard.

Each is a list of a service, paged, of children within the reader's reach. Not here: what else is due (pages.home).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from services.portal import naming, together
from services.portal.formats import day, term
from services.portal.house import Person, apis, house, person
from services.portal.signing import allows

blueprint = Blueprint("morning", __name__)
HEARD = "heard"
PER_PAGE = 25
MOST = 50


@dataclass(frozen=True)
class Morning:
    """One of the four: its words, who reads it, where it comes from, how a row reads."""

    name: str
    words: Any
    says: Any
    permission: str
    service: str
    path: str
    child: str
    due: Callable[[Mapping[str, Any]], str]
    why: Callable[[Mapping[str, Any]], str]
    tab: str
    counts: Callable[[Mapping[str, Any]], bool]


def _always(_row: Mapping[str, Any]) -> bool:
    return True


def _before_today(row: Mapping[str, Any]) -> bool:
    return str(row["review_due"]) < house().today().isoformat()


def _not_heard(row: Mapping[str, Any]) -> bool:
    return row["heard"] != HEARD and not row["ended_on"]


def _why_not_heard(row: Mapping[str, Any]) -> str:
    if row["heard"]:
        return _("Not heard: %(reason)s", reason=term(row["heard"], "not_heard_reason"))
    return _("Nothing is recorded of what the child said")


LISTS: tuple[Morning, ...] = (
    Morning(
        "representative", lazy_gettext("Without a legal representative"),
        lazy_gettext("Children in care for whom nobody acts by law, the longest so first."),
        "registry.legal.read", "registry", "alarms/unrepresented-children", "id", lambda row: str(row["due"]),
        lambda row: _("since %(day)s", day=day(row["since"])), "child.decisions", _always,
    ),
    Morning(
        "papers", lazy_gettext("Without papers"),
        lazy_gettext("Children whose papers should have been obtained by now, the longest overdue first."),
        "registry.papers.read", "registry", "alarms/overdue-identity-work", "child", lambda row: str(row["due"]),
        lambda row: term(row["kind"], "identity_work_kind"), "child.papers", _always,
    ),
    Morning(
        "review", lazy_gettext("Without a review in time"),
        lazy_gettext("Children whose stay should have been reviewed by now, the longest overdue first."),
        "placements.review.read", "placements", "reviews/due", "child", lambda row: str(row["review_due"]),
        lambda row: term(row["care_form"], "care_form"), "child.care", _before_today,
    ),
    Morning(
        "unheard", lazy_gettext("Unheard"),
        lazy_gettext("Children of whose view nothing is recorded in a gatekeeping case that is open."),
        "placements.gatekeeping.list", "placements", "gatekeeping", "child", lambda row: str(row["due_at"] or ""),
        _why_not_heard, "child.decisions", _not_heard,
    ),
)  # fmt: skip
PERMISSIONS = tuple(each.permission for each in LISTS)


def lists_of(who: Person) -> list[Morning]:
    """Those of the four that a person may read."""
    return [each for each in LISTS if who.may(each.permission)]


@blueprint.get("/morning")
@allows(*PERMISSIONS)
def overview() -> str:
    """How many children are on each of the four."""
    who = person()
    mine = lists_of(who) if who else []
    cards = together.ask(**{each.name: partial(_asked, each, None, MOST) for each in mine})
    counted = {name: _counted(card.value, name) for name, card in cards.items() if card.there}
    return render_template("morning/overview.html", lists=mine, cards=cards, counted=counted)


@blueprint.get("/morning/<name>")
@allows(*PERMISSIONS)
def one(name: str) -> str:
    """One of the four, page by page."""
    who = person()
    found = next((each for each in (lists_of(who) if who else ()) if each.name == name), None)
    if found is None:
        abort(404)
    answer = _asked(found, request.args.get("cursor"), PER_PAGE)
    rows = [row for row in answer["items"] if found.counts(row)]
    more = answer["next"] if (rows and rows[-1] is answer["items"][-1]) or found.name == "unheard" else None
    children = naming.known(row[found.child] for row in rows)
    today = house().today().isoformat()
    return render_template("morning/list.html", found=found, rows=rows, more=more, today=today, children=children)


def _asked(each: Morning, cursor: str | None, limit: int) -> Any:
    return getattr(apis(), each.service).listed(each.path, cursor=cursor, limit=limit)


def _counted(answer: Mapping[str, Any], name: str) -> tuple[int, bool]:
    """How many, and whether there are more than were read."""
    found = next(each for each in LISTS if each.name == name)
    rows = [row for row in answer["items"] if found.counts(row)]
    return len(rows), bool(answer["next"]) and bool(rows) and rows[-1] is answer["items"][-1]
