"""What decides whether someone may see a child: where it is, in what state, with which provider, whose kin it is.

One statement, however many children and whatever it finds: an answer of "absent" costs what every other refusal costs.
Not here: the statement itself (a function of the database, migration 0016), the decision (api/reaching).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, text
from sqlalchemy.orm import Session

_STANDING = text("select * from kinward_standing(:account, :ids, :at)").bindparams(
    bindparam("account", type_=Text),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("at", type_=DateTime(timezone=True)),
)


def standing(session: Session, account: str, ids: Iterable[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    """What is known of those children that there are, and of the records that they were merged into.

    id, number, version, status, area, provider, merged_into; whether `account` is kept from the child whatever its
    roles grant (blocked), and the glass by which the child is open to it at an instant.
    """
    asked = {"account": account, "ids": list(set(ids)), "at": at}
    return {row.id: dict(row._mapping) for row in session.execute(_STANDING, asked)}
