"""Taking up an invitation, by its link or by its halves: password, second factor by QR, recovery codes shown once.

The code of the address goes into the sealed session at once, so that it stands in no further address. Not here: who is
invited (accounts).
"""

import io

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as Redirect
from wtforms import PasswordField, StringField

from services.portal import signing
from services.portal.forms import Form, required
from services.portal.house import house
from services.portal.issuer import invitations, joining, proofs
from services.portal.issuer.accounts import Account
from shared import clock
from shared.errors import Invalid, NotFound

blueprint = Blueprint("joining", __name__)
WHY = "who is invited has no account yet; the code of the invitation is the proof"
KEPT = "invitation"


class JoinForm(Form):
    """A password twice, and the first one-time code."""

    password = PasswordField(lazy_gettext("New password"), [required(lazy_gettext("Choose a password."))])
    again = PasswordField(lazy_gettext("The same password again"), [required(lazy_gettext("Type the password again."))])
    code = StringField(lazy_gettext("One-time code"), [required(lazy_gettext("Give the code that the app shows."))])


class HalvesForm(Form):
    """The half of who proposed the account and that of who approved it."""

    first = StringField(lazy_gettext("One half"), [required(lazy_gettext("Give the half that you got first."))])
    second = StringField(lazy_gettext("The other half"), [required(lazy_gettext("Give the other half."))])


@blueprint.route("/invitation/halves", methods=["GET", "POST"])
@signing.anybody(WHY)
def halves() -> str | tuple[str, int] | Redirect:
    """Come with both halves of an invitation to an account with power."""
    form = HalvesForm()
    if request.method == "GET":
        return render_template("signing/halves.html", form=form)
    if form.validate():
        code = invitations.together(form.first.data, form.second.data)
        try:
            joining.invited(house().desk, code, clock.now())
        except NotFound as error:
            form.declined(error)
        else:
            return _begin(code)
    return render_template("signing/halves.html", form=form), 422


@blueprint.get("/invitation/<code>")
@signing.anybody(WHY)
def arrive(code: str) -> Redirect | tuple[str, int]:
    """Come by the link of an invitation."""
    try:
        joining.invited(house().desk, code, clock.now())
    except NotFound:
        return render_template("signing/no_invitation.html"), 404
    return _begin(code)


@blueprint.route("/invitation", methods=["GET", "POST"])
@signing.anybody(WHY)
def join() -> str | tuple[str, int]:
    """Set password and second factor."""
    kept = session.get(KEPT)
    if not kept:
        return render_template("signing/no_invitation.html"), 404
    form = JoinForm()
    try:
        account = joining.invited(house().desk, kept["code"], clock.now())
        if request.method == "GET":
            return _page(form, account)
        sound = form.validate()
        if form.password.data != form.again.data:
            form.again.errors = [*form.again.errors, _("The two passwords are not the same.")]
            sound = False
        if not sound:
            return _page(form, account), 422
        codes = joining.join(
            house().desk, kept["code"], form.password.data, kept["secret"], form.code.data, clock.now()
        )  # fmt: skip
    except Invalid as error:
        form.declined(error)
        return _page(form, account), 422
    except NotFound:
        return render_template("signing/no_invitation.html"), 404
    signing.end()
    return render_template("signing/codes.html", codes=codes, login=account.login)


@blueprint.get("/invitation/qr.svg")
@signing.anybody(WHY)
def picture() -> Response:
    """The second factor's secret as a QR code, an image of its own: pages have no style or script inside."""
    kept = session.get(KEPT)
    if not kept:
        abort(404)
    try:
        account = joining.invited(house().desk, kept["code"], clock.now())
    except NotFound:
        abort(404)
    address = proofs.enrolment(kept["secret"], account.login, house().settings.deployment)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _begin(code: str) -> Redirect:
    signing.end()
    session[KEPT] = {"code": code, "secret": proofs.new_secret()}
    return redirect(url_for("joining.join"), 303)


def _page(form: JoinForm, account: Account) -> str:
    form.password.data = form.again.data = form.code.data = ""
    secret = session[KEPT]["secret"]
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return render_template("signing/invitation.html", form=form, account=account, secret=groups)
