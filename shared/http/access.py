"""Who may use a route: every route says so, the rest is refused.

Belongs here: the two declarations (`requires`, `public`) and the gate that enforces them before anything else runs.
Not here: whether this very thing is within the person's reach; the route or handler asks `http.require_scope`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, request

from shared.auth import BelongsTo, OutOfScope, Records
from shared.auth.permissions import within
from shared.errors import Forbidden, KinwardError, NotFound, Refused, Unauthenticated
from shared.http import reached, state, work
from shared.http.service import service
from shared.reach import Reach

View = TypeVar("View", bound=Callable[..., Any])
LOG = logging.getLogger("kinward.http")
JSON = "application/json"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
EDITS = frozenset({"PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Access:
    """What a route declares about itself. `None` means: as the method says."""

    permission: str | None = None
    public_reason: str | None = None
    audits: str | None = None
    safe: bool = False
    idempotent: bool | None = None
    if_match: bool | None = None
    accepts: tuple[str, ...] = (JSON,)
    max_body: int | None = None
    widely: str | None = None

    def reads(self, method: str) -> bool:
        """True where the request changes nothing."""
        return self.safe or method in READS

    def needs_key(self, method: str) -> bool:
        """True where the request must carry an Idempotency-Key."""
        if self.idempotent is None:
            return method == "POST" and not self.safe and self.permission is not None
        return self.idempotent and not self.reads(method)

    def needs_version(self, method: str) -> bool:
        """True where the request must carry If-Match."""
        return method in EDITS if self.if_match is None else self.if_match and not self.reads(method)


def requires(
    permission: str,
    *,
    audits: str | None = None,
    safe: bool = False,
    idempotent: bool | None = None,
    if_match: bool | None = None,
    accepts: tuple[str, ...] = (JSON,),
    max_body: int | None = None,
    widely: str | None = None,
) -> Callable[[View], View]:
    """Let in who holds `permission`. Stands right below the blueprint's route decorator, above all others.

    `audits` names the path parameter whose reading goes into the audit log. `safe` marks a POST that only searches.
    A POST that is not safe needs an Idempotency-Key (`idempotent=False` lifts it); PUT, PATCH and DELETE need If-Match
    (`if_match=False` lifts it, True asks it of a POST). `accepts` are the body's media types, `max_body` is bytes.
    `widely` is the reason why the database filters no rows by area for this route, which decides by itself.
    """
    return _declare(Access(permission, None, audits, safe, idempotent, if_match, accepts, max_body, widely))


def public(reason: str) -> Callable[[View], View]:
    """Let in everybody, for a stated reason."""
    if not reason.strip():
        raise ValueError("a public route states its reason")
    return _declare(Access(public_reason=reason, idempotent=False, if_match=False))


def _declare(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def framed(*args: Any, **kwargs: Any) -> Response:
            return _run(access, lambda: view(*args, **kwargs))

        framed.access = access  # type: ignore[attr-defined]
        framed._apidoc = {**getattr(view, "_apidoc", {}), "access": access}  # type: ignore[attr-defined]
        return cast(View, framed)

    return decorate


def of_view(view: object) -> Access | None:
    """What a view declared, None where it declared nothing."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def _run(access: Access, view: Callable[[], Any]) -> Response:
    """Run a view to its answer, then commit. An answer that cannot be made changes nothing."""
    known = state.current()
    try:
        response = current_app.make_response(view())
        if known.work is not None:
            known.work.finish(response)
        elif access.needs_key(request.method) and response.status_code < 400:
            raise RuntimeError("a POST that changes something opens http.transaction()")
        _note_reads(access, response)
        return response
    except work.Replayed as kept:
        return kept.response
    except KinwardError as error:
        work.abandon()
        _note_refusal(access, error)
        raise
    finally:
        work.abandon()


def gate() -> None:
    """Before every request: refuse a route that declares nothing, a bad token, a missing permission."""
    if request.routing_exception is not None:
        return
    access = of_view(current_app.view_functions[str(request.endpoint)])
    if access is None:
        LOG.error("route without a declared permission", extra={"route": state.route_name()})
        raise Forbidden("This address is not open.", rule="no-permission-declared")
    if access.public_reason is not None:
        return
    known = state.current()
    known.principal = service().verifier.verify(_bearer())
    if not service().policy.allows(known.principal, str(access.permission)):
        refusal = Forbidden(f"This needs the permission {access.permission}.", rule="permission")
        _note_refusal(access, refusal)
        raise refusal


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        raise Unauthenticated("Send a bearer token.")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send a bearer token.", rule="token-form")
    return token.strip()


