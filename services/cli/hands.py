"""Processes forked off for one kind of work, given piece by piece over a pipe, each with connections of its own.

One that has ended, or whose work raised, gives no answer: what that means is for who gave the work. Not here: who gets
which piece and when it is asked for (register_crew, matching_crew), a process that reads ahead (register_ahead).
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from shared.runtime.deployment import Deployment

PATIENCE = 10.0
"""Seconds that a process has to end by itself once it has nothing more to do."""
Piece = TypeVar("Piece")
Done = TypeVar("Done")


class Hand(Generic[Piece, Done]):
    """One process, as who gives it work sees it."""

    def __init__(self, connection: Connection, process: BaseProcess) -> None:
        self.connection, self.process = connection, process

    def give(self, piece: Piece) -> None:
        """Give it a piece of work; one that is gone is seen when it does not answer."""
        with suppress(OSError):
            self.connection.send(piece)

    def answer(self) -> Done | None:
        """What came of the piece given longest ago; None where the process has ended or its work raised."""
        try:
            done: Done | None = self.connection.recv()
        except (EOFError, OSError):
            return None
        return done


def forked(deployment: Deployment, work: Callable[[Piece], Done], size: int) -> list[Hand[Piece, Done]]:
    """So many processes that do `work`; who has them dismisses them."""
    context = multiprocessing.get_context("fork")
    hands: list[Hand[Piece, Done]] = []
    for _ in range(size):
        ours, theirs = context.Pipe()
        held = [hand.connection for hand in hands] + [ours]
        process = context.Process(target=_work, args=(deployment, work, theirs, held), daemon=True)
        process.start()
        theirs.close()
        hands.append(Hand(ours, process))
    return hands


def dismiss(hands: Sequence[Hand[Piece, Done]]) -> None:
    """Nothing more is to do: wait for each to end, and end those that do not."""
    for hand in hands:
        with suppress(OSError):
            hand.connection.send(None)
        hand.connection.close()
    for hand in hands:
        hand.process.join(PATIENCE)
        if hand.process.is_alive():
            hand.process.kill()
            hand.process.join()


def _work(
    deployment: Deployment, work: Callable[[Piece], Done], connection: Connection, held: Sequence[Connection]
) -> None:
    """One process: pieces in, what came of them out, until nobody asks any more."""
    for other in held:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted is the one who gives the work
    gc.freeze()
    deployment.forked()
    with suppress(EOFError, OSError):
        while (piece := connection.recv()) is not None:
            try:
                done = work(piece)
            except BaseException:
                connection.send(None)
                raise
            connection.send(done)
