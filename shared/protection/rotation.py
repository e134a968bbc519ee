"""A new key-encryption key: the data keys are wrapped anew, beside whatever runs. What they sealed stays as it is.

Interrupted anywhere, the rest is done by the next run: old and new wrappings both open as long as both keys are kept.
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Engine, bindparam, func, select, update

from shared.protection.keyring import TABLE, bound_to
from shared.protection.keys import KeyProvider

BATCH = 5000


def rewrap(engine: Engine, provider: KeyProvider, batch: int = BATCH) -> Iterator[int]:
    """Wrap every data key of a database with the newest KEK, `batch` a commit; yields how many were done each time.

    Rows that another process holds are left to a later round, which ends when none is of an older KEK.
    """
    while True:
        with engine.begin() as connection:
            old = TABLE.c.kek < provider.current
            query = select(TABLE).where(old).order_by(TABLE.c.subject).limit(batch).with_for_update(skip_locked=True)
            rows = connection.execute(query).all()
            fresh = []
            for row in rows:
                place = bound_to(row.subject, row.version)
                kek, wrapped = provider.wrap(provider.unwrap(row.kek, bytes(row.wrapped), place), place)
                fresh.append({"who": row.subject, "kek": kek, "wrapped": wrapped})
            if fresh:
                connection.execute(update(TABLE).where(TABLE.c.subject == bindparam("who")), fresh)
        if fresh:
            yield len(fresh)
        elif not older(engine, provider.current):
            return


def by_kek(engine: Engine) -> Counter[int]:
    """How many data keys are wrapped with each version of the KEK."""
    with engine.connect() as connection:
        counted: dict[int, int] = {}
        for row in connection.execute(select(TABLE.c.kek, func.count().label("wrapped")).group_by(TABLE.c.kek)):
            counted[row.kek] = row.wrapped
        return Counter(counted)


def older(engine: Engine, version: int) -> int:
    """How many data keys are still wrapped with a KEK before `version`."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(TABLE).where(TABLE.c.kek < version)) or 0
