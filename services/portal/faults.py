"""What a person sees when something is refused, absent, out of reach or broken: a page in words, never a trace."""

import logging
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from services.portal import kept_forms
from services.portal.clients import Down, Refusal
from services.portal.house import person
from services.portal.pages.signing_in import ways
from services.portal.signing import NotSignedIn
from shared.errors import KinwardError

LOG = logging.getLogger("kinward.portal")


def register(app: Flask) -> None:
    """Answer every fault of `app` by a page."""
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Down, _down)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(KinwardError, _broken)
    app.register_error_handler(Exception, _broken)


def _page(status: int, title: str, text: str, **more: Any) -> tuple[str, int]:
    return render_template("fault.html", title=title, text=text, **more), status


def _not_signed_in(_error: NotSignedIn) -> Any:
    ended = g.get("was_signed_in")
    if request.method == "POST" and ended and "HX-Request" not in request.headers:
        return ways("/", kept=kept_forms.keep(ended), late=True), 401
    next_ = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("signing.choose", next=next_))


def _refused(refusal: Refusal) -> Any:
    if refusal.status == 401:
        LOG.error("a service does not accept the portal's tokens", extra={"service": refusal.service})
        return _page(503, _("A part of the system does not accept your sign-in"), _("Tell your administrator."))
    if refusal.status in {403, 404}:
        return _page(
            404,
            _("This is not here"),
            _("It does not exist, or it is outside what your role reaches. Both look the same on purpose."),
        )
    return _page(
        refusal.status,
        _("This was not accepted"),
        _("Nothing was changed."),
        refusal=refusal,
    )


def _down(down: Down) -> Any:
    LOG.warning("page without its service", extra={"service": down.service})
    title = _("A part of the system cannot be reached")
    if request.method == "GET":
        return _page(503, title, _("Try again in a moment."))
    # No page is kept by the browser, so that nobody finds a child by going back: what was typed stands in this one.
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    text = _(
        "Whether it was done is not known. What you typed is kept in this page: leave it open, and send it again in a"
        " moment. What was done already is not done twice."
    )
    return _page(503, title, text, again=typed if person() else [], action=request.full_path.rstrip("?"))


def _no_database(error: OperationalError) -> Any:
    LOG.error("the issuer's database does not answer", extra={"fault": type(error).__name__})
    return _page(503, _("Signing in does not work at this moment"), _("Nothing was changed. Try again in a moment."))


def _form_too_old(_error: CSRFError) -> Any:
    view = current_app.view_functions.get(request.endpoint or "")
    if person() is None and g.get("was_signed_in") and hasattr(view, "permissions"):
        return _not_signed_in(NotSignedIn())
    return _page(
        400,
        _("This form is too old"),
        _("It was opened before you signed in anew. Go back, reload the page and send it again."),
    )


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    if status == 404:
        return _page(404, _("Page not found"), _("There is no page at this address."))
    if status == 403:
        return _page(403, _("This is not offered to you"), _("Your role does not include this page."))
    if status == 405:
        return _page(405, _("Page not found"), _("There is no page at this address."))
    if status == 413:
        return _page(413, _("This is too large"), _("The form or file is larger than what is taken here."))
    return _page(status, _("This cannot be done"), _("The request cannot be read."))


def _broken(error: Exception) -> Any:
    LOG.error("unexpected error", exc_info=error, extra={"fault": type(error).__name__})
    return _page(500, _("Something went wrong on our side"), _("It was noted. Try again, or tell your administrator."))
