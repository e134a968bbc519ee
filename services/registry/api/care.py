"""The routes about what registry hears of care and cases elsewhere."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
