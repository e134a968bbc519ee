"""A process says in the databases that it works on which release it is, again and again: what contracting waits for.

It says so before it looks whether it may work there, so that no contracting step slips between. Not here: who asks
(taking, the commands).
"""

import logging
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from shared.ids import new_id
from shared.steps import book

LOG = logging.getLogger("kinward.db")
EVERY = 15.0
"""Seconds between one word and the next."""


class Presence:
    """This process in the books of its databases."""

    def __init__(self, engines: Mapping[str, Engine], part: str = "") -> None:
        """`engines` by service; `part` is what the process does of them, such as web."""
        self.id: UUID = new_id()
        self._engines = dict(engines)
        self._part = part

    def say(self) -> None:
        """Be noted in every database that keeps a book. Raises DBAPIError."""
        for service, engine in self._engines.items():
            with engine.begin() as connection:
                if book.is_kept(connection):
                    face = f"{service} {self._part}".strip()
                    book.say(connection, self.id, face, socket.gethostname(), os.getpid())

    def leave(self) -> None:
        """Be no longer there; where a database is away, its book finds out by itself."""
        for engine in self._engines.values():
            with suppress(DBAPIError), engine.begin() as connection:
                if book.is_kept(connection):
                    book.leave(connection, self.id)

    def _go_on_saying(self, ended: threading.Event) -> None:
        while not ended.wait(EVERY):
            try:
                self.say()
            except DBAPIError as error:
                LOG.warning("not noted as running", extra={"fault": type(error.orig).__name__})


@contextmanager
def noted(engines: Mapping[str, Engine], part: str = "") -> Iterator[None]:
    """Be noted as running while the block lasts."""
    presence, ended = Presence(engines, part), threading.Event()
    presence.say()
    saying = threading.Thread(target=presence._go_on_saying, args=(ended,), name="presence", daemon=True)
    saying.start()
    try:
        yield
    finally:
        ended.set()
        saying.join(EVERY)
        presence.leave()
