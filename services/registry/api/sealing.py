"""The routes about sealed and erased records, and who was told of either."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
