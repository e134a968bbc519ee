import pytest

from shared.event_log.replay import WINDOW
from shared.stream.catch_up import CatchUp


@pytest.fixture
def catch_up():
    return CatchUp()


def waited(catch_up, now):
    """How long until it asks again."""
    return next(seconds for seconds in range(1000) if catch_up.due(now + seconds))


def test_nothing_is_asked_before_it_begins_and_at_once_when_it_does(catch_up):
    assert not catch_up.due(0)
    catch_up.begin(0)
    assert catch_up.due(0)


def test_it_is_asked_again_after_ten_seconds_without_progress_doubling_to_five_minutes(catch_up):
    now, waits = 0, []
    catch_up.begin(now)
    for _ in range(8):
        catch_up.asked(now, 0)
        waits.append(waited(catch_up, now))
        now += waits[-1]
    for seconds, expected in zip(waits, [10, 20, 40, 80, 160, 300, 300, 300], strict=True):
        assert expected * 0.8 <= seconds <= expected * 1.2 + 1


def test_progress_puts_off_the_next_request_and_starts_the_doubling_anew(catch_up):
    catch_up.begin(0)
    for _ in range(5):
        catch_up.asked(0, 0)
    catch_up.arrived(100, 5, 50)
    assert 8 <= waited(catch_up, 100) <= 13


def test_at_the_head_nothing_more_is_asked(catch_up):
    catch_up.begin(0)
    catch_up.asked(0, 0)
    catch_up.arrived(1, 50, 50)
    assert not catch_up.due(10_000)


def test_a_gap_asks_at_once_when_nothing_is_open(catch_up):
    catch_up.ahead(0, 5)
    assert catch_up.due(0)


def test_a_gap_asks_nothing_while_a_window_is_being_sent(catch_up):
    catch_up.begin(0)
    catch_up.asked(0, 0)
    catch_up.ahead(1, WINDOW - 1)
    assert not catch_up.due(1)


def test_a_gap_behind_the_window_asks_for_the_next(catch_up):
    catch_up.begin(0)
    catch_up.asked(0, 0)
    catch_up.ahead(1, WINDOW)
    assert catch_up.due(1)


def test_a_request_that_found_nobody_is_made_again_when_somebody_shows(catch_up):
    catch_up.begin(0)
    catch_up.asked(0, 0)
    catch_up.unheard()
    assert not catch_up.due(1)
    catch_up.ahead(2, 0)
    assert catch_up.due(2)


def test_what_is_doubtful_asks_for_the_next_window_too(catch_up):
    """The window may have ended within an epoch before the one that the source's tick is of."""
    catch_up.begin(0)
    catch_up.asked(0, 0)
    catch_up.doubtful(1, WINDOW - 1)
    assert not catch_up.due(1)
    catch_up.doubtful(1, WINDOW)
    assert catch_up.due(1)


def test_of_a_source_that_has_stopped_nothing_is_asked(catch_up):
    catch_up.begin(0)
    catch_up.end()
    assert not catch_up.due(10_000)


def test_what_is_old_does_not_take_back_a_request_that_was_not_sent_yet(catch_up):
    catch_up.begin(0)
    catch_up.arrived(0, 50, 50)
    assert catch_up.due(0)
