"""A form that came too late, when the sign-in was over: carried by the sign-in page, sealed, and shown again filled in.

Nothing of it is kept here. It opens for the same person alone, for an hour, and is never sent by itself: while one is
shown again no form is valid and no command goes out. Not here: signing in (pages.signing_in).
"""

import json
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from services.portal.clients.api import NotSent
from services.portal.house import person
from services.portal.issuer.sealing import Seal
from shared import clock

FIELD = "kept_form"
LARGEST = 200_000
GOOD_FOR = timedelta(hours=1)
NOT_KEPT = {"csrf_token", FIELD}
CARRIERS = {"signing.as_local_person", "signing.as_demo_person", "signing.go_on"}
EXTENSION = "kinward-kept-forms"


def keep(subject: str) -> str | None:
    """The form of this request, sealed for `subject`; None where it is empty, has files, or is too large."""
    pairs = [[name, value] for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    if not pairs or request.files:
        return None
    kept = {"subject": subject, "path": request.full_path.rstrip("?"), "pairs": pairs, "at": clock.now().timestamp()}
    sealed = _seal().close(json.dumps(kept))
    return sealed if len(sealed) <= LARGEST else None


def path_of(sealed: str | None, subject: str) -> str | None:
    """Where a sealed form belongs; None where it is not this person's, too old, or none."""
    found = _opened(sealed, subject)
    return str(found["path"]) if found else None


def show_again() -> None:
    """Put a kept form in the place of the one that was sent, for the page that it belongs to."""
    asking = person()
    sealed = request.form.get(FIELD) if request.method == "POST" else None
    if asking is None or sealed is None or request.endpoint in CARRIERS:
        return
    found = _opened(sealed, asking.principal.subject)
    if found is None or found["path"] != request.full_path.rstrip("?"):
        return
    g.shown_again = True
    flash(_("Your sign-in had ended. This is what you typed; nothing was sent yet."), "warning")
    pairs: MultiDict[str, str] = MultiDict([(name, value) for name, value in found["pairs"]])
    request.__dict__["form"] = ImmutableMultiDict(pairs)


def nothing_goes_out() -> None:
    """To be called before anything is changed. Raises NotSent while a form is only shown again."""
    if g.get("shown_again"):
        raise NotSent


def register(app: Flask, seal: Seal) -> None:
    """Show kept forms again in `app`."""
    app.extensions[EXTENSION] = seal
    app.before_request(show_again)
    app.register_error_handler(NotSent, _as_text)


def _as_text(_error: NotSent) -> str:
    """For a page that cannot show its form again: what was typed, as text, so that none of it is lost."""
    hidden = {"idempotency_key", "version", "next"}
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in hidden and value]
    return render_template("signing/not_sent.html", typed=typed)


def _opened(sealed: str | None, subject: str) -> dict[str, Any] | None:
    text = _seal().open(sealed) if sealed and len(sealed) <= LARGEST else None
    if text is None:
        return None
    found: dict[str, Any] = json.loads(text)
    age = clock.now().timestamp() - found["at"]
    return found if found["subject"] == subject and age < GOOD_FOR.total_seconds() else None


def _seal() -> Seal:
    return cast(Seal, current_app.extensions[EXTENSION])
