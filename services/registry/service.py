"""Hosts registry: its API, its log, what it hears, what falls due. The only file of the service that knows nameko."""

from datetime import timedelta

from services.registry import api, handlers
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream
from shared.timers.provider import Clocks


class RegistryService:
    """Who the child is."""

    name = "registry"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(handlers.CONSUMED)
    clocks = Clocks(handlers.TIMED, every=timedelta(minutes=5))
