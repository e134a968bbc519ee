"""The routes about the glass broken in an emergency, and about what an account is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import guarding_glass as commands
from services.registry.domain import guarding_glass as domain
from services.registry.domain import guarding_notices as notices_domain
from services.registry.handlers import guarding_glass as handlers
from services.registry.schemas import guarding_glass as schemas
from services.registry.views import guarding_glass as views
from shared import http
from shared.auth import Scope
from shared.ids import new_id

REVIEW = "registry.glass.review"

glass = http.Blueprint("glass", __name__, description="One child opened in an emergency, told to two, reviewed")
notices = http.Blueprint("notices", __name__, description="What an account is told")


@glass.post("/glass")
@http.requires("registry.glass.break", widely="an emergency opens any child of the deployment")
@glass.arguments(schemas.BreakGlass)
@glass.response(201, schemas.Opened)
def break_glass(given: dict[str, Any]) -> domain.Glass:
    """Open one child's record in an emergency. Two persons are told at once; a review follows."""
    who = http.principal()
    with http.transaction() as uow:
        found = views.opening(uow.session, who.subject, given["child"], given["reference"])
        if found is None:
            raise http.OutOfScope(reaching.NO_SUCH_CHILD, field="child")
        command = commands.BreakGlass(
            id=new_id(),
            child=found["id"],
            area=found["area"],
            reason=given["reason"],
            words=given["words"],
            office=str(who.centre) if who.centre else None,
            **http.acting(),
        )
        return uow.execute(handlers.break_glass, command)


@glass.get("/glass")
@http.requires("registry.glass.read", widely="one was told of it, wherever the child is")
@glass.arguments(schemas.GlassQuery, location="query")
@glass.response(200, http.page_schema(schemas.Glass))
def read_glasses(query: dict[str, Any]) -> dict[str, Any]:
    """The emergency accesses that one was told of; a data-protection officer sees all. Newest first."""
    after = http.decode_cursor(query["cursor"], datetime, UUID)
    with http.reading() as session:
        rows = views.glasses(
            session,
            http.principal().subject,
            officer=_is_officer("registry.glass.read"),
            statuses=[query["status"]] if query["status"] else [],
            after=after,
            limit=query["limit"] + 1,
        )
        found = http.page(rows, query["limit"], key=lambda row: (row["at"], row["id"]))
        http.audit_read(*(row["child"] for row in found["items"]))
        return found


@glass.post("/glass/<uuid:glass_id>/review")
@http.requires(REVIEW, widely="one was told of it, wherever the child is")
@glass.arguments(schemas.ReviewGlass)
@glass.response(201, http.Receipt)
def review_glass(given: dict[str, Any], glass_id: UUID) -> domain.Glass:
    """Judge an emergency access: by one of the two who were told, or a data-protection officer."""
    with http.transaction() as uow:
        command = commands.ReviewGlass(
            id=glass_id,
            justified=given["verdict"] == domain.GlassStatus.JUSTIFIED,
            words=given["words"],
            officer=_is_officer(REVIEW),
            **http.acting(),
        )
        return uow.execute(handlers.review_glass, command)


@notices.get("/notices")
@http.requires("registry.notice.read")
@notices.arguments(schemas.NoticeQuery, location="query")
@notices.response(200, http.page_schema(schemas.Notice))
def read_notices(query: dict[str, Any]) -> dict[str, Any]:
    """What the own account was told, newest first."""
    after = http.decode_cursor(query["cursor"], datetime, UUID)
    with http.reading() as session:
        rows = views.notices(
            session, http.principal().subject, unread=query["unread"], after=after, limit=query["limit"] + 1
        )
        return http.page(rows, query["limit"], key=lambda row: (row["at"], row["id"]))


@notices.post("/notices/<uuid:notice_id>/reading")
@http.requires("registry.notice.read")
@notices.response(201, http.Receipt)
def mark_notice(notice_id: UUID) -> notices_domain.Notice:
    """Say that one has seen a notice."""
    with http.transaction() as uow:
        return uow.execute(handlers.read_notice, commands.ReadNotice(id=notice_id, **http.acting()))


def _is_officer(permission: str) -> bool:
    """Whether a role with the permission reaches the whole deployment: the data-protection officer's does."""
    return Scope.DEPLOYMENT in http.service().policy.scopes(http.principal(), permission)


BLUEPRINTS: tuple[http.Blueprint, ...] = (glass, notices)
