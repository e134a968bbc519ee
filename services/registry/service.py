"""Hosts registry: its API and its event log. The only file of the service that knows nameko."""

from services.registry import api
from shared.event_log.provider import EventLog
from shared.http.provider import Web


class RegistryService:
    """Who the child is."""

    name = "registry"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
