"""Accounts: who has one, invite, give roles, approve, deactivate, sign out everywhere; and one's own sign-ins.

What takes two persons, and whom it is refused, the issuer decides. Not here: taking up an invitation (joining).
"""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.portal import comparing, kept_forms
from services.portal.forms_accounts import GrantForm, InviteForm
from services.portal.house import Person, house, person
from services.portal.issuer import accounts, admission, signins
from services.portal.issuer.desk import By, Desk
from services.portal.issuer.invitations import Part, Shown
from services.portal.issuer_words import words_of
from services.portal.signing import allows, signed_in
from services.portal.words import role_words
from shared import audit, clock
from shared.errors import KinwardError, NotFound, Stale

blueprint = Blueprint("accounts", __name__)
HANDED = "handed_over"
HISTORY = 50


@blueprint.get("/accounts")
@allows("portal.account.read")
def show_all() -> str:
    """Everybody with an account, and what waits for a second person."""
    desk = house().desk
    everybody = {each.id: each for each in accounts.everybody(desk)}
    with desk.engine.connect() as connection:
        standing = signins.standing(connection, clock.now())
    open_ = {each.subject: sum(other.subject == each.subject for other in standing) for each in standing}
    return render_template(
        "accounts/list.html",
        accounts=list(everybody.values()),
        waiting=accounts.waiting(desk),
        known=everybody,
        open=open_,
        others={each.subject: each for each in standing if each.account is None},
        roles={role: {"label": role_words(role)} for role in house().pack.roles},
    )


@blueprint.get("/accounts/log")
@allows("portal.audit.read")
def log() -> str:
    """Everything that was done at the portal's own desk, newest first: sign-ins too, and tries that were refused."""
    before = request.args.get("cursor", type=UUID)
    with Session(house().desk.engine) as reading:
        found = audit.read(reading, HISTORY + 1, before=before)
    rows = found[:HISTORY]
    return render_template(
        "accounts/log.html",
        rows=rows,
        next=rows[-1].id if len(found) > HISTORY else None,
    )


@blueprint.route("/accounts/invite", methods=["GET", "POST"])
@allows("portal.account.invite")
def invite() -> str | tuple[str, int] | Response:
    """Invite somebody."""
    form = InviteForm()
    if request.method == "GET":
        return render_template("accounts/invite.html", form=form)
    if form.validate():
        try:
            login, name = form.login.data, form.name.data
            id_, shown = accounts.invite(_writing(), _by(), login, name, form.granted(), clock.now())
        except KinwardError as error:
            form.declined(error)
        else:
            return _hand_over(id_, shown)
    return render_template("accounts/invite.html", form=form), 422


@blueprint.get("/accounts/<uuid:account>")
@allows("portal.account.read")
def show(account: UUID) -> str:
    """One account: what it may do, what was done with it."""
    desk, found = house().desk, _found(account)
    with Session(desk.engine) as reading:
        history = audit.read(reading, HISTORY, subject=account)
    with desk.engine.connect() as connection:
        standing = signins.standing(connection, clock.now(), subject=str(account))
    return render_template(
        "accounts/show.html",
        account=found,
        history=history,
        standing=standing,
        waiting=[each for each in accounts.waiting(desk) if each.account == account],
        roles={role: {"label": role_words(role)} for role in house().pack.roles},
        own=_asking().principal.subject == str(account),
    )


@blueprint.route("/accounts/<uuid:account>/roles", methods=["GET", "POST"])
@allows("portal.account.invite")
def change(account: UUID) -> str | tuple[str, int] | Response:
    """Give an account other roles."""
    found = _found(account)
    form = GrantForm.of(found.granted) if request.method == "GET" else GrantForm()
    if request.method == "GET":
        form.version = found.granted.version
        return render_template("accounts/roles.html", form=form, account=found)
    if form.validate():
        try:
            seen = form.version or ""
            at_once, shown = accounts.change(_writing(), _by(), account, form.granted(), clock.now(), seen=seen)
        except Stale:
            granted = _found(account).granted
            rows = comparing.of_form(form, granted.stored())
            return comparing.page(rows, version=granted.version, again=request.path), comparing.STALE
        except KinwardError as error:
            form.declined(error)
        else:
            if shown is not None:
                return _hand_over(account, shown)
            flash(_("The roles were changed.") if at_once else _("It waits for a second person's approval."))
            return redirect(url_for("accounts.show", account=account), 303)
    return render_template("accounts/roles.html", form=form, account=found), 422


