"""RabbitMQ in a container, where it cannot be installed but an engine answers. Not here: the native node."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from shared.testing.afterwards import afterwards
from shared.testing.management import Management
from shared.testing.missing import ServerMissing

IMAGE = "rabbitmq:3-management"
_ENGINES = ("docker", "podman")


def engine() -> str | None:
    """The program of a container engine that answers, or None."""
    for name in _ENGINES:
        program = shutil.which(name)
        if program is not None and _call(program, "info", patience=20)[0] == 0:
            return program
    return None


@contextmanager
def broker_container(program: str) -> Iterator[Management]:
    """Run a broker on loopback ports of the engine's choice; ServerMissing with the engine's words if it cannot."""
    name, password = f"kinward-test-{os.getpid()}-{secrets.token_hex(4)}", secrets.token_hex(16)
    published = ["--publish", "127.0.0.1::5672", "--publish", "127.0.0.1::15672"]
    account = ["--env", "RABBITMQ_DEFAULT_USER=kinward", "--env", f"RABBITMQ_DEFAULT_PASS={password}"]
    with afterwards('"$1" rm --force --volumes "$2"', program, name):
        status, words = _call(program, "run", "--detach", "--name", name, *published, *account, IMAGE, patience=900)
        if status != 0:
            raise ServerMissing(f"{IMAGE} does not run in {program}: {words[-600:]}")
        amqp, api = _port(program, name, 5672), _port(program, name, 15672)
        management = Management("127.0.0.1", amqp, f"http://127.0.0.1:{api}", "kinward", password)
        management.wait_ready(lambda: _call(program, "logs", "--tail", "20", name, patience=20)[1])
        yield management


def _port(program: str, name: str, inside: int) -> int:
    """The loopback port that the engine chose for the container's."""
    _, words = _call(program, "port", name, f"{inside}/tcp", patience=20)
    return int(words.split()[0].rpartition(":")[2])


def _call(program: str, *arguments: str, patience: float) -> tuple[int, str]:
    try:
        done = subprocess.run(
            [program, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return 1, f"{program} {arguments[0]} gave no answer in {patience:.0f} seconds"
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()
