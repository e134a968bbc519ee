"""A crew that looks through a register: chunks come back in the order given; one that ends is said, not passed over."""

import multiprocessing
import os
import signal

import pytest

from services.cli.matching_crew import Crew
from shared.errors import Unavailable
from shared.ids import new_id

CHUNKS = [[new_id() for _ in range(size)] for size in (3, 1, 4, 2, 5, 6)]


class Forked:
    """A deployment that does not mind that it was forked."""

    def forked(self):
        pass


def test_each_chunk_is_looked_at_once_and_told_in_the_order_given():
    with Crew(Forked(), len, 2) as crew:
        assert list(crew.found(iter(CHUNKS))) == [(chunk, len(chunk)) for chunk in CHUNKS]
    assert multiprocessing.active_children() == []


def killed(chunk):
    if len(chunk) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(chunk)


def failing(chunk):
    return len(chunk) // (len(chunk) - 4)


@pytest.mark.parametrize("look", [killed, failing])
def test_where_a_process_ends_all_before_its_chunk_is_told_and_nothing_after_it(look):
    told = []
    with pytest.raises(Unavailable), Crew(Forked(), look, 2) as crew:
        for chunk, _ in crew.found(iter(CHUNKS)):
            told.append(chunk)
    assert told == CHUNKS[:2]
    assert multiprocessing.active_children() == []
