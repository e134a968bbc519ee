"""Signing in with an OpenID provider: there and back. Not here: whether what comes back is believed (issuer)."""

import logging

from flask import Blueprint, abort, redirect, render_template, request, session
from werkzeug.wrappers import Response

from services.portal import signing
from services.portal.house import house
from services.portal.issuer import admission
from services.portal.issuer.mapping import TABLE, mapped
from services.portal.issuer.provider import Begun, NotBelieved, Provider, ProviderDown
from shared import clock

LOG = logging.getLogger("kinward.portal")
blueprint = Blueprint("provider", __name__)
KEPT = "provider"
MINUTES = 10
WHY = "nobody is signed in yet; only where the deployment has a provider"


@blueprint.get("/sign-in/provider")
@signing.anybody(WHY)
def go() -> Response | tuple[str, int]:
    """On to the provider."""
    try:
        begun = _provider().begin()
    except ProviderDown as error:
        return _down(error)
    session[KEPT] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": signing.own_page(request.args.get("next")),
        "at": int(clock.now().timestamp()),
    }
    return redirect(begun.url, 303)


@blueprint.get("/sign-in/provider/back")
@signing.anybody(WHY)
def back() -> Response | tuple[str, int]:
    """Back from the provider."""
    provider, kept = _provider(), session.pop(KEPT, None)
    if not kept or clock.now().timestamp() - kept["at"] > MINUTES * 60:
        return render_template("signing/not_believed.html"), 400
    try:
        claims = provider.finish(request.args, Begun("", kept["state"], kept["nonce"], kept["verifier"]))
    except NotBelieved as error:
        LOG.warning("a sign-in is not believed", extra={"reason": str(error)})
        return render_template("signing/not_believed.html"), 400
    except ProviderDown as error:
        return _down(error)
    pack = house().pack
    granted = mapped(pack.table(TABLE), claims, pack.areas.codes(house().today()))
    if not granted.roles:
        return render_template("signing/no_role.html"), 403
    subject = f"{provider.issuer}#{claims['sub']}"
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])[:200]
    signing.begin(admission.admit(house().desk, subject, "provider", name, granted, clock.now()))
    return redirect(kept["next"], 303)


@blueprint.get("/signed-out")
@signing.anybody("who has signed out is nobody")
def signed_out() -> str | Response:
    """Signed out here; the provider has a sign-in of its own."""
    return render_template("signing/signed_out.html", goodbye=_provider().goodbye())


def _provider() -> Provider:
    found = house().provider
    if found is None:
        abort(404)
    return found


def _down(error: ProviderDown) -> tuple[str, int]:
    LOG.error("the provider cannot be used", extra={"reason": str(error)})
    return render_template("signing/provider_down.html"), 503
