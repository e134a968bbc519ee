"""The routes about missing children."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
