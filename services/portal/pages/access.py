"""Who read a child's record: for data-protection officers, supervisors, and through them the child (portal.md 6).

The page shows accounts, roles, times and what was done: nothing of the record itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField, ValidationError
from wtforms.validators import Length

from services.portal.clients import Refusal
from services.portal.forms import Form, required
from services.portal.house import apis, person
from services.portal.signing import allows

blueprint = Blueprint("access", __name__)
PER_PAGE = 50


class WhichChild(Form):
    """The record whose log is wanted."""

    record = StringField(
        lazy_gettext("Id of the record, or its short reference"),
        [required(lazy_gettext("Type the id of the record.")), Length(max=60)],
    )


@blueprint.route("/access-log", methods=["GET", "POST"])
@allows("registry.access_log.read")
def which() -> Any:
    """Ask whose log is wanted."""
    form = WhichChild()
    if form.validate_on_submit():
        try:
            return redirect(url_for("access.log", child=_found(form.record.data.strip())), 303)
        except ValidationError as error:
            form.record.errors = [str(error)]
    return render_template("access/which.html", form=form), 422 if form.problems() else 200


@blueprint.get("/children/<uuid:child>/access-log")
@allows("registry.access_log.read")
def log(child: UUID) -> str:
    """Who read or changed it, the newest first."""
    page = apis().registry.of_child(str(child), "access-log", limit=PER_PAGE, cursor=request.args.get("cursor"))
    return render_template("access/log.html", child=str(child), rows=together_read(page["items"]), more=page["next"])


def together_read(entries: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    """The entries, each with how often it stands there: one page that is opened reads several things in one minute."""

    def same(each: Mapping[str, Any]) -> tuple[Any, ...]:
        return (each["at"][:16], *(each[name] for name in ("actor", "action", "outcome", "what", "glass")))

    counted: dict[tuple[Any, ...], tuple[Mapping[str, Any], int]] = {}
    for each in entries:
        first, count = counted.get(same(each), (each, 0))
        counted[same(each)] = (first, count + 1)
    return list(counted.values())


def _found(text: str) -> UUID:
    """The id that was typed, or that of the record with this short reference. Raises ValidationError."""
    try:
        return UUID(text)
    except ValueError:
        pass
    who = person()
    if who is None or not who.may("registry.child.search"):
        raise ValidationError(_("Your role opens records by their id alone; the notice sent to you names it."))
    try:
        found = apis().registry.search({"reference": text})["items"]
    except Refusal as refusal:
        raise ValidationError(refusal.detail) from None
    if not found:
        raise ValidationError(_("No record within your reach has this reference."))
    return UUID(found[0]["id"])
