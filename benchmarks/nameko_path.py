"""The peer's way of an event, timed: from the first dispatch of stock nameko to the last row its handlers committed.

Not here: the services that do it (nameko_service), Kinward's way (kinward_path).
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from nameko.standalone.rpc import ClusterRpcProxy

from benchmarks.servers import Servers
from tests.e2e.running import PROJECT


class Peer:
    """Teller and listener, running."""

    def __init__(self, amqp_uri: str, listener: "subprocess.Popen[str]") -> None:
        self._config = {"AMQP_URI": amqp_uri}
        self._listener = listener

    def bulk(self, count: int) -> float:
        """Events a second, of `count` events of the same types that Kinward gets."""
        with ClusterRpcProxy(self._config) as cluster:
            cluster.teller.prepare(count)
            cluster.listener.expect(count)
            started = time.perf_counter()
            telling = threading.Thread(target=cluster.teller.tell)
            telling.start()
            _await_word(self._listener, "handled")
            taken = time.perf_counter() - started
            telling.join()
        return count / taken


@contextmanager
def running_peer(servers: Servers) -> Iterator[Peer]:
    """Both processes on these servers, in a vhost and a database of their own."""
    uri, database = servers.rabbitmq.new_vhost(), servers.postgresql.new_database()
    with ExitStack() as stack:
        teller, listener = (stack.enter_context(_process(role, uri, database)) for role in ("teller", "listener"))
        for process in (teller, listener):
            _await_word(process, "ready")
        yield Peer(uri, listener)


@contextmanager
def _process(role: str, uri: str, database: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.nameko_service", role, uri, database]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_word(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise SystemExit(f"the peer ended before it said {word}")
