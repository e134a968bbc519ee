"""The routes about sealed and erased records, and breaches of personal data."""

from services.registry.api import sealing_breaches, sealing_erasure, sealing_seals
from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = (
    *sealing_seals.BLUEPRINTS,
    *sealing_erasure.BLUEPRINTS,
    *sealing_breaches.BLUEPRINTS,
)
