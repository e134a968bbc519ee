"""Messages made out of the log: reads it and packs what it read. Not here: sending them (relay, answering)."""

from sqlalchemy import Engine

from shared.broker import Message
from shared.event_log import log, packing
from shared.event_log.epochs import Epoch
from shared.event_log.replay import Request


class Outgoing:
    """One service's log as messages, addressed to an exchange or straight to a queue."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self._source = source

    def events(
        self, epoch: Epoch, after: int, until: int, *, most: int, exchange: str = "", routing_key: str = ""
    ) -> list[Message]:
        """The epoch's events above `after`, up to `until`, at most `most`."""
        if until <= after:
            return []
        with self._engine.begin() as database:
            events = log.read_text(database, epoch.id, after, most, source=self._source, until=until)
            previous = log.id_at(database, epoch.id, after) if events else None
        packed = packing.pack(
            events,
            str(previous or ""),
            source=self._source,
            epoch=epoch.id,
            parent=epoch.parent,
            exchange=exchange,
            routing_key=routing_key,
        )
        return list(packed)

    def tick(
        self, epoch: Epoch, head: int, *, asked: Request | None = None, exchange: str = "", routing_key: str = ""
    ) -> Message:
        """A head tick at `head`; with `asked` the answer that this place is not known."""
        with self._engine.begin() as database:
            last = log.id_at(database, epoch.id, head)
        return packing.head_tick(
            head,
            str(last or ""),
            source=self._source,
            epoch=epoch.id,
            parent=epoch.parent,
            asked=asked,
            exchange=exchange,
            routing_key=routing_key,
        )
