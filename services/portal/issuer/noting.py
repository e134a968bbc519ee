"""The issuer's audit rows: who signed in, who gave whom which role; the log is chained like every service's.

The program's log has a line for each, tagged `security`, without the person: for who watches from outside.

Not here: reading children, which the services note themselves.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from shared import audit
from shared.ids import new_id

LOG = logging.getLogger("kinward.portal.issuer")


def note(
    connection: Connection,
    action: str,
    actor: str,
    now: datetime,
    *,
    roles: frozenset[str] = frozenset(),
    subject: UUID | None = None,
    outcome: str = audit.DONE,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a row; to be called last in a transaction. `detail` holds codes, whole numbers and ids."""
    row = audit.AuditRow(
        new_id(), now, actor, tuple(sorted(roles)), action, subject, outcome, None, new_id(), detail or {}
    )  # fmt: skip
    audit.append(connection, [row])
    LOG.info("noted", extra={"security": action, "outcome": outcome})
