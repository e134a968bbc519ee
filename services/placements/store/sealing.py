"""The key under which a child's words are sealed: made when the first word about it is kept.

Not here: what is sealed (beside each mapping), how (shared.protection).
"""

from contextlib import suppress
from uuid import UUID

from sqlalchemy.orm import Session

from shared import protection


def provide(session: Session, child: UUID) -> None:
    """See that a child has a key. Its whereabouts are locked, so that no two make one."""
    ring = protection.keyring(session)
    with suppress(protection.KeyDestroyed):
        ring.of(child)
        return
    ring.make(child)
