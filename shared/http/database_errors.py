"""SQLAlchemy's errors in our words: a lost race, an unreachable database. Their text goes nowhere: it quotes rows."""

from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError

from shared.errors import Conflict, KinwardError, NotFound, Unavailable

# PostgreSQL error codes (Appendix A of its manual)
LOST_RACE = frozenset(
    {
        "23503",  # foreign key: the other row went away meanwhile
        "23505",  # unique
        "23P01",  # exclusion
        "40001",  # serialization failure
        "40P01",  # deadlock
    }
)
BUSY = frozenset(
    {
        "25006",  # read-only transaction: a standby answers
        "53300",  # too many connections
        "55P03",  # lock not available within lock_timeout
        "57014",  # statement timeout
    }
)


FILTERED = "row-level security"
"""What PostgreSQL says of a row that the person may not write; its code is that of every missing privilege."""


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-character code of an error, where there is one."""
    code = getattr(getattr(error, "orig", None), "pgcode", None)
    return code if isinstance(code, str) else None


def translate(error: exc.SQLAlchemyError) -> KinwardError | None:
    """Conflict for a lost race, NotFound for a row out of reach, Unavailable where trying again may help; else None."""
    code = sqlstate(error)
    if isinstance(error, StaleDataError) or code in LOST_RACE:
        return Conflict("Another change came first. Read the current state and try again.", rule="lost-race")
    if code == "42501" and FILTERED in str(getattr(error, "orig", "")):
        return NotFound()
    if code in BUSY or isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError):
        return Unavailable()
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return Unavailable()
    return None