@blueprint.post("/accounts/<uuid:account>/<any(reset, reactivate):what>")
@allows("portal.account.invite")
def renew(account: UUID, what: str) -> Response:
    """Invite anew who lost password or phone, or who comes back."""
    act = accounts.reset if what == "reset" else accounts.reactivate
    try:
        shown = act(_writing(), _by(), account, clock.now())
    except KinwardError as error:
        return _refused(account, error)
    return _hand_over(account, shown)


@blueprint.post("/accounts/<uuid:account>/deactivate")
@allows("portal.account.invite")
def deactivate(account: UUID) -> Response:
    """Nobody signs in with it any more, from now on."""
    try:
        accounts.deactivate(_writing(), _by(), account, clock.now())
    except KinwardError as error:
        return _refused(account, error)
    flash(_("The account is deactivated, and its sign-ins have ended."))
    return redirect(url_for("accounts.show", account=account), 303)


@blueprint.post("/accounts/sign-out")
@allows("portal.account.invite")
def sign_out_person() -> Response:
    """End all sign-ins of somebody, with or without an account here."""
    subject = request.form.get("subject", "")
    ended = admission.sign_out_everywhere(_writing(), subject, _by(), clock.now())
    _say_ended(ended)
    return redirect(url_for("accounts.show_all"), 303)


@blueprint.post("/accounts/proposals/<uuid:proposal>")
@allows("portal.account.approve", "portal.account.invite")
def decide(proposal: UUID) -> Response:
    """Approve what somebody else proposed, or decline it."""
    approved = request.form.get("decision") == "approve"
    if approved and not _asking().may("portal.account.approve"):
        abort(403)
    waiting = next((each for each in accounts.waiting(house().desk) if each.id == proposal), None)
    if waiting is None:
        abort(404)
    try:
        shown = accounts.decide(_writing(), _by(), proposal, approved, clock.now())
    except KinwardError as error:
        return _refused(waiting.account, error)
    if shown is not None:
        return _hand_over(waiting.account, shown, waiting.proposed_by)
    flash(_("Approved.") if approved else _("Declined."))
    return redirect(url_for("accounts.show", account=waiting.account), 303)


@blueprint.get("/accounts/<uuid:account>/invitation")
@allows("portal.account.invite", "portal.account.approve")
def handed_over(account: UUID) -> str | Response:
    """The link of an invitation that was just made, or one's own half of it: shown once."""
    kept = session.pop(HANDED, None)
    if not kept or kept["account"] != str(account):
        return redirect(url_for("accounts.show", account=account), 303)
    at = url_for("joining.arrive", code=kept["code"]) if kept["part"] == Part.WHOLE else url_for("joining.halves")
    return render_template(
        "accounts/link.html", account=_found(account), link=f"{house().settings.portal.url}{at}", handed=kept
    )


@blueprint.get("/sign-ins")
@signed_in
def own() -> str:
    """Where I am signed in."""
    with house().desk.engine.connect() as connection:
        standing = signins.standing(connection, clock.now(), subject=_asking().principal.subject)
    return render_template("accounts/own.html", standing=standing)


@blueprint.post("/sign-ins/end")
@signed_in
def end_own() -> Response:
    """Sign me out everywhere, here too."""
    asking = _asking()
    admission.sign_out_everywhere(_writing(), asking.principal.subject, By.of(asking.principal), clock.now())
    session.clear()
    return redirect(url_for("signing.choose"), 303)


def _found(account: UUID) -> accounts.Account:
    try:
        return accounts.one(house().desk, account)
    except NotFound:
        abort(404)


def _asking() -> Person:
    found = person()
    if found is None:
        abort(403)
    return found


def _by() -> By:
    return By.of(_asking().principal)


def _writing() -> Desk:
    kept_forms.nothing_goes_out()
    return house().desk


def _hand_over(account: UUID, shown: Shown, proposed_by: str | None = None) -> Response:
    session[HANDED] = {"account": str(account), "part": shown.part, "code": shown.code, "proposed_by": proposed_by}
    return redirect(url_for("accounts.handed_over", account=account), 303)


def _refused(account: UUID, error: KinwardError) -> Response:
    flash(words_of(error), "warning")
    return redirect(url_for("accounts.show", account=account), 303)


def _say_ended(ended: int) -> None:
    flash(ngettext("%(num)d sign-in has ended.", "%(num)d sign-ins have ended.", ended))
