"""A private RabbitMQ node for a test run: own ports, own folder, own port mapper; a vhost per test.

KINWARD_TEST_AMQP_URI is used instead, as given: with its management API (KINWARD_TEST_AMQP_API, else port 15672 of the
same host) each test still gets a vhost; without, all tests share the given one, which has to be empty at the start.
A NativeNode may be killed and started again on its folder and ports (tests/faults). Not here: installing (packages.py),
containers (container.py), what tests send.
"""

import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.errors import Unavailable
from shared.testing import container, packages
from shared.testing.management import Management, SharedVhost
from shared.testing.missing import ServerMissing
from shared.testing.scratch import scratch_folder

# Not /usr/sbin/rabbitmq-server, which changes to the system's rabbitmq account and its folders.
_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 512MiB
"""
Broker = Management | SharedVhost


def rabbitmq_node() -> AbstractContextManager[Broker]:
    """Run a private node, or use the given one; ServerMissing where none can be had."""
    given = os.environ.get("KINWARD_TEST_AMQP_URI")
    if given:
        return given_broker(given, os.environ.get("KINWARD_TEST_AMQP_API"))
    if not _SERVER.exists() and packages.can_install():
        packages.install("rabbitmq-server")
    if _SERVER.exists():
        return native_node()
    if (engine := container.engine()) is not None:
        return container.broker_container(engine)
    raise ServerMissing(
        "No RabbitMQ: apt-get install rabbitmq-server, run the tests as root on Debian, start a container engine, "
        "or set KINWARD_TEST_AMQP_URI."
    )


@contextmanager
def given_broker(uri: str, api: str | None) -> Iterator[Broker]:
    """A broker that somebody else runs; Unavailable if it does not answer: one that was named is not skipped."""
    address = urlsplit(uri)
    host, port = address.hostname or "127.0.0.1", address.port or 5672
    account = unquote(address.username or "guest"), unquote(address.password or "guest")
    try:
        socket.create_connection((host, port), timeout=10).close()
    except OSError as error:
        raise Unavailable(f"KINWARD_TEST_AMQP_URI: nothing answers at {host}:{port} ({error}).") from None
    management = Management(host, port, api or f"http://{host}:15672", *account)
    yield management if management.ready() else SharedVhost(uri)


def have_native() -> None:
    """Make sure that RabbitMQ's own programs are there; ServerMissing where they cannot be had."""
    if _SERVER.exists():
        return
    if not packages.can_install():
        raise ServerMissing("No RabbitMQ: apt-get install rabbitmq-server, or run the tests as root on Debian.")
    packages.install("rabbitmq-server")


class NativeNode:
    """The installed RabbitMQ run as ourselves, away from the system's own; what it keeps outlives its process."""

    def __init__(self, folder: Path, settings: str = "", erlang: str = "") -> None:
        """`settings` go behind the node's configuration, `erlang` behind the arguments of its virtual machine."""
        self._folder = folder
        self._ports = dict(zip(("amqp", "management", "distribution", "epmd"), _free_ports(4), strict=True))
        self._environment = _environment(folder, self._ports, settings, erlang)
        self._running = ExitStack()
        api = f"http://127.0.0.1:{self._ports['management']}"
        self.management = Management("127.0.0.1", self._ports["amqp"], api, "guest", "guest", folder)

    def start(self) -> None:
        """Start it, and return when it is ready."""
        epmd = ["epmd", "-port", str(self._ports["epmd"]), "-address", "127.0.0.1"]
        self._running.enter_context(_process("epmd", epmd, self._environment, self._folder))
        node = self._running.enter_context(_process("node", [str(_SERVER)], self._environment, self._folder))
        output = self._folder / "node.out"
        self.management.wait_ready(
            lambda: output.read_text(encoding="utf-8", errors="replace"), lambda: node.poll() is None
        )

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._running.close()


@contextmanager
def native_node() -> Iterator[Management]:
    """Run a node in a folder of its own."""
    with scratch_folder("rabbitmq") as folder:
        node = NativeNode(folder)
        try:
            node.start()
            yield node.management
        finally:
            node.kill()


def _environment(folder: Path, ports: Mapping[str, int], settings: str, erlang: str) -> dict[str, str]:
    """Write the node's files and say where they are."""
    (folder / "home").mkdir()
    cookie = folder / "home" / ".erlang.cookie"
    cookie.write_text(secrets.token_hex(16), encoding="ascii")
    cookie.chmod(0o400)
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="ascii")
    (folder / "rabbitmq.conf").write_text(_CONFIGURATION.format(**ports) + settings, encoding="ascii")
    quiet = "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder / "home"),
        "RABBITMQ_NODENAME": f"kinward{os.getpid()}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_NODE_PORT": str(ports["amqp"]),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{quiet} {erlang}",
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def _process(
    name: str, command: list[str], environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A child in its own process group, noted in the folder and killed as a whole: nothing in it is worth saving."""
    note = folder / f"{name}.group"
    with (folder / f"{name}.out").open("wb") as log:
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    note.write_text(str(child.pid), encoding="ascii")
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        note.unlink()
