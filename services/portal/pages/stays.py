"""A stay that was permitted begins: the child came to the place, from home or from another one.

Not here: how a stay is permitted (pages.gatekeeping_steps), which stays a child had (pages.child).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal import comparing
from services.portal.clients import Refusal
from services.portal.forms_deciding import Begin
from services.portal.house import apis
from services.portal.signing import allows
from services.portal.words import stay_state

blueprint = Blueprint("stays", __name__)
Stay = Mapping[str, Any]


@blueprint.route("/children/<uuid:child>/stays/<uuid:stay>/begin", methods=["GET", "POST"])
@allows("placements.placement.record")
def begin(child: UUID, stay: UUID) -> str | Response | tuple[str, int]:
    """From when the child is there; where it lived elsewhere, why it left."""
    answer = apis().placements.whereabouts(str(child))
    planned = _of(answer.body, stay)
    if planned["state"] != "planned":
        flash(_("This stay is planned no more."))
        return redirect(url_for("child.care", child=child), 303)
    former = next((each for each in answer.body["placements"] if each["state"] == "active"), None)
    form = Begin()
    if former is None:
        del form.reason
    if not form.is_submitted():
        form.version = answer.etag
    elif form.validate():
        try:
            apis().placements.begin(str(stay), form.body(), form.key, form.version)
        except Refusal as refusal:
            if refusal.status == comparing.STALE:
                return _compare(child, stay, form), comparing.STALE
            form.refused(refusal)
        else:
            flash(_("The stay has begun."))
            return redirect(url_for("child.care", child=child), 303)
    page = render_template("child/begin.html", form=form, child=child, planned=planned, former=former)
    return page, 422 if form.is_submitted() else 200


def _of(found: Mapping[str, Any], stay: UUID) -> Stay:
    known: Stay | None = next((each for each in found["placements"] if each["id"] == str(stay)), None)
    return known if known is not None else abort(404)


def _compare(child: UUID, stay: UUID, form: Begin) -> str:
    """What was typed, and what has become of the stay meanwhile."""
    newer = apis().placements.whereabouts(str(child))
    told = comparing.Row(_("The stay is now"), "", stay_state(_of(newer.body, stay)["state"]), told=True)
    return comparing.page([told, *comparing.of_form(form, {})], version=newer.etag, again=request.path)
