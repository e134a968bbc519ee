"""Reading ahead: a process of its own reads and checks the next batch while this one takes the batch before.

Reading a register is a fifth of an import's work, and needs neither database nor order with the rest. Not here: reading
(register_file), taking (register_import).
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection

from services.cli.register_file import Batch
from shared.errors import Unavailable

Read = Callable[[], Iterator[Batch]]
PATIENCE = 5.0
"""Seconds that the reader has to end by itself once nobody listens."""


def ahead(read: Read) -> Iterator[Batch]:
    """The batches of `read`, made in another process; raises what `read` raises, here.

    Raises Unavailable where the reader was ended from outside.
    """
    forked = multiprocessing.get_context("fork")
    receiver, sender = forked.Pipe(duplex=False)
    reader = forked.Process(target=_send, args=(read, sender, receiver), daemon=True)
    reader.start()
    sender.close()
    try:
        yield from _received(receiver, read)
    finally:
        receiver.close()
        reader.join(PATIENCE)
        if reader.is_alive():
            reader.kill()
            reader.join()


def _received(receiver: Connection, read: Read) -> Iterator[Batch]:
    count = 0
    while True:
        try:
            batch, fault = receiver.recv()
        except EOFError:
            raise Unavailable("The process that reads the file ended.", remedy="Import the file again.") from None
        if fault:  # whatever stopped the reader stops this one at the same place, in its own words
            yield from islice(read(), count, None)
            return
        if batch is None:
            return
        count += 1
        yield batch


def _send(read: Read, sender: Connection, receiver: Connection) -> None:
    receiver.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted is the one who listens
    gc.freeze()
    with suppress(BrokenPipeError):  # nobody listens any more
        try:
            for batch in read():
                sender.send((batch, False))
            sender.send((None, False))
        except BrokenPipeError:
            raise
        except BaseException:
            sender.send((None, True))
            raise
