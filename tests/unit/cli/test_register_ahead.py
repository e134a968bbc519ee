"""Reading ahead in another process: the same batches, the same faults, no process left over."""

import multiprocessing
import os
import signal

import pytest

from services.cli import register_ahead
from services.cli.register_errors import HeaderRefused
from services.cli.register_file import Batch
from shared.errors import Unavailable


def batches(count):
    return [Batch(number, number, (), ()) for number in range(count)]


def test_the_batches_come_in_order_from_another_process():
    makers = []

    def read():
        makers.append(os.getpid())
        yield from batches(5)

    assert list(register_ahead.ahead(read)) == batches(5)
    assert makers == []  # nothing was read in this one
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("good", [0, 3])
def test_a_fault_is_raised_here_in_its_own_words_and_no_batch_comes_twice(good):
    def read():
        yield from batches(good)
        raise HeaderRefused("Name the columns.", missing=["area"])

    found = []
    with pytest.raises(HeaderRefused, match="missing: area"):
        found.extend(register_ahead.ahead(read))
    assert found == [] or found == batches(good)


def test_a_reader_that_is_killed_is_no_end_of_the_file():
    def read():
        yield from batches(1)
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(Unavailable, match="ended"):
        list(register_ahead.ahead(read))


def test_who_stops_listening_leaves_no_process():
    def read():
        yield from batches(100_000)

    reading = register_ahead.ahead(read)
    assert next(reading) == batches(1)[0]
    reading.close()
    assert multiprocessing.active_children() == []
