"""What the claims of an OpenID provider give here, by the pack's table sign_in: nothing without a line.

Pure. Not here: whether the claims are the provider's (provider).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.portal.issuer.grants import Granted
from shared.auth.principal import EVERYWHERE

TABLE = "sign_in"


def mapped(lines: Iterable[Mapping[str, Any]], claims: Mapping[str, Any], areas: Iterable[str]) -> Granted:
    """Roles and reach of all lines that fit, together; `areas` are the codes that the pack knows."""
    fitting = [line for line in lines if line["value"] in _texts(claims.get(line["claim"]))]
    known = {EVERYWHERE, *areas}
    reach = {
        area for line in fitting for area in (line.get("reach") or _texts(claims.get(line.get("reach_claim", ""))))
    }
    return Granted(
        frozenset(role for line in fitting for role in line["roles"]),
        frozenset(reach & known),
        _an_id(fitting, "centre_claim", claims),
        _an_id(fitting, "provider_claim", claims),
    )


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _an_id(fitting: Iterable[Mapping[str, Any]], column: str, claims: Mapping[str, Any]) -> UUID | None:
    """The id that the first line's claim holds; what is no id is none."""
    for line in fitting:
        for text in _texts(claims.get(line.get(column, ""))):
            try:
                return UUID(text)
            except ValueError:
                continue
    return None
