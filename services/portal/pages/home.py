"""The first page: what is due, over all services, the overdue first (portal.md 6, screen 1)."""

from flask import Blueprint, render_template, request

from services.portal import due, naming
from services.portal.house import person
from services.portal.signing import signed_in

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def show() -> str:
    """What is due; `kind` shows one kind of it alone."""
    who = person()
    found = due.collect(who) if who else due.Due([], [], [])
    known = {kind.key: kind for kind in found.kinds}
    kind = known.get(request.args.get("kind", ""))
    rows = found.of(kind.key if kind else None)
    children = naming.known(row.child for row in rows)
    return render_template(
        "home.html", found=found, kind=kind, groups=due.grouped(rows), count=len(rows), children=children
    )
