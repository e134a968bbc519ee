"""The first page: what is due, over all services, the overdue first (portal.md 6, screen 1)."""

from flask import Blueprint, render_template, request

from services.portal import due, naming
from services.portal.house import Person, house, person
from services.portal.issuer import accounts
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
        "home.html", found=found, kind=kind, groups=due.grouped(rows), count=len(rows), children=children,
        approvals=_to_approve(who) if who else 0, more=kind.more if kind else found.more,
    )  # fmt: skip


def _to_approve(who: Person) -> int:
    """How many changes of accounts wait for this person: not those that it proposed, nor one of its own account."""
    if not who.may("portal.account.approve"):
        return 0
    me = who.principal.subject
    return sum(me not in {each.proposed_by, str(each.account)} for each in accounts.waiting(house().desk))
