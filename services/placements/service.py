"""Hosts placements: API, log, what it hears and what falls due. The only file of the service that knows nameko."""

from datetime import timedelta

from services.placements import api, handlers
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream
from shared.timers.provider import Clocks


class PlacementsService:
    """Where the child lives."""

    name = "placements"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(handlers.CONSUMED)
    clocks = Clocks(handlers.TIMED, every=timedelta(minutes=5))
