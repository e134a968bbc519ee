"""The lines of ministries' registers that were taken: their keys, and what they said."""

from collections.abc import Iterable
from dataclasses import fields, replace
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.store.tables import placement_key

KEY = tuple(each.name for each in fields(domain.RegisterLineKey))


class RegisterLines:
    """Register lines by key, within one unit of work: read by the batch, written by one statement."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[domain.RegisterLineKey, domain.RegisterLine | None] = {}
        self._kept: dict[domain.RegisterLineKey, domain.RegisterLine] = {}

    def find(self, key: domain.RegisterLineKey) -> domain.RegisterLine | None:
        """The line, or None where it was never taken."""
        if key not in self._known:
            self.expect([key])
        return self._known[key]

    def add(self, line: domain.RegisterLine) -> None:
        """Take in a line; one known under the key before is forgotten."""
        self._known[line.key] = line

    def expect(self, keys: Iterable[domain.RegisterLineKey]) -> None:
        """Look many lines up at once: one query for a batch of one register."""
        wanted, columns = set(keys), placement_key.c
        registers, children = {key.register for key in wanted}, {key.child_key for key in wanted}
        query = select(placement_key).where(columns.register.in_(registers), columns.child_key.in_(children))
        self._known |= dict.fromkeys(wanted, None)
        for *parts, placement, said, answered in self._session.execute(query):
            line = domain.RegisterLine(
                domain.RegisterLineKey(**dict(zip(KEY, parts, strict=True))), placement, said, answered
            )
            self._known[line.key], self._kept[line.key] = line, replace(line)

    def answer(self, placement: UUID) -> None:
        """The stay was corrected: what its line said is answered (RegisterLine.answered)."""
        own = placement_key.c.placement == placement
        self._session.execute(update(placement_key).where(own).values(answered=placement_key.c.said))

    def write(self) -> None:
        """Write the lines that are new or say something new (the placements themselves are written first)."""
        changed = [line for line in self._known.values() if line and line != self._kept.get(line.key)]
        if changed:
            new = insert(placement_key)
            latest = {name: new.excluded[name] for name in ("placement", "said", "answered")}
            written = new.on_conflict_do_update(constraint=placement_key.primary_key, set_=latest)
            rows = [vars(line.key) | {name: getattr(line, name) for name in latest} for line in changed]
            self._session.execute(written, rows)
            self._kept |= {line.key: replace(line) for line in changed}
