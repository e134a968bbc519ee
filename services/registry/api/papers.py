"""The routes about identity work with due dates, the checklist of the personal file, attachments."""

from shared import http

BLUEPRINTS: tuple[http.Blueprint, ...] = ()
