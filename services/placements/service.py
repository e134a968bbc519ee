"""Hosts placements: its API, its event log and what it listens to. The only file of the service that knows nameko."""

from services.placements import api, handlers
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream

HANDLERS = {
    "registry.child-registered.v1": handlers.note_child,
    "registry.child-amended.v1": handlers.note_child,
    "registry.child-corrected.v1": handlers.note_child,
    "registry.child-withdrawn.v1": handlers.note_child_withdrawn,
}


class PlacementsService:
    """Where the child lives."""

    name = "placements"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(HANDLERS)
