"""Hosts registry: its API, its event log and what it listens to. The only file of the service that knows nameko."""

from services.registry import api, handlers
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream


class RegistryService:
    """Who the child is."""

    name = "registry"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(handlers.CONSUMED)
