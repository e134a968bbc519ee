"""Who is signed in: the sealed session names a sign-in, the issuer says at each request whether it is still good.

Not here: how people prove who they are (pages.signing_in), what ends a sign-in (issuer).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import abort, g, request, session

from services.portal.house import Person, house, person
from services.portal.issuer import admission
from services.portal.issuer.signins import SignIn
from shared import clock

View = TypeVar("View", bound=Callable[..., Any])
SIGNIN = "signin"


class NotSignedIn(Exception):
    """A page for signed-in people was asked for by nobody."""


def begin(signin: SignIn) -> None:
    """Remember a new sign-in; everything of an earlier session but the language is forgotten."""
    end()
    session[SIGNIN] = str(signin.id)


def end() -> None:
    """Forget the sign-in."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def recognise() -> None:
    """Put the signed-in person of a request in its place; a sign-in that is over is taken out of the session.

    The services' token is made anew for each request from what the sign-in was given: it never leaves this process.
    """
    if request.endpoint in {"static", "health.live", "health.ready"}:
        return
    id_ = _id(session.get(SIGNIN))
    if id_ is None:
        return
    found, over = admission.recognise(house().desk, id_, clock.now())
    if found is not None and found.kind == "demo" and not house().settings.demo:
        over = "changed"
    if found is None or over is not None:
        end()
        g.was_signed_in = found.subject if found else None
        return
    principal = found.granted.principal(found.subject, house().settings.deployment)
    g.signin = found
    g.person = Person(principal, found.name, house().issuing.token(principal), str(found.id))


def _id(kept: object) -> UUID | None:
    try:
        return UUID(str(kept)) if kept else None
    except ValueError:
        return None


def signed_in(view: View) -> View:
    """A page for whoever is signed in. Raises NotSignedIn."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if person() is None:
            raise NotSignedIn
        return view(*args, **kwargs)

    guarded.__dict__["permissions"] = ()
    return guarded  # type: ignore[return-value]


def allows(*permissions: str) -> Callable[[View], View]:
    """A page for whoever holds one of `permissions`; others get 403. Raises NotSignedIn."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            asking = person()
            if asking is None:
                raise NotSignedIn
            if not asking.may_any(*permissions):
                abort(403)
            return view(*args, **kwargs)

        guarded.__dict__["permissions"] = permissions
        return guarded  # type: ignore[return-value]

    return decorate


def anybody(reason: str) -> Callable[[View], View]:
    """A page that needs no sign-in, and why."""

    def decorate(view: View) -> View:
        view.__dict__["public_reason"] = reason
        return view

    return decorate


def own_page(address: str | None) -> str:
    """An address of this portal to go on to; the first page for anything else."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
