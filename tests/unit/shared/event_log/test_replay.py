from uuid import UUID

import pytest

from shared.errors import Invalid
from shared.event_log import replay
from shared.event_log.replay import Request, Stretch, Window, Windows

OLD, MIDDLE, NOW = UUID(int=7), UUID(int=8), UUID(int=9)
ENDS = [(OLD, 10), (MIDDLE, 3), (NOW, 5)]


@pytest.mark.parametrize("request_", [Request("reporting", OLD, 5, UUID(int=5)), Request("social_work", None, 0, None)])
def test_a_request_reads_back_as_it_was_written(request_):
    assert replay.decode_request(request_.encode()) == request_


def test_a_window_brings_its_size():
    windows = Windows()
    windows.ask("reporting", OLD, 5)
    assert windows.open() == [("reporting", Window(OLD, 5, 20_000))]


def test_the_newest_request_of_a_consumer_replaces_its_older_one():
    windows = Windows()
    for after in (0, 9, 4):
        windows.ask("reporting", OLD, after)
    windows.ask("placements", OLD, 1)
    assert [(consumer, window.after) for consumer, window in windows.open()] == [("reporting", 4), ("placements", 1)]


def parts(window, ends, most):
    """All that a window brings, turn by turn."""
    found = []
    while not window.through(ends):
        found.append(window.take(ends, most))
    return found


def test_a_window_goes_through_the_epochs_to_the_published_head():
    window = Window(OLD, 8, 100)
    assert parts(window, ENDS, 100) == [[Stretch(OLD, 8, 10), Stretch(MIDDLE, 0, 3), Stretch(NOW, 0, 5)]]


def test_a_part_may_hold_the_end_of_one_epoch_and_the_beginning_of_the_next():
    window = Window(OLD, 8, 100)
    assert parts(window, ENDS, 4) == [
        [Stretch(OLD, 8, 10), Stretch(MIDDLE, 0, 2)],
        [Stretch(MIDDLE, 2, 3), Stretch(NOW, 0, 3)],
        [Stretch(NOW, 3, 5)],
    ]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 18, 50])
def test_all_epochs_together_bring_no_more_than_the_windows_size(most, size):
    taken = [each for part in parts(Window(OLD, 0, size), ENDS, most) for each in part]
    brought = [(each.epoch, place) for each in taken for place in range(each.after + 1, each.until + 1)]
    everything = [(epoch, place) for epoch, end in ENDS for place in range(1, end + 1)]
    assert brought == everything[:size]
    assert all(sum(each.count for each in part) <= most for part in parts(Window(OLD, 0, size), ENDS, most))


def test_a_window_at_the_head_is_through_and_brings_nothing():
    for after in (5, 6):  # 6: written and applied, not noted as published yet
        window = Window(NOW, after, 100)
        assert window.take(ENDS, 100) == []
        assert window.through(ENDS)
        assert window.after == after


def test_a_window_ends_in_a_new_epoch_that_has_nothing_yet():
    window = Window(OLD, 9, 100)
    assert parts(window, [(OLD, 10), (NOW, 0)], 100) == [[Stretch(OLD, 9, 10)]]


def test_a_window_that_is_open_when_an_epoch_begins_goes_on_into_it():
    window = Window(OLD, 0, 100)
    window.take([(OLD, 6)], 4)
    assert parts(window, [(OLD, 10), (NOW, 2)], 100) == [[Stretch(OLD, 4, 10), Stretch(NOW, 0, 2)]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"consumer": "a.b", "epoch": null, "after": 0, "id": null}',
        b'{"consumer": "a", "epoch": null, "after": -1, "id": null}',
        b'{"consumer": "a", "epoch": null, "after": "0", "id": null}',
        b'{"consumer": "a", "epoch": "x", "after": 0, "id": null}',
        b'{"consumer": 1, "epoch": null, "after": 0, "id": null}',
    ],
)
def test_what_is_no_request_is_refused(body):
    with pytest.raises(Invalid):
        replay.decode_request(body)
