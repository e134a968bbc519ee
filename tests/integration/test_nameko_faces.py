"""EventLog and Stream inside nameko, in a process of their own, since monkey-patching is for a whole process."""

import subprocess
import sys
from pathlib import Path

import pytest

PROCESS = Path(__file__).with_name("faces_process.py")
BUSY = Path(__file__).with_name("busy_process.py")


@pytest.mark.parametrize("broker", ["in process", "rabbitmq"])
def test_events_flow_from_one_nameko_service_to_another_and_both_stop(broker, new_database, request):
    uri = request.getfixturevalue("amqp_uri") if broker == "rabbitmq" else ""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", PROCESS, new_database(), new_database(), uri],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=PROCESS.parents[2],
        env={"PYTHONPATH": "."},
        check=False,
    )
    assert ran.stdout == "seen 20\n", ran.stderr
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert "not greened" not in ran.stderr


def test_a_backlog_leaves_their_turn_to_requests():
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", BUSY],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=BUSY.parents[2],
        env={"PYTHONPATH": "."},
        check=False,
    )
    assert ran.stdout == "True True\n", ran.stderr
