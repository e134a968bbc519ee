"""The routes about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
