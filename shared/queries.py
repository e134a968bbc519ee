"""What views answer with: plain rows by column name, so that they may be shown after the session is closed."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from shared.errors import NotFound


def one(session: Session, query: Select[Any], what: str) -> dict[str, Any]:
    """The one row of a query by id. Raises NotFound, naming `what` was looked for."""
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"No {what} with this id.", field=what)
    return dict(row._mapping)


def rows(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    """All rows of a query."""
    return [dict(row._mapping) for row in session.execute(query)]
