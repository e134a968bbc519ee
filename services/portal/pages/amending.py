"""Changing or correcting who a child is; who edits what somebody else has changed meanwhile compares first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import comparing
from services.portal.clients import Refusal
from services.portal.forms_amending import AMEND, AmendForm, filled, in_words
from services.portal.house import apis
from services.portal.signing import allows

blueprint = Blueprint("amending", __name__)
STALE = 412


@blueprint.get("/children/<uuid:child>/amend")
@allows("registry.child.amend")
def amend(child: UUID) -> str:
    """The form, filled with what is stored."""
    answer = apis().registry.child(str(child))
    form = AmendForm(data=filled(answer.body["identity"]))
    form.version = answer.etag
    return _page(child, form, answer.body)


@blueprint.post("/children/<uuid:child>/amend")
@allows("registry.child.amend")
def change(child: UUID) -> Any:
    """Change it, if it is still what was read."""
    form = AmendForm()
    answer = apis().registry.child(str(child))
    if not form.validate():
        return _page(child, form, answer.body), 422
    if form.version != answer.etag:
        return _compare(form, answer.body["identity"], answer.etag), STALE
    body: dict[str, Any] = {"identity": form.merged(answer.body["identity"])}
    registry = apis().registry
    try:
        if form.way.data == AMEND:
            registry.amend(str(child), body | {"on": form.on.data}, form.key, form.version or "")
        else:
            registry.correct(str(child), body, form.key, form.version or "")
    except Refusal as refusal:
        if refusal.status == STALE:
            newer = registry.child(str(child))
            return _compare(form, newer.body["identity"], newer.etag), STALE
        if refusal.status not in {400, 409, 422}:
            raise
        form.refused(refusal)
        return _page(child, form, answer.body), 422
    flash(_("The record is changed. What it said before is kept."))
    return redirect(url_for("child.show", child=child), 303)


def _page(child: UUID, form: AmendForm, record: Mapping[str, Any]) -> str:
    return render_template("amending/amend.html", form=form, child=child, record=record)


def _compare(form: AmendForm, stored: Mapping[str, Any], version: str | None) -> str:
    typed = {field.name: field.data for field in form}
    rows = comparing.rows(in_words(typed), in_words(filled(stored)))
    return comparing.page(rows, version=version, again=url_for("amending.amend", **(request.view_args or {})))
