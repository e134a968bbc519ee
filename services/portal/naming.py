"""Who the children of a list are: one question for those that stand first, since each is a reading of its record.

Not here: how names read (names).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.portal.clients import Down, Refusal
from services.portal.house import apis, person

MOST = 25
SEARCH = "registry.child.search"


def known(ids: Iterable[str | None], most: int = MOST) -> Mapping[str, Mapping[str, Any]]:
    """The first of these children by id, as far as the person reaches them; nobody where registry does not answer."""
    wanted = list(dict.fromkeys(each for each in ids if each))[:most]
    asking = person()
    if not wanted or asking is None or not asking.may(SEARCH):
        return {}
    try:
        found: Mapping[str, Mapping[str, Any]] = apis().registry.children(wanted)
    except (Down, Refusal):
        return {}
    return found
