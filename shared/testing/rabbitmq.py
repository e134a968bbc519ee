"""A private RabbitMQ node for a test run: own ports, own folder, own port mapper; a vhost per test.

Not here: installing (packages.py), containers (container.py), what tests send.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from shared.testing import packages
from shared.testing.management import Management
from shared.testing.missing import ServerMissing
from shared.testing.scratch import scratch_folder

# Not /usr/sbin/rabbitmq-server, which changes to the system's rabbitmq account and its folders.
_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_PATIENCE = 120.0  # seconds; 10 to 15 are usual
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 512MiB
"""


@contextmanager
def rabbitmq_node() -> Iterator[Management]:
    """Run a private node; ServerMissing where none can be had."""
    if not _SERVER.exists():
        if not packages.can_install():
            raise ServerMissing("no rabbitmq-server")
        packages.install("rabbitmq-server")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder("rabbitmq"))
        ports = dict(zip(("amqp", "management", "distribution", "epmd"), _free_ports(4), strict=True))
        environment = _environment(folder, ports)
        epmd = ["epmd", "-port", str(ports["epmd"]), "-address", "127.0.0.1"]
        stack.enter_context(_process(epmd, environment, folder / "epmd.out"))
        node = stack.enter_context(_process([str(_SERVER)], environment, folder / "node.out"))
        stack.callback(_end_node, folder / "pid")
        management = Management("127.0.0.1", ports["amqp"], f"http://127.0.0.1:{ports['management']}", "guest", "guest")
        _wait(management, node, folder / "node.out")
        yield management


def _environment(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    """Write the node's files and say where they are."""
    (folder / "home").mkdir()
    cookie = folder / "home" / ".erlang.cookie"
    cookie.write_text(secrets.token_hex(16), encoding="ascii")
    cookie.chmod(0o400)
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="ascii")
    (folder / "rabbitmq.conf").write_text(_CONFIGURATION.format(**ports), encoding="ascii")
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
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": quiet,
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
def _process(command: list[str], environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child in its own session, which is ended as a whole; it also ends when we are killed."""
    if (setpriv := shutil.which("setpriv")) is not None:
        command = [setpriv, "--pdeathsig", "TERM", "--", *command]
    with output.open("wb") as log:
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _end_node(pid_file: Path) -> None:
    """End Erlang's own process by the id it wrote: nothing in the node is worth an orderly stop."""
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        os.kill(int(pid_file.read_text(encoding="ascii")), signal.SIGKILL)


def _wait(management: Management, node: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not management.ready():
        if node.poll() is not None or time.monotonic() > deadline:
            tail = output.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise ServerMissing(f"The private RabbitMQ node did not start: {tail}")
        time.sleep(0.1)
