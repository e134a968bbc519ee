from uuid import UUID

import pytest

from shared.errors import Invalid
from shared.event_log import replay
from shared.event_log.replay import Request, Window, Windows

EPOCH = UUID(int=7)


@pytest.mark.parametrize(
    "request_", [Request("reporting", EPOCH, 5, UUID(int=5)), Request("social_work", None, 0, None)]
)
def test_a_request_reads_back_as_it_was_written(request_):
    assert replay.decode_request(request_.encode()) == request_


def test_a_window_ends_after_its_size():
    windows = Windows()
    assert windows.ask(Request("reporting", EPOCH, 5, None), EPOCH)
    assert windows.open() == [("reporting", Window(5, 20_005))]


def test_the_newest_request_of_a_consumer_replaces_its_older_one():
    windows = Windows()
    for after in (0, 9, 4):
        windows.ask(Request("reporting", EPOCH, after, None), EPOCH)
    windows.ask(Request("placements", None, 1, None), EPOCH)
    assert [(consumer, window.after) for consumer, window in windows.open()] == [("reporting", 4), ("placements", 1)]


def test_a_request_about_another_epoch_opens_nothing():
    windows = Windows()
    assert not windows.ask(Request("reporting", UUID(int=8), 5, None), EPOCH)
    assert windows.open() == []


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
