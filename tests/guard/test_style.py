"""How the code reads (STYLE): each rule a function over one file's text, tried on a bad sample too."""

import ast
import re
from pathlib import Path

import pytest

from tests.guard.project import code, python_files, text, tree

LONGEST = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "constants", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|HACK)\b|NotImplementedError")
CLOCKS = {"now", "utcnow", "today"}
SERVERS_DAY = re.compile(r"\bdate\.today\(\)|\bnow\((?:UTC)?\)\.date\(\)|\bNOW\.date\(\)")
ON_A_PACK = ("tests/integration/", "tests/authorisation/")

# Where a fault of any kind may be caught, and why.
CATCHES_ALL = {
    "shared/stream/consumer.py": "the edge: whatever an event does, the service lives on",
    "shared/stream/batch.py": "a handler may refuse with anything: its event is parked, the rest flows",
    "shared/stream/steering.py": "a handler may refuse with anything: its event stays parked, and the reason is told",
    "services/reporting/rebuilding.py": "the edge: a bug ends the rebuild, not the service",
    "shared/timers/timers.py": "the edge: what one timed handler does, the others and the service go on",
    "services/cli/doctor/examining.py": "the edge: a check that breaks says so, and the others answer",
    "shared/health.py": "the edge: whatever a check raises means not ready",
}
# Where nameko and eventlet may be named (ARCHITECTURE 2, 4).
HOSTS = {
    "services/__main__.py",
    "services/cli/serving.py",
    "shared/event_log/provider.py",
    "shared/stream/provider.py",
    "shared/timers/provider.py",
    "shared/http/provider.py",
}
# Where the time may be asked for, and ids made.
TIME = {"shared/clock.py"}
IDS = {"shared/ids.py"}


def too_long(source):
    return len(source.splitlines()) > LONGEST


def without_docstring(module):
    return bool(module.body) and not ast.get_docstring(module)


def catches_all(module):
    """Lines that catch every fault: bare, Exception, or BaseException that is not raised again."""
    for node in ast.walk(module):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {each.id if isinstance(each, ast.Name) else None for each in caught}
        raised_again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if node.type is None or "Exception" in names or ("BaseException" in names and not raised_again):
            yield node.lineno


def imported(module):
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def asks_the_time(module):
    """Lines that ask a clock: datetime.now(), date.today(), time.time()."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if (name in {"datetime", "date"} and node.func.attr in CLOCKS) or (name, node.func.attr) == (
                "time",
                "time",
            ):
                yield node.lineno


def makes_ids(module):
    """Lines that make a uuid."""
    for node in ast.walk(module):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if re.fullmatch(r"uuid[1-8]", name):
            yield node.lineno


def prints(module):
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}:
            yield node.lineno


def broken(files, check, allowed=()):
    """The files, with lines, where `check` finds something, but for those allowed."""
    found = []
    for path in files:
        if path.as_posix() not in allowed:
            found += [f"{path}:{line}" for line in check(tree(path))]
    return found


def test_no_file_is_longer_than_400_lines():
    assert [str(path) for path in python_files() if too_long(text(path))] == []
    assert too_long("x = 1\n" * (LONGEST + 1))
    assert not too_long("x = 1\n" * LONGEST)


def test_every_module_says_what_belongs_in_it():
    assert [str(path) for path in code() if without_docstring(tree(path))] == []
    assert without_docstring(ast.parse("x = 1"))


def test_no_file_is_named_after_nothing():
    assert [str(path) for path in python_files() if path.stem in NAMELESS] == []
    assert Path("shared/utils.py").stem in NAMELESS


def test_faults_of_every_kind_are_caught_at_the_edges_alone_each_with_a_reason():
    assert broken(code(), catches_all, CATCHES_ALL) == []
    assert all(CATCHES_ALL.values())


@pytest.mark.parametrize(
    "caught", ["except:", "except Exception:", "except (ValueError, Exception):", "except BaseException:"]
)
def test_the_guard_sees_a_catch_of_everything(caught):
    assert list(catches_all(ast.parse(f"try:\n    x\n{caught}\n    pass"))) == [3]


def test_the_guard_lets_a_clean_up_pass_that_raises_again():
    assert list(catches_all(ast.parse("try:\n    x\nexcept BaseException:\n    undo()\n    raise"))) == []


def test_nothing_promised_is_left_unfinished():
    files = [path for path in python_files() if path.name != Path(__file__).name]
    assert [str(path) for path in files if UNFINISHED.search(text(path))] == []
    assert all(UNFINISHED.search(sample) for sample in ("# TODO later", "raise NotImplementedError", "# FIXME"))


def test_nameko_and_eventlet_are_named_where_services_are_hosted_alone():
    named = [
        path.as_posix()
        for path in code()
        if {"nameko", "eventlet"} & set(imported(tree(path)))
        and path.as_posix() not in HOSTS
        and not re.fullmatch(r"services/[a-z_]+/service\.py", path.as_posix())
    ]
    assert named == []
    assert set(imported(ast.parse("def f():\n    from eventlet.green import os"))) == {"eventlet"}


def test_the_time_is_asked_for_in_one_place():
    assert broken(code(), asks_the_time, TIME) == []
    sample = "datetime.now(UTC)\nd.datetime.utcnow()\ndate.today()\ntime.time()\nclock.now()\nself.today()"
    assert list(asks_the_time(ast.parse(sample))) == [1, 2, 3, 4]


def test_a_test_of_a_service_lives_on_its_packs_day():
    """Not on the server's, which is another one for some hours of every day: `deployed.today()`."""
    on_a_pack = [path for path in python_files() if str(path).startswith(ON_A_PACK)]
    named = [path for path in on_a_pack if SERVERS_DAY.search(text(path))]
    assert named == []
    assert SERVERS_DAY.search("TODAY = clock.now().date()") and SERVERS_DAY.search("datetime.now(UTC).date()")


def test_ids_are_made_in_one_place():
    assert broken(code(), makes_ids, IDS) == []
    assert list(makes_ids(ast.parse("uuid4()\nuuid.uuid7()\nUUID(text)"))) == [1, 2]


def test_only_the_command_line_prints():
    assert broken((path for path in code() if path.parts[:2] != ("services", "cli")), prints) == []
    assert list(prints(ast.parse("print(1)"))) == [1]


def test_what_is_allowed_is_still_needed():
    for allowed, check in ((CATCHES_ALL, catches_all), (TIME, asks_the_time), (IDS, makes_ids)):
        unused = [path for path in allowed if not list(check(tree(Path(path))))]
        assert unused == []
    assert [path for path in HOSTS if not {"nameko", "eventlet"} & set(imported(tree(Path(path))))] == []
