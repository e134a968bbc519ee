"""Whether the person who asks may see or act on a gatekeeping case: routes that change one, and a panel's, ask here.

Absent, sealed and out of reach are one answer. Not here: what the roles grant (the pack's roles.toml).
"""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.placements.api import reaching
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.views import gatekeeping as views
from shared import http

NO_SUCH_CASE = "No gatekeeping case with this id."


def on_case(
    case_id: UUID, handler: Any, command: Any, given: dict[str, Any], *, also: UUID | None = None
) -> GatekeepingCase:
    """One command on a case within reach that is as the caller has seen it; the child is locked before its case.

    `also`: another case that must be within reach.
    """

    def place_of(session: Session, id_: UUID) -> tuple[UUID, str]:
        if also is not None:
            http.require_scope(http.by_area(views.place_of(session, also)[1]))
        return views.place_of(session, id_)

    done: GatekeepingCase = reaching.on_placed(place_of, "gatekeeping_cases", case_id, handler, command, given)
    return done


def on_agenda(session: Session, case_id: UUID) -> dict[str, Any]:
    """A case for a member of its panel, until it is decided; its reading is noted. Raises OutOfScope.

    Whose own provider is among the options sees it no more, whatever was said when the panel was convened (CARE C2).
    """
    principal = http.principal()
    if not views.on_agenda(session, case_id, principal.subject):
        raise http.OutOfScope(NO_SUCH_CASE, field="case")
    found = views.case(session, case_id)
    if principal.provider is not None and principal.provider in {each.provider for each in found["options"]}:
        raise http.OutOfScope(NO_SUCH_CASE, field="case")
    http.audit_read(found["child"])
    return found
