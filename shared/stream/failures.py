"""Which errors pass by themselves, and what to call the others without repeating what they say."""

import errno
import re

import psycopg2
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import KinwardError, Unavailable

# SQLSTATE classes: connection, transaction rollback (deadlock, serialization), resources, operator, system; and the
# two codes for a lock not had in time and a transaction that sat idle.
_PASSING = ("08", "40", "53", "57", "58")
_PASSING_CODES = ("55P03", "25P03")


def passes(error: BaseException) -> bool:
    """Tell whether trying again may help: database, lock, deadlock, disk, memory, broker."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "pgcode", None) or ""
        lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
        return lost or code.startswith(_PASSING) or code in _PASSING_CODES
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.ENOMEM, errno.EMFILE)
    return isinstance(error, Unavailable | PoolTimeout | MemoryError | psycopg2.OperationalError)


def reason(error: BaseException) -> str:
    """A short code for an error; never its text, which may hold a field's value."""
    if isinstance(error, KinwardError):
        return error.code
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(error).__name__).lower()
