"""The glass: opening one child out of reach, in an emergency, to be read. Two persons are told at once."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from services.portal.clients import Refusal
from services.portal.formats import moment
from services.portal.forms import CodeField, Form, required
from services.portal.house import apis
from services.portal.signing import allows

blueprint = Blueprint("glass", __name__)


class GlassForm(Form):
    """Which child, and why."""

    API = {"child": "reference"}
    reference = StringField(
        lazy_gettext("Short reference of the record"),
        [required(lazy_gettext("Type the reference of the record.")), Length(max=40)],
    )
    reason = CodeField(
        lazy_gettext("Why it cannot wait"), "glass_reason", [required(lazy_gettext("Choose why it cannot wait."))]
    )
    words = TextAreaField(
        lazy_gettext("What has happened"), [required(lazy_gettext("Say what has happened.")), Length(max=4000)]
    )


@blueprint.get("/glass")
@allows("registry.glass.break")
def ask() -> str:
    """The form; `reference` is filled in from where one comes."""
    return render_template("child/glass.html", form=GlassForm(reference=request.args.get("reference", "")))


@blueprint.post("/glass")
@allows("registry.glass.break")
def open_() -> Any:
    """Break it."""
    form = GlassForm()
    if form.validate():
        body = {name: form[name].data.strip() for name in ("reference", "reason", "words")}
        try:
            made = apis().registry.break_glass(body, form.key).body
        except Refusal as refusal:
            if refusal.status not in {404, 409, 422}:
                raise
            form.refused(refusal)
        else:
            flash(_("Open to you until %(until)s. Two persons were told.", until=moment(made["until"])))
            return redirect(url_for("child.show", child=made["child"]), 303)
    return render_template("child/glass.html", form=form), 422
