"""Hosts reporting: its API, its event log and what it projects. The only file of the service that knows nameko.

A hub's deployment runs this service alone; it then listens to nobody.
"""

from services.reporting import api, projections, rebuilding
from shared.event_log.provider import EventLog
from shared.http.provider import Web
from shared.stream.provider import Stream


class ReportingService:
    """What the figures say."""

    name = "reporting"
    web = Web(api.BLUEPRINTS)
    log = EventLog()
    inbox = Stream(project=projections.project, touches=projections.touches, beside=rebuilding.serve)
