"""The data keys that one transaction needs: loaded many at once, made, destroyed. One table a service database."""

import hmac
from collections.abc import Callable, Iterable
from functools import cached_property
from hashlib import sha256
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Uuid, delete, insert, select
from sqlalchemy.orm import Session

from shared import copying
from shared.errors import ConfigurationError, NotFound
from shared.protection.envelope import DataKey
from shared.protection.keys import KeyProvider

BLIND_BYTES = 16
MANY = 20
"""From so many new keys on they are written by COPY."""


class KeyDestroyed(NotFound):
    """There is no key of this subject (any more): what was sealed with it is gone."""

    code = "key-destroyed"


def subject_keys(metadata: MetaData) -> Table:
    """The table of wrapped data keys, as part of a service's metadata."""
    return Table(
        "subject_key",
        metadata,
        Column("subject", Uuid, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("kek", Integer, nullable=False),
        Column("wrapped", LargeBinary, nullable=False),
    )


TABLE = subject_keys(MetaData())


class Keyring:
    """Data keys by subject. What is made here is written with the session's next flush."""

    def __init__(self, session: Session, provider: KeyProvider) -> None:
        self._session = session
        self._whose = provider
        self._known: dict[UUID, DataKey | None] = {}
        self._new: list[dict[str, Any]] = []
        self._keyed: dict[tuple[str, int], hmac.HMAC] = {}

    @cached_property
    def _provider(self) -> KeyProvider:
        """The deployment's keys as they are when the transaction first needs one."""
        return self._whose.for_now()

    def make(self, subject: UUID) -> DataKey:
        """A key for a new subject."""
        made = DataKey.new(subject)
        kek, wrapped = self._provider.wrap(made.key, bound_to(subject, made.version))
        self._known[subject] = made
        self._new.append({"subject": subject, "version": made.version, "kek": kek, "wrapped": wrapped})
        return made

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the keys of many subjects: one query."""
        wanted = set(subjects) - self._known.keys()
        if not wanted:
            return
        query = select(TABLE).where(TABLE.c.subject.in_(wanted))
        self._known |= dict.fromkeys(wanted, None)
        for row in self._session.connection().execute(query):
            self.met(row.subject, row.version, row.kek, row.wrapped)

    def met(self, subject: UUID, version: int, kek: int, wrapped: bytes) -> None:
        """Take in the key of a subject that came along with another query."""
        try:
            plain = self._provider.unwrap(kek, bytes(wrapped), bound_to(subject, version))
        except ConfigurationError:  # the key may be newer than what this transaction knows of the deployment's
            self.__dict__.pop("_provider")
            plain = self._provider.unwrap(kek, bytes(wrapped), bound_to(subject, version))
        self._known[subject] = DataKey(subject, version, plain)

    def of(self, subject: UUID) -> DataKey:
        """The key of a subject. Raises KeyDestroyed."""
        if subject not in self._known:
            self.expect([subject])
        found = self._known[subject]
        if found is None:
            raise KeyDestroyed("What was kept of this subject is gone.", field="id")
        return found

    def destroy(self, subject: UUID) -> None:
        """Take the key away: what is sealed with it is gone with the commit."""
        self._new = [row for row in self._new if row["subject"] != subject]
        self._session.connection().execute(delete(TABLE).where(TABLE.c.subject == subject))
        self._known[subject] = None

    def write(self) -> None:
        """Write the keys made since."""
        if self._new:
            rows, self._new = self._new, []
            if len(rows) < MANY:
                self._session.connection().execute(insert(TABLE), rows)
            else:
                columns = tuple(TABLE.columns.keys())
                copying.copy(self._session.connection(), TABLE, columns, map(itemgetter(*columns), rows))

    def forget(self) -> None:
        """Drop what was made and not written: the transaction was rolled back."""
        self._known, self._new = {}, []

    @property
    def index_version(self) -> int:
        """The version of the keys that `blind` uses where none is named: the newest."""
        return max(self.index_versions)

    @property
    def index_versions(self) -> frozenset[int]:
        """The versions of the keys that `blind` knows."""
        return self._provider.index_versions

    def blind(self, purpose: str, text: str, version: int | None = None) -> bytes:
        """16 bytes by which a value is found again without being kept: HMAC-SHA256 under a key of this purpose."""
        return self.blinding(purpose, version)(text)

    def blinding(self, purpose: str, version: int | None = None) -> Callable[[str], bytes]:
        """`blind` for many values of one purpose: its key is taken in once."""
        kept = (purpose, self.index_version if version is None else version)
        if kept not in self._keyed:
            self._keyed[kept] = hmac.new(self._provider.index_key(*kept), digestmod=sha256)
        keyed = self._keyed[kept]

        def blinded(text: str) -> bytes:
            made = keyed.copy()
            made.update(text.encode())
            return made.digest()[:BLIND_BYTES]

        return blinded


def bound_to(subject: UUID, version: int) -> bytes:
    """What a wrapped data key is bound to."""
    return f"subject_key|{subject}|{version}".encode()
