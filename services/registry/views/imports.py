"""Read-only queries about the registers that were imported."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.store import imports as store


def registers(session: Session) -> list[str]:
    """The names of the registers of which a file was imported, in order."""
    return list(session.scalars(select(store.import_mark.c.register).distinct().order_by(store.import_mark.c.register)))


def import_progress(session: Session, file_sha256: str, register: str) -> int:
    """How many lines of a register file are done (0: none, or another file)."""
    mark = store.import_mark.c
    done = select(mark.lines_done).where(mark.file_sha256 == file_sha256, mark.register == register)
    return session.execute(done).scalar_one_or_none() or 0


def import_refusals(session: Session, file_sha256: str, register: str) -> frozenset[int]:
    """The numbers of the lines of a register file that were refused when they were last tried."""
    kept = store.import_refusal.c
    file = kept.file_sha256 == file_sha256, kept.register == register
    return frozenset(session.scalars(select(kept.line).where(*file)))
