"""Signing in and out. Not here: taking up an invitation (joining), a provider's sign-in (provider)."""

import ipaddress
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from services.portal import demo_people, kept_forms, signing
from services.portal.forms import Form, required
from services.portal.house import house, person
from services.portal.issuer import admission
from services.portal.issuer.grants import Granted
from services.portal.issuer.signins import SignIn
from services.portal.languages import available
from shared import clock

blueprint = Blueprint("signing", __name__)


class SignInForm(Form):
    """Name, password, code: on one page, so that a wrong answer does not tell which of them was wrong."""

    login = StringField(lazy_gettext("Sign-in name"), [required(lazy_gettext("Give your sign-in name."))])
    password = PasswordField(lazy_gettext("Password"), [required(lazy_gettext("Give your password."))])
    code = StringField(lazy_gettext("One-time code"), [required(lazy_gettext("Give the one-time code."))])

    def wrong(self, message: str) -> None:
        """Say that it was not right; the password is typed anew, and so is the code."""
        self.login.errors = [*self.login.errors, message]


@blueprint.get("/sign-in")
@signing.anybody("nobody is signed in yet")
def choose() -> str | Response:
    """How to sign in here."""
    next_ = signing.own_page(request.args.get("next"))
    if person() is not None:
        return redirect(next_)
    return ways(next_)


@blueprint.post("/sign-in/local")
@signing.anybody("nobody is signed in yet; only where the deployment has accounts of its own")
def as_local_person() -> Response | tuple[str, int] | str:
    """Sign in with an account of this deployment."""
    if house().settings.portal.provider is not None:
        abort(404)
    form = SignInForm()
    if not form.validate_on_submit():
        return ways(_next(), form), 422
    try:
        made = admission.sign_in(
            house().desk, form.login.data, form.password.data, form.code.data, _address(), clock.now()
        )  # fmt: skip
    except admission.Wrong:
        form.wrong(_("Sign-in name, password and code do not fit each other, or this code was used already."))
        return ways(_next(), form), 422
    except admission.Wait as error:
        seconds = max(1, round(error.left.total_seconds()))
        form.wrong(
            ngettext(
                "There were too many wrong tries. Try again in %(num)d second.",
                "There were too many wrong tries. Try again in %(num)d seconds.",
                seconds,
            )
        )
        answer = make_response(ways(_next(), form), 429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    return _welcome(made)


@blueprint.post("/sign-in/demo")
@signing.anybody("nobody is signed in yet; only where the deployment is a demonstration")
def as_demo_person() -> Response:
    """Sign in as one of the demonstration's people."""
    people = {each.key: each for each in demo_people.offered(house().settings)}
    chosen = people.get(request.form.get("person", ""))
    if chosen is None:
        abort(404)
    granted = Granted.of(chosen.principal(house().settings.deployment))
    return _welcome(admission.admit(house().desk, f"demo-{chosen.key}", "demo", chosen.name, granted, clock.now()))


@blueprint.post("/sign-in/continue")
@signing.signed_in
def go_on() -> Response:
    """Signed in beside the page that carries a form: show that form again."""
    asking = person()
    path = kept_forms.path_of(request.form.get(kept_forms.FIELD), asking.principal.subject) if asking else None
    return redirect(path, 307) if path else redirect("/", 303)


@blueprint.post("/sign-out")
@signing.anybody("an ended sign-in can be ended again")
def out() -> Response:
    """End the sign-in; the browser forgets what it kept of the pages."""
    asking = person()
    if asking is not None:
        admission.sign_out(house().desk, UUID(asking.signin), clock.now())
    signing.end()
    # The provider's own page for it is linked there: a form of ours may not lead to another origin (CSP).
    answer = redirect("/sign-in" if house().provider is None else "/signed-out", 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def ways(next_: str, form: SignInForm | None = None, kept: str | None = None, late: bool = False) -> str:
    """The page of the ways to sign in here; `late`: a form came after the sign-in was over, `kept` is that form."""
    provider = house().settings.portal.provider
    if form is None and provider is None:
        form = SignInForm(formdata=None)
    if form is not None:
        form.password.data = form.code.data = ""
    people = demo_people.offered(house().settings)
    kept = kept or request.form.get(kept_forms.FIELD)
    return render_template(
        "signing/choose.html", people=people, next=next_, form=form, provider=provider is not None, kept=kept, late=late
    )


def _next() -> str:
    return signing.own_page(request.form.get("next"))


def _welcome(made: SignIn) -> Response:
    """Begin the session and go on; to the form that was not sent, where there is one of the same person."""
    signing.begin(made)
    path = kept_forms.path_of(request.form.get(kept_forms.FIELD), made.subject)
    # 307: the browser posts the same fields again, the sealed form among them, to the page it belongs to.
    return redirect(path, 307) if path else redirect(_next(), 303)


def _address() -> str | None:
    """Whose address it is; None where a proxy that we do not know of stands before every one of them."""
    settings = house().settings.portal
    if settings.proxy is None and settings.url.startswith("https://"):
        return None
    found = request.remote_addr or ""
    try:
        return str(ipaddress.ip_address(found.partition("%")[0]))
    except ValueError:
        return None


@blueprint.post("/language")
@signing.anybody("the sign-in page has languages too")
def speak() -> Response:
    """Choose the language of the pages."""
    chosen = request.form.get("language", "")
    if chosen not in available():
        abort(400)
    session["language"] = chosen
    return redirect(_next())
