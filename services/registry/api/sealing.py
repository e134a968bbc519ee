"""The routes about sealed and erased records, and breaches of personal data."""

from services.registry.api import sealing_erasure
from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = (*sealing_erasure.BLUEPRINTS,)
