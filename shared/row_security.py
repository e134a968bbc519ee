"""Row-level security: every transaction of a service that has it acts as a role that owns nothing, for someone named.

The second wall behind the API's own checks: the database shows a row only where the transaction's opening statement
says that the person may see it. Belongs here: that statement, and the role. Not here: which rows those are; the
policies and the function `kinward_enter` are the service's migration's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from shared.errors import ConfigurationError
from shared.reach import Reach

ROLE = "kinward_app"
SNAPSHOT = "set transaction isolation level repeatable read, read only"

_KEY = "row_security"
_SYSTEM = text("select set_config('app.system', :value, true)")
_ALL = text(
    "select before, set_config('app.system', 'on', true)"
    " from (select current_setting('app.system', true) as before offset 0) was"
)
_SNAPSHOT_KEY = "snapshot"
_ENTER = (
    "select kinward_enter(:subject, cast(:areas as text[]), cast(:provider as uuid), :sealing, :system,"
    " cast(:at as timestamptz))"
)


@dataclass(frozen=True)
class Caller:
    """For whom a transaction acts, and how far its reach goes. `system`: no person, all rows."""

    subject: str
    at: datetime
    reach: Reach | None = None
    sealing: bool = False
    system: bool = False


def guard(session: Session, caller: Caller) -> None:
    """Open each transaction of the session as `caller`."""
    if _KEY not in session.info:
        event.listen(session, "after_begin", _enter)
    session.info[_KEY] = caller


def snapshot(session: Session) -> None:
    """Let the session's transaction, not begun yet, be one read-only snapshot."""
    if _KEY in session.info:
        session.info[_SNAPSHOT_KEY] = True
        session.connection()
    else:
        session.execute(text(SNAPSHOT))


def _enter(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """The first statement: one round trip, also where the snapshot has to be declared before it."""
    if transaction.nested:
        return
    opening = f"{SNAPSHOT}; " if session.info.pop(_SNAPSHOT_KEY, False) else ""
    connection.execute(text(opening + _ENTER), settings(session.info[_KEY]))
    connection.info[_KEY] = True


def settings(caller: Caller) -> dict[str, Any]:
    """The parameters of `kinward_enter`: nothing is reached where no reach was said."""
    reach = caller.reach or Reach(frozenset())
    return {
        "subject": caller.subject,
        "areas": ["*"] if reach.areas is None else sorted(reach.areas),
        "provider": reach.provider,
        "sealing": caller.sealing,
        "system": caller.system,
        "at": caller.at,
    }


def applies(connection: Connection) -> bool:
    """Whether rows are filtered on this connection: COPY into a table is then refused by PostgreSQL."""
    return _KEY in connection.info


_MAKE = """
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'kinward_app') then
            create role kinward_app nologin;
        end if;
    exception when insufficient_privilege or duplicate_object or unique_violation then
        raise notice 'the role kinward_app was not created: %', sqlerrm;
    end;
    begin
        if not (select rolsuper from pg_roles where rolname = current_user) then
            grant kinward_app to current_user;
        end if;
    exception when insufficient_privilege or undefined_object or unique_violation or internal_error then
        raise notice 'kinward_app was not granted to this account: %', sqlerrm;
    end;
end
$$
"""
_USABLE = text(
    "select quote_ident(current_user) as account, exists ("
    " select from pg_roles where rolname = :role and not rolsuper and not rolbypassrls and pg_has_role(oid, 'member')"
    ") as usable"
)


def make_role(connection: Connection) -> None:
    """Make the role where it is not there, and let this account act as it. Raises ConfigurationError."""
    connection.execute(text(_MAKE))
    found = connection.execute(_USABLE, {"role": ROLE}).one()
    if not found.usable:
        raise ConfigurationError(
            f"this database account may not act as {ROLE}, the role that row-level security is for",
            rule="row-security-role",
            remedy=f"let an administrator run, once in the cluster: CREATE ROLE {ROLE} NOLOGIN; and for this account: "
            f"GRANT {ROLE} TO {found.account}; then migrate again",
        )


@contextmanager
def seeing_all(session: Session) -> Iterator[None]:
    """Inside it all rows are there: for a rule about rows beyond the caller's reach; none of them is shown."""
    before = session.scalar(_ALL)
    yield  # where it fails the transaction does, and the setting with it
    if before != "on":
        session.execute(_SYSTEM, {"value": "off"})
