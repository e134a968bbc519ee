"""registry over HTTP: route, permission, schema, one handler call. One module an aggregate."""

from services.registry.api import alerts, care, children, exports, families, guarding, joining, legal, papers, sealing
from shared import http

BLUEPRINTS = (
    *children.BLUEPRINTS,
    *families.BLUEPRINTS,
    *legal.BLUEPRINTS,
    *care.BLUEPRINTS,
    *alerts.BLUEPRINTS,
    *papers.BLUEPRINTS,
    *joining.BLUEPRINTS,
    *sealing.BLUEPRINTS,
    *guarding.BLUEPRINTS,
    *exports.BLUEPRINTS,
    http.audit_blueprint("registry"),
    http.stream_blueprint("registry"),
)
