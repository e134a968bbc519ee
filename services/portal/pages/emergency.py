"""The emergency notice of the night (portal.md 6): a short form, then the clocks that run, each with who is to be told.

A child unknown so far is registered by what can be seen. Not here: rules, none of which refuses a fact.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal import together
from services.portal.clients import Down, Refusal
from services.portal.fields import now
from services.portal.formats import place_name
from services.portal.forms_emergency import CHILDREN, EmergencyNotice, TakenChild, emergency_forms, emergency_kinds
from services.portal.house import apis, house, person
from services.portal.signing import allows

blueprint = Blueprint("emergency", __name__)
RECORD, REGISTER, TELL = "placements.placement.record", "registry.child.register", "placements.notice.send"
SAME_CHILD = "same-child"
PLACES = 40
MEANS = ("TELEPHONE", "IN_PERSON", "NOT_SAFE", "NOT_FOUND")


@blueprint.route("/emergency", methods=["GET", "POST"])
@allows(RECORD)
def record() -> str | Response | tuple[str, int]:
    """The form; sent, the children are on record, and what falls due is shown."""
    form = EmergencyNotice()
    form.provider.offer(_places())
    if form.validate_on_submit():
        children = _children(form)
        if children is not None:
            try:
                made = apis().gatekeeping.emergency(form.body(children), form.key).body
            except Refusal as refusal:
                form.refused(refusal)
            else:
                flash(_("Recorded at %(hour)s.", hour=now().strftime("%H:%M")))
                ids = [item["child"] for item in made["items"]]
                return redirect(url_for("emergency.notice", child=ids), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("emergency/record.html", form=form), status


@blueprint.get("/emergency/notice")
@allows(RECORD)
def notice() -> str:
    """The notice of the children named by their ids: what is on record, and what falls due by what hour."""
    try:
        children = [str(UUID(each)) for each in request.args.getlist("child")[:CHILDREN]]
    except ValueError:
        abort(404)
    if not children:
        abort(404)
    asking = person()
    may_read = asking is not None and asking.may("registry.child.read")
    cards = {child: _asked(child, may_read=may_read) for child in children}
    return render_template(
        "emergency/notice.html", cards=cards, children=children, due=_due(cards), now=now(), means=MEANS,
        may_tell=asking is not None and asking.may(TELL), emergency=_emergency(cards),
    )  # fmt: skip


@blueprint.post("/emergency/notices/<uuid:notice_id>/told")
@allows(TELL)
def told(notice_id: UUID) -> Response:
    """Somebody was told now, or could not be."""
    means = request.form.get("means", "")
    if means not in house().pack.codes("notice_means"):
        abort(400)
    children = request.form.getlist("children")
    key = request.form.get("idempotency_key") or str(notice_id)
    try:
        apis().gatekeeping.told(str(notice_id), {"means": means, "sent_at": now().isoformat()}, key)
    except Refusal as refusal:
        flash(_("This was not accepted: %(why)s", why=refusal.detail))
    else:
        flash(_("Recorded at %(hour)s.", hour=now().strftime("%H:%M")))
    return redirect(url_for("emergency.notice", child=children), 303)


@blueprint.get("/emergency/blank")
@allows(RECORD)
def blank() -> str:
    """The form on one sheet of paper, for when there is no power."""
    return render_template("emergency/blank.html", forms=emergency_forms(), codes=house().pack.codes)


def _asked(child: str, *, may_read: bool) -> dict[str, together.Card]:
    return together.ask(
        record=(lambda: apis().registry.child(child).body) if may_read else None,
        decisions=lambda: apis().gatekeeping.decisions(child),
        stays=lambda: apis().placements.stays(child),
    )


def _places() -> list[tuple[str, str]]:
    """Places for a night: those with room, as far as the person may look for them."""
    asking = person()
    if asking is None or not asking.may("placements.vacancy.search"):
        return []
    try:
        asked = {"kinds": emergency_kinds(), "care_forms": list(emergency_forms()), "limit": PLACES}
        found = apis().gatekeeping.vacancies(asked)
    except (Refusal, Down):
        return []
    return [
        (each["id"], _("%(name)s (room for %(free)s)", name=place_name(each), free=each["free"]))
        for each in found
        if each["name"]
    ]


def _children(form: EmergencyNotice) -> list[str] | None:
    """The ids of the children: found by reference, or registered now. None where one cannot be found."""
    found: list[str] = []
    for number, row in enumerate(each.form for each in form.children):
        if not row.typed:
            continue
        try:
            id_ = _by_reference(row) if row.reference.data else _registered(form, row, number)
        except Refusal as refusal:
            field = row.reference if row.reference.data else row.given
            field.errors = [*field.errors, *(each.message for each in refusal.errors)] or [refusal.detail]
            return None
        if id_ is None:
            row.reference.errors = [_("No child within your reach has this reference.")]
            return None
        found.append(id_)
    return found


def _by_reference(row: TakenChild) -> str | None:
    items = apis().registry.search({"reference": row.reference.data})["items"]
    return str(items[0]["id"]) if items else None


def _registered(form: EmergencyNotice, row: TakenChild, number: int) -> str:
    """Register the child. At night nobody compares: a record that is alike is left for the registrar to judge."""
    identity = row.identity(str(form.area.data), house().today())
    key = f"{form.key}-{number}"
    try:
        made = apis().registry.register({"identity": identity}, key)
    except Refusal as refusal:
        if refusal.code != SAME_CHILD:
            raise
        because = _("Registered in an emergency, nobody could compare.")
        alike = [
            {"child": each.get("id") or each["reference"], "decision": "unsure", "because": because}
            for each in refusal.problem.get("candidates", ())
        ]
        made = apis().registry.register({"identity": identity, "compared": alike}, f"{key}-unsure")
    return str(made.body["id"])


def _emergency(cards: Mapping[str, Mapping[str, together.Card]]) -> Any:
    """The last emergency of the children: who took them from whom, and when."""
    found = [
        each for card in cards.values() if card["decisions"].there for each in card["decisions"].value["emergencies"]
    ]
    return max(found, key=lambda each: str(each["at"]), default=None)


def _due(cards: Mapping[str, Mapping[str, together.Card]]) -> list[dict[str, Any]]:
    """What falls due for the children, the most urgent first: who is to be told, which rule is to be met."""
    rows: list[dict[str, Any]] = []
    for child, card in cards.items():
        if card["decisions"].there:
            rows += [
                {"kind": "notice", "child": child, "what": each["to"], "due": each["due"], "id": each["id"],
                 "done": each["sent_at"], "means": each["means"]}
                for each in card["decisions"].value["notices"]
            ]  # fmt: skip
        if card["stays"].there:
            rows += [
                {"kind": "rule", "child": child, "what": each["rule"], "due": each["due_at"] or each["due"],
                 "id": each["id"], "done": None, "means": None, "remedy": each.get("remedy"), "owner": each["owner"]}
                for each in card["stays"].value["breaches"] if not each["healed_on"]
            ]  # fmt: skip
    zone = house().pack.zone
    for row in rows:
        moment = datetime.fromisoformat(row["due"])
        row["moment"] = moment if moment.tzinfo else moment.replace(tzinfo=zone, hour=23, minute=59)
        row["seconds"] = int((row["moment"] - now()).total_seconds())
    return sorted(rows, key=lambda row: (row["done"] is not None, row["moment"]))
