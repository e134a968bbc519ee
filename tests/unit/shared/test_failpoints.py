"""Failpoints: silent unless a test arms them, exact in when they act, and seen to have acted."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from shared import config, failpoints
from shared.errors import ConfigurationError
from shared.failpoints import Act, Armed, FailpointHit, parse
from shared.stream import failures

ROOT = Path(__file__).parents[3]
REACHED = "from shared import failpoints\nfor _ in range(3): failpoints.hit('relay.marked')\nprint('through')"


def run(program=REACHED, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
    return subprocess.run(
        [sys.executable, "-c", program], env=kept | environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_what_is_not_armed_is_passed_by():
    assert run().stdout == "through\n"
    assert run(KINWARD_TESTING="1").stdout == "through\n"


def test_without_the_word_that_this_is_a_test_no_failpoint_acts():
    assert run(KINWARD_FAILPOINTS="relay.marked=exit").stdout == "through\n"


def test_a_process_ends_at_the_hit_that_was_named_and_the_log_says_so(tmp_path):
    log = tmp_path / "hits"
    armed = {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS_LOG": str(log)}
    ended = run(KINWARD_FAILPOINTS="relay.marked=exit@3", **armed)
    assert (ended.returncode, ended.stdout) == (failpoints.STATUS, "")
    assert log.read_text().split()[:3] == ["relay.marked", "exit", "3"]
    assert run(KINWARD_FAILPOINTS="relay.marked=exit@4", **armed).stdout == "through\n"
    assert len(log.read_text().splitlines()) == 1


def test_a_process_that_stops_itself_goes_on_when_told(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", REACHED],
        env=os.environ | {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": "relay.marked=stop@2"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(process.pid, signal.SIGCONT)
    assert process.communicate(timeout=20)[0] == b"through\n"


def test_each_place_is_counted_for_itself():
    armed = Armed(parse("relay.marked=raise@2,consumer.taken=transient@1+"))
    armed.hit("relay.marked")
    armed.hit("relay.published")
    with pytest.raises(FailpointHit):
        armed.hit("relay.marked")
    armed.hit("relay.marked")
    for _ in range(3):
        with pytest.raises(OperationalError):
            armed.hit("consumer.taken")


def test_a_transient_one_passes_by_itself_and_a_raised_one_does_not():
    armed = Armed(parse("relay.marked=raise,consumer.taken=transient"))
    with pytest.raises(OperationalError) as passing:
        armed.hit("consumer.taken")
    with pytest.raises(FailpointHit) as staying:
        armed.hit("relay.marked")
    assert (failures.passes(passing.value), failures.passes(staying.value)) == (True, False)


def test_the_words_are_read_as_written():
    assert parse("") == {}
    assert parse("relay.marked=exit") == {"relay.marked": Act("exit")}
    assert parse("log.appended=sleep:0.5@4,") == {"log.appended": Act("sleep", 4, False, 0.5)}
    assert parse("consumer.taken=exit@2+") == {"consumer.taken": Act("exit", 2, True)}


@pytest.mark.parametrize(
    "text",
    [
        "relay.marked",
        "relay.marked=explode",
        "nowhere=exit",
        "relay.marked=exit@0",
        "relay.marked=exit@often",
        "relay.marked=sleep",
        "relay.marked=sleep:long",
        "relay.marked=exit:2",
    ],
)
def test_words_that_mean_nothing_are_refused(text):
    with pytest.raises(ConfigurationError):
        parse(text)


def test_start_refuses_failpoints_where_nothing_is_tested(tmp_path):
    home = {"KINWARD_HOME": str(tmp_path), "KINWARD_FAILPOINTS": "relay.marked=exit"}
    with pytest.raises(ConfigurationError) as refused:
        config.load("kz", home)
    assert refused.value.field == "KINWARD_FAILPOINTS"
    assert config.load("kz", home | {"KINWARD_TESTING": "1"}).deployment == "kz"
    with pytest.raises(ConfigurationError):
        config.load("kz", home | {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": "nowhere=exit"})


def test_every_name_is_hit_somewhere_and_no_other_is():
    sources = [
        path.read_text(encoding="utf-8") for room in ("shared", "services") for path in (ROOT / room).rglob("*.py")
    ]
    hit = {name for source in sources for name in re.findall(r'failpoints[.]hit[(]"([a-z._]+)"[)]', source)}
    assert hit == set(failpoints.NAMES)
