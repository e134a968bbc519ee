"""The routes about a child's legal status and consents."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
