import errno

import psycopg2
import pytest
from psycopg2 import errors as postgresql
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.broker import BrokerUnavailable
from shared.errors import Invalid, Refused, Unavailable
from shared.stream import failures


def database(kind, original):
    return kind("statement with Aizhan", {}, original)


@pytest.mark.parametrize(
    "error",
    [
        database(OperationalError, postgresql.LockNotAvailable()),
        database(OperationalError, postgresql.DeadlockDetected()),
        database(OperationalError, postgresql.SerializationFailure()),
        database(OperationalError, postgresql.DiskFull()),
        database(OperationalError, psycopg2.OperationalError("server closed the connection")),
        psycopg2.OperationalError(),
        PoolTimeout(),
        BrokerUnavailable(),
        Unavailable(),
        MemoryError(),
        OSError(errno.ENOSPC, "full"),
    ],
)
def test_what_may_pass_by_itself_is_tried_again(error):
    assert failures.passes(error)


@pytest.mark.parametrize(
    "error",
    [
        database(IntegrityError, postgresql.UniqueViolation()),
        database(DataError, postgresql.InvalidTextRepresentation()),
        database(ProgrammingError, postgresql.UndefinedTable()),
        database(InternalError, postgresql.InFailedSqlTransaction()),
        Refused(),
        Invalid(),
        KeyError("Aizhan"),
        OSError(errno.ENOENT, "absent"),
    ],
)
def test_all_else_is_a_refusal(error):
    assert not failures.passes(error)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Refused("Aizhan", rule="some-rule"), "refused"),
        (KeyError("Aizhan"), "key-error"),
        (database(IntegrityError, postgresql.UniqueViolation("Aizhan")), "integrity-error"),
    ],
)
def test_a_reason_is_a_code_and_never_what_the_error_says(error, reason):
    assert failures.reason(error) == reason
