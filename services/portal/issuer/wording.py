"""What readers say of the words of the pages, kept until a translator has read it. Not here: catalogues (i18n)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from services.portal.issuer.desk import Desk
from services.portal.issuer.tables import wording_report
from shared.ids import new_id

LONGEST = 500


@dataclass(frozen=True)
class WordingReport:
    """Words of a page that are wrong in a language, and better ones where the reader knows some.

    `page` is the page's endpoint: an address would say whose record was open.
    """

    id: UUID
    at: datetime
    subject: str
    language: str
    page: str
    words: str
    better: str

    def document(self) -> dict[str, Any]:
        """It as JSON."""
        return {**vars(self), "id": str(self.id), "at": self.at.isoformat()}


def report(desk: Desk, subject: str, language: str, page: str, words: str, better: str, now: datetime) -> None:
    """Keep what a reader says."""
    row = {
        "id": new_id(), "at": now, "subject": subject, "language": language, "page": page, "words": words,
        "better": better,
    }  # fmt: skip
    with desk.engine.begin() as connection:
        connection.execute(insert(wording_report).values(row))


def reports(desk: Desk) -> list[WordingReport]:
    """Everything that is kept, the oldest first."""
    with desk.engine.connect() as connection:
        rows = connection.execute(select(wording_report).order_by(wording_report.c.at)).mappings()
        return [WordingReport(**row) for row in rows]


def forget(desk: Desk, ids: list[UUID]) -> None:
    """Delete what was read."""
    with desk.engine.begin() as connection:
        connection.execute(delete(wording_report).where(wording_report.c.id.in_(ids)))
