"""How far a person's roles reach with the permission of the route at hand, for lists and for row-level security.

Not here: whether one thing is within it (access).
"""

from flask import current_app, has_request_context, request

from shared.auth import Grant, Principal, Records, Scope
from shared.auth.principal import EVERYWHERE
from shared.http.service import service
from shared.reach import Reach


def permission() -> str:
    """The permission that the route at hand asks for; empty where it asks for none."""
    return str(getattr(_access(), "permission", None) or "")


def _access() -> object:
    view = current_app.view_functions.get(str(request.endpoint)) if has_request_context() else None
    return getattr(view, "access", None)


def reach_of(principal: Principal, scopes: frozenset[Scope]) -> Reach:
    """What these scopes reach for a person, where a service hears neither whose a thing is nor of which centre."""
    by_areas = bool(scopes & {Scope.AREA, Scope.OWN}) or (Scope.CENTRE in scopes and principal.centre is not None)
    if Scope.DEPLOYMENT in scopes or (by_areas and EVERYWHERE in principal.areas):
        return Reach(areas=None)
    tree = service().areas
    areas = frozenset().union(*(tree.below(own) for own in principal.areas)) if by_areas else frozenset()
    return Reach(areas, principal.provider if Scope.PROVIDER in scopes else None)


def of_rows(principal: Principal) -> tuple[Reach, bool]:
    """The rows of personal records that the person's roles reach in this request, and whether sealed ones too."""
    grants = service().policy.granting(principal, permission())
    sealing = any(grant.records is Records.SEALED for grant in grants)
    if grants and getattr(_access(), "widely", None):
        return Reach(areas=None), sealing
    return reach_of(principal, frozenset(grant.scope for grant in grants if _by_scope(grant))), sealing


def _by_scope(grant: Grant) -> bool:
    return grant.records in (Records.SCOPE, Records.SEALED)
