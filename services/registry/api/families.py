"""The routes about the people around a child."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
