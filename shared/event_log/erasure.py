"""Erasure: an event's `data` goes, its place in the log stays.

The table refuses any other change, and this one from any other role than kinward_eraser: so that no mistake elsewhere
in the code erases anything. Not here: what has to be erased, and when; copies in backups and in consumers' tables.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.errors import ConfigurationError

ROLE = "kinward_eraser"

# SQLSTATE: insufficient_privilege, and invalid_parameter_value, which is what a role that does not exist is.
_NOT_ALLOWED = ("42501", "22023")

_WHO = text("SELECT current_setting('role') AS role, quote_ident(session_user) AS account")
_SET_ROLE = text("SELECT set_config('role', :role, true)")
_ERASE = text("UPDATE event_log SET data = NULL WHERE id = ANY(CAST(:ids AS uuid[]))")


def erase(connection: Connection, ids: Sequence[UUID]) -> int:
    """Blank the data of these events, in the caller's transaction; returns how many of them are in the log.

    Whoever replays them gets them without data. Raises ConfigurationError where the account may not take the role.
    """
    who = connection.execute(_WHO).one()
    try:
        with connection.begin_nested():
            connection.execute(_SET_ROLE, {"role": ROLE})
            found = connection.execute(_ERASE, {"ids": [str(id) for id in ids]}).rowcount
            connection.execute(_SET_ROLE, {"role": who.role})
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) not in _NOT_ALLOWED:
            raise
        raise ConfigurationError(
            f"this database account may not erase events: it cannot act as {ROLE}",
            rule="eraser-role",
            remedy="let an administrator run, in this database: "
            f"CREATE ROLE {ROLE} NOLOGIN (once in the cluster); GRANT {ROLE} TO {who.account}; "
            f"GRANT SELECT, UPDATE (data) ON event_log TO {ROLE}",
        ) from None
    return found
