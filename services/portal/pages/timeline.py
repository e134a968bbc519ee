"""The timeline of a child (portal.md 6, screen 5): stays as bars above everything that happened."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request

from services.portal import child as framing
from services.portal import chronology, known
from services.portal.house import house
from services.portal.pages.child import tabs
from services.portal.signing import allows

blueprint = Blueprint("timeline", __name__)
ASKED = ("measures", "gatekeeping", "reintegrations", "absences", "revisions")


@blueprint.get("/children/<uuid:child>/timeline")
@allows("placements.placement.read")
def show(child: UUID) -> str:
    """The stays and the events; `only=significant` leaves out what a court need not read, `known` what came later."""
    frame, today = framing.read(child, *ASKED), house().today()
    asked = request.args.get("known", "").strip()
    day, wrong = _day(asked, today)
    seen = known.on(frame, day) if day else known.Known(frame, 0)
    stays, every = chronology.stays_of(seen.frame), chronology.events(seen.frame)
    significant = request.args.get("only") == "significant"
    return render_template(
        "timeline/show.html",
        frame=frame,
        child=frame.record,
        tabs=tabs(child, "care"),
        stays=stays,
        picture=chronology.picture(stays, day),
        events=[each for each in every if each.significant or not significant],
        left_out=sum(not each.significant for each in every) if significant else 0,
        significant=significant,
        missing=sorted(name for name, card in frame.cards.items() if card.down),
        overlapping=chronology.overlaps(stays),
        known=day.isoformat() if day else None,
        undated=seen.undated,
        typed=asked,
        wrong=wrong,
    )


def _day(typed: str, today: date) -> tuple[date | None, bool]:
    """The earlier day that was asked for (None: today's), and whether what was typed is none that there was."""
    if not typed:
        return None, False
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None, True
    return (None, found > today) if found >= today else (found, False)
