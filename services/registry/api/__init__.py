"""registry over HTTP: route, permission, schema, one handler call. One module an aggregate."""

from services.registry.api import (
    alerts,
    care,
    children,
    exports,
    families,
    guarding,
    joining,
    legal,
    matching,
    matching_learning,
    matching_runs,
    papers,
    sealing,
)
from services.registry.domain import rule_words
from shared import http

BLUEPRINTS = (
    *children.BLUEPRINTS,
    *families.BLUEPRINTS,
    *legal.BLUEPRINTS,
    *care.BLUEPRINTS,
    *alerts.BLUEPRINTS,
    *papers.BLUEPRINTS,
    *joining.BLUEPRINTS,
    *matching.BLUEPRINTS,
    *matching_runs.BLUEPRINTS,
    *matching_learning.BLUEPRINTS,
    *sealing.BLUEPRINTS,
    *guarding.BLUEPRINTS,
    *exports.BLUEPRINTS,
    http.rule_blueprint("services.registry", rule_words.WORDS, rule_words.ABOUT),
    http.audit_blueprint("registry"),
    http.stream_blueprint("registry"),
)
