"""The child's page (portal.md 6, screen 4): who, where, who is responsible, what is next; then five tabs.

What is sensitive is closed until it is asked for: each opening is a request of its own to the service, which logs it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal import child as framing
from services.portal.house import person
from services.portal.signing import allows

blueprint = Blueprint("child", __name__)
TABS = ("show", "family", "care", "decisions", "papers")
HEALTH = "health"


@blueprint.app_context_processor
def in_templates() -> dict[str, Any]:
    """How rules and forms of care read."""
    return {"form_of_care": framing.form_of_care, "days_since": framing.days_since}


@blueprint.app_errorhandler(framing.Merged)
def merged(found: framing.Merged) -> Response:
    """To the record that stands for the child now."""
    flash(_("The record that you asked for was merged into this one."))
    return redirect(url_for("child.show", child=found.into), 303)


@blueprint.get("/children/<uuid:child>")
@allows("registry.child.read")
def show(child: UUID) -> str:
    """Who the child is; `open=health` shows what is closed otherwise."""
    opened = request.args.get("open", "")
    return _page("child/show.html", child, "show", (), opened=opened if opened == HEALTH else "")


@blueprint.get("/children/<uuid:child>/family")
@allows("registry.family.read")
def family(child: UUID) -> str:
    """Parents, kin, brothers and sisters, households."""
    return _page("child/family.html", child, "family", ("family", "siblings"))


@blueprint.get("/children/<uuid:child>/care")
@allows("placements.placement.read")
def care(child: UUID) -> str:
    """Stays, reviews, returns, leaving care."""
    asked = ("absences", "reintegrations", "leaving-care", "bonds")
    return _page("child/care.html", child, "care", asked)


@blueprint.get("/children/<uuid:child>/decisions")
@allows("placements.decision.read", "registry.legal.read")
def decisions(child: UUID) -> str:
    """Decisions, legal measures, exemptions, who may consent."""
    return _page("child/decisions.html", child, "decisions", ("measures", "gatekeeping", "exemptions"))


@blueprint.get("/children/<uuid:child>/papers")
@allows("registry.papers.read", "registry.consent.read")
def papers(child: UUID) -> str:
    """The checklist of papers, work on missing ones, consents, attachments."""
    return _page("child/papers.html", child, "papers", ("documents", "identity-work", "consents", "attachments"))


def _page(template: str, child: UUID, tab: str, asked: Sequence[str], **more: Any) -> str:
    frame = framing.read(child, *asked)
    return render_template(template, frame=frame, child=frame.record, tabs=tabs(child, tab), **more)


def tabs(child: UUID, current: str) -> list[tuple[str, str, bool]]:
    """Address, words, whether it is this one; those that the person may open."""
    who = person()
    if who is None:
        return []
    words = {
        "show": (_("Overview"), who.may("registry.child.read")),
        "family": (_("Family"), who.may("registry.family.read")),
        "care": (_("Care"), who.may("placements.placement.read")),
        "decisions": (_("Decisions"), who.may_any("placements.decision.read", "registry.legal.read")),
        "papers": (_("Papers"), who.may_any("registry.papers.read", "registry.consent.read")),
    }
    return [(url_for(f"child.{name}", child=child), words[name][0], name == current) for name in TABS if words[name][1]]
