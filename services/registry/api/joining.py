"""The routes about two records of one child made one, and undone."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
