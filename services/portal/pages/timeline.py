"""The timeline of a child (portal.md 6, screen 5): stays as bars above everything that happened."""

from uuid import UUID

from flask import Blueprint, render_template, request

from services.portal import child as framing
from services.portal import chronology
from services.portal.pages.child import tabs
from services.portal.signing import allows

blueprint = Blueprint("timeline", __name__)
ASKED = ("measures", "gatekeeping", "reintegrations", "absences", "revisions")


@blueprint.get("/children/<uuid:child>/timeline")
@allows("placements.placement.read")
def show(child: UUID) -> str:
    """The stays and the events; `only=significant` leaves out what a court need not read."""
    frame = framing.read(child, *ASKED)
    stays, every = chronology.stays_of(frame), chronology.events(frame)
    significant = request.args.get("only") == "significant"
    return render_template(
        "timeline/show.html",
        frame=frame,
        child=frame.record,
        tabs=tabs(child, "care"),
        stays=stays,
        picture=chronology.picture(stays),
        events=[each for each in every if each.significant or not significant],
        left_out=sum(not each.significant for each in every) if significant else 0,
        significant=significant,
        missing=sorted(name for name, card in frame.cards.items() if card.down),
        overlapping=chronology.overlaps(stays),
    )
