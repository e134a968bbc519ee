"""placements over HTTP: route, permission, schema, one handler call. One module an aggregate."""

from services.placements.api import (
    alarms,
    decisions,
    exemptions,
    families,
    gatekeeping,
    guardianship,
    law,
    leaving_care,
    options,
    placements,
    reintegration,
    stays,
)
from services.placements.domain import rule_words
from shared import http

BLUEPRINTS = (
    *placements.BLUEPRINTS,
    *decisions.BLUEPRINTS,
    *gatekeeping.BLUEPRINTS,
    *families.BLUEPRINTS,
    *stays.BLUEPRINTS,
    *reintegration.BLUEPRINTS,
    *leaving_care.BLUEPRINTS,
    *guardianship.BLUEPRINTS,
    *exemptions.BLUEPRINTS,
    *options.BLUEPRINTS,
    *alarms.BLUEPRINTS,
    *law.BLUEPRINTS,
    http.rule_blueprint("services.placements", rule_words.WORDS, rule_words.ABOUT),
    http.audit_blueprint("placements"),
    http.stream_blueprint("placements"),
)
