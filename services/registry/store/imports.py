"""How far register files were imported, and which of their lines were refused."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, Table, Text, UniqueConstraint, delete, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.registry.store.mapping import metadata

import_mark = Table(
    "import_mark",
    metadata,
    Column("file_sha256", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("lines_done", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("file_sha256", "register"),
)

import_refusal = Table(
    "import_refusal",
    metadata,
    Column("file_sha256", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
)


def move_import_mark(
    session: Session, *, file_sha256: str, register: str, lines: range, refused: set[int], at: datetime
) -> None:
    """Note that `lines` of a register file are done, never back, and which of them were refused this time."""
    file = {"file_sha256": file_sha256, "register": register}
    mark = postgresql.insert(import_mark).values(**file, lines_done=lines[-1], at=at)
    further = {"lines_done": func.greatest(import_mark.c.lines_done, lines[-1]), "at": at}
    session.execute(mark.on_conflict_do_update(index_elements=["file_sha256", "register"], set_=further))
    kept = import_refusal.c
    before = kept.file_sha256 == file_sha256, kept.register == register, kept.line.between(lines[0], lines[-1])
    session.execute(delete(import_refusal).where(*before))
    if refused:
        rows = [file | {"line": line} for line in sorted(refused)]
        session.execute(postgresql.insert(import_refusal).on_conflict_do_nothing(), rows)