def require_scope(thing: BelongsTo, permission: str | None = None) -> None:
    """Raise OutOfScope (answered 404, audited as denied) where the person's roles do not reach `thing`.

    The permission is the route's own, unless another is named.
    """
    service().policy.require(state.principal(), permission or reached.permission(), thing, service().areas)


def fields_of(thing: BelongsTo | None, records: Records) -> frozenset[str] | None:
    """The groups of fields that the person sees of a personal record with the route's permission; None: not reached."""
    return service().policy.fields(state.principal(), reached.permission(), thing, service().areas, records)


def takes_version() -> bool:
    """Whether the route asks for If-Match."""
    access = of_view(current_app.view_functions[str(request.endpoint)])
    return access is not None and access.needs_version(request.method)


def in_scope(thing: BelongsTo, permission: str | None = None) -> bool:
    """Whether the person's roles reach `thing`: lists leave out what details deny."""
    try:
        require_scope(thing, permission)
    except OutOfScope:
        return False
    return True


def owners_by_area(area: str | None) -> frozenset[str]:
    """Whose own a thing is where a service does not hear who is in charge of it: all that lies in a person's areas."""
    principal = state.principal()
    return frozenset({principal.subject} if within(principal, area, service().areas) else ())


def by_area(area: str | None, provider: UUID | None = None) -> BelongsTo:
    """What a thing belongs to where a service hears neither whose it is nor of which centre.

    What lies in a person's areas is then as good as the person's own, and of the person's centre.
    """
    owners = owners_by_area(area)
    return BelongsTo(owners=owners, centre=state.principal().centre if owners else None, provider=provider, area=area)


def reach(permission: str | None = None) -> Reach:
    """How far the person's roles reach, for the query of a list; as `by_area` has it.

    The permission is the route's own, unless another is named: where the person has not that one, nothing is reached.
    """
    principal = state.principal()
    return reached.reach_of(principal, service().policy.scopes(principal, permission or reached.permission()))


def audit_read(*subjects: UUID | None) -> None:
    """Put the reading of `subjects` into the audit log with this answer: for lists and searches.

    None stands for something of no subject, such as the audit log.
    """
    state.current().read_subjects.extend(subjects)


def audit_mark(subject: UUID, **detail: str) -> None:
    """Put codes and ids into the audit row that the reading of `subject` leaves with this answer."""
    state.current().marks[subject] = detail


def after_reading(leave: Callable[[Any], None]) -> None:
    """Let `leave(uow)` write something in the transaction that notes the reading (`audit_read`), after the answer."""
    state.current().left.append(leave)


def reads() -> bool:
    """Whether the request changes nothing."""
    access = of_view(current_app.view_functions[str(request.endpoint)])
    return access is not None and access.reads(request.method)


def _subject(access: Access) -> UUID | None:
    value = (request.view_args or {}).get(access.audits) if access.audits else None
    return value if isinstance(value, UUID) else None


def _note_reads(access: Access, response: Response) -> None:
    """One audit row for each subject read; no answer leaves without them."""
    known = state.current()
    subjects = list(dict.fromkeys(known.read_subjects))
    if access.audits and access.reads(request.method) and _subject(access) not in subjects:
        subjects.append(_subject(access))
    if subjects and response.status_code < 400:
        work.abandon()
        marks = known.marks
        rows = [(str(access.permission), each, "done", {**marks.get(each, {})}) for each in subjects]
        work.note(rows, known.left)


def _note_refusal(access: Access, error: KinwardError) -> None:
    """A denial is in the audit log too (what is not there is denied like the rest), and what a domain rule refused."""
    denied = isinstance(error, Forbidden | NotFound)
    if access.permission is None or not (denied or isinstance(error, Refused)):
        return
    outcome = "denied" if denied else "refused"
    work.note([(access.permission, _subject(access), outcome, {"code": error.code, "rule": error.rule})])
