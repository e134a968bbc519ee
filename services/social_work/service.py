"""Hosts social_work: its API, its event log and what it listens to. The only file of the service that knows nameko."""

from services.social_work import api, handlers
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream

HANDLERS = {
    "registry.child-registered.v1": handlers.note_child,
    "registry.child-amended.v1": handlers.note_child,
    "registry.child-corrected.v1": handlers.note_child,
    "registry.child-withdrawn.v1": handlers.note_child_withdrawn,
    "placements.placement-started.v1": handlers.note_placement_started,
    "placements.placement-ended.v1": handlers.note_placement_ended,
    "placements.placement-corrected.v1": handlers.note_placement_corrected,
}


class SocialWorkService:
    """Who helps."""

    name = "social_work"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(HANDLERS)
