"""A ministry's register into a running deployment: bad lines, interruptions, repetitions, next month's file."""

import csv
import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from services.cli import register_file
from tests.e2e import recomputed, registers, running
from tests.e2e.running import until

LINES = registers.kazakhstan_of(guardianship=560, foster=80, residential=400)
FIRST_OF_PLANTED = 40
EVERY = 80

SMALL = ("tests.e2e.small_batches",)
IMPORT = ("import", "register")
OWN_TABLES = {
    "registry": ("child", "identifier"),
    "placements": ("whereabouts", "placement", "placement_key", "provider", "breach"),
    "social_work": ("child", "case_file", "centre", "worker"),
}


@pytest.fixture(scope="module")
def home():
    """A folder for the deployments."""
    with running.home() as folder:
        yield folder


@pytest.fixture(scope="module")
def planted():
    """Bad lines by their number in the file, spread over its batches, and the rule that each must meet."""
    line = next(each for each in LINES if not registers.cell(each, "to"))
    wrong = registers.refused(line) | _in_two_places()
    places = range(FIRST_OF_PLANTED, FIRST_OF_PLANTED + EVERY * len(wrong), EVERY)
    return dict(zip(places, wrong.items(), strict=True))


def _in_two_places():
    """A line that only placements can refuse: in the days of its first stay, a child was also elsewhere."""
    stay = next(each for each in LINES if registers.cell(each, "to"))
    return {"one-place-a-child": registers.encoded([registers.changed(stay, provider_key="X-2")])[0]}


@pytest.fixture(scope="module")
def register(home, planted):
    """The register with its bad lines: three batches, as small_batches reads it."""
    return registers.write(home / "register.csv", LINES, {number: line for number, (_, line) in planted.items()})


@pytest.fixture(scope="module")
def kz(home, register):
    """A deployment into which the register was imported without interruption."""
    (home / "clean").mkdir(mode=0o711)
    with running.deployment(home / "clean", "kz", EMBEDDED="1") as made:
        made.serve("all")
        made.kinward(*IMPORT, str(register), status=3, module=SMALL)
        made.settle()
        yield made


@pytest.fixture(scope="module")
def interrupted(home):
    """A deployment of its own, served and empty."""
    (home / "interrupted").mkdir(mode=0o711)
    with running.deployment(home / "interrupted", "kz", EMBEDDED="1") as made:
        made.serve("all")
        yield made


def counted(of):
    """Rows of every table that a service keeps for itself."""
    return {
        f"{service}.{table}": of.value(service, f"select count(*) from {table}")
        for service, tables in OWN_TABLES.items()
        for table in tables
    }


def told(of):
    """How many events of each type every service has told."""
    query = "select type, count(*) from event_log group by type"
    return {service: dict(of.rows(service, query)) for service in OWN_TABLES}


def report_of(register):
    """The error report beside a register: rules by line."""
    with register.with_name(f"{register.name}.errors.csv").open(encoding="utf-8", newline="") as stream:
        return {int(row["line"]): row["rule"] for row in csv.DictReader(stream)}


def recorded(of, register="main"):
    """The lines that placements has recorded."""
    query = 'select child_key, care_form, provider_key, "from"::text from placement_key where register = :register'
    return of.rows("placements", query, register=register)


def mark_of(of):
    """How far an import has come, by its own mark."""
    return of.value("registry", "select lines_done from import_mark") or 0


def stays(of, register):
    """Last days by child of what a register told."""
    query = (
        'select child_key, "to"::text from placement_key join placement on placement = id where register = :register'
    )
    return dict(of.rows("placements", query, register=register))


def test_every_line_is_either_in_or_in_the_error_report(kz, register, planted):
    assert report_of(register) == {number: rule for number, (rule, _) in planted.items()}
    assert Counter(recorded(kz)) == Counter(registers.key(line) for line in LINES)


def test_what_is_imported_reaches_every_read_table(kz):
    assert recomputed.differences(kz) == {}
    children = {registers.cell(line, "child_key") for line in LINES}
    assert kz.value("reporting", "select count(*) from child") == len(children) == 1040
    assert kz.value("reporting", "select count(*) from episode where started") == len(LINES)


def test_an_import_killed_twice_resumes_and_nothing_is_doubled(kz, interrupted, register, planted):
    _kill_between_two_services(interrupted, register)
    assert mark_of(interrupted) == 0
    assert interrupted.value("registry", "select count(*) from child") > 0
    assert interrupted.value("social_work", "select count(*) from case_file") == 0

    _kill_after_a_batch(interrupted, register)
    assert 0 < mark_of(interrupted) < len(LINES)

    shown = interrupted.kinward(*IMPORT, str(register), status=3, module=SMALL)
    assert "Resumed after line" in shown
    interrupted.settle()
    assert counted(interrupted) == counted(kz)
    assert told(interrupted) == told(kz)
    assert report_of(register).keys() == planted.keys()
    assert recomputed.differences(interrupted) == {}


def _kill_between_two_services(of, register):
    """Kill it while social_work's turn of the first batch waits; the two turns before it are committed."""
    engine = create_engine(of.database("social_work"), poolclass=NullPool)
    with engine.begin() as blocking:
        blocking.execute(text("lock table case_file in access exclusive mode"))
        importing = of.begin(*IMPORT, str(register), module=SMALL)
        waiting = """
            select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        """
        until(lambda: of.value("social_work", waiting), "the import waits for social_work's table")
        os.kill(importing.pid, signal.SIGKILL)
        importing.wait()


def _kill_after_a_batch(of, register):
    """Kill it while the mark of the second batch waits for a refused line of it: that of the first is committed."""
    line = FIRST_OF_PLANTED + 7 * EVERY
    engine = create_engine(of.database("registry"), poolclass=NullPool)
    with engine.connect() as blocking:
        refusal = "insert into import_refusal (file_sha256, register, line) values (:digest, 'main', :line)"
        blocking.execute(text(refusal), {"digest": register_file.file_sha256(register), "line": line})
        importing = of.begin(*IMPORT, str(register), module=SMALL)
        waiting = """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query ilike '%into import_refusal%'
        """
        until(lambda: of.value("registry", waiting), "the import waits for the line that was refused")
        os.kill(importing.pid, signal.SIGKILL)
        importing.wait()
        blocking.rollback()


@pytest.mark.parametrize("again", [(), ("--again",)], ids=["by its mark", "from the first line"])
def test_the_same_file_again_changes_nothing(kz, register, planted, again):
    before = counted(kz), told(kz)
    kz.kinward(*IMPORT, str(register), *again, status=3, module=SMALL)
    assert (counted(kz), told(kz)) == before
    assert report_of(register).keys() == planted.keys()


def test_the_next_months_file_ends_exactly_the_stays_that_have_ended(kz, home):
    family, boarding = registers.kazakhstan_of(20, 10, 0), registers.kazakhstan_of(0, 0, 20)
    month = [line for line in family + boarding if not registers.cell(line, "to")]
    month = [registers.changed(line, child_key=f"M-{number}") for number, line in enumerate(month)]
    ended = {3, 11, 29, 40}
    next_month = [
        registers.changed(line, to="2012-02-01", exit_destination="REUNIFICATION") if number in ended else line
        for number, line in enumerate(month)
    ]
    for number, lines in enumerate((month, next_month)):
        file = registers.write(home / f"month-{number}.csv", lines)
        kz.kinward("import", "register", str(file), "--register", "monthly", "--new-register")
    assert stays(kz, "monthly") == {
        f"M-{number}": "2012-02-01" if number in ended else None for number in range(len(month))
    }
    kz.settle()
    assert recomputed.differences(kz) == {}


def test_everything_held_on_a_child_is_fetched_from_all_services_as_json_and_pdf(kz, printing, tmp_path):
    child = kz.value("placements", "select child from placement order by id limit 1")
    (tmp_path / "token").write_text(kz.token("data_protection_officer"))
    wanted = ["--ground", "SUBJECT_REQUEST", "--token-file", str(tmp_path / "token"), "--url", kz.address, "--pdf"]
    paths = kz.kinward("export", "child", str(child), "--out", str(tmp_path / "file"), *wanted).split()
    document, printed = map(Path, paths)
    assert {path.stat().st_mode & 0o777 for path in (document, printed)} == {0o600}
    held = json.loads(document.read_text(encoding="utf-8"))
    assert held["registry"]["records"]["child"][0]["identity"]["names"]
    assert held["placements"]["records"]["placement"]
    assert held["social_work"]["records"]["case_file"]
    assert printed.read_bytes().startswith(b"%PDF-")
    reference = held["registry"]["reference"]
    assert document.name == f"{reference}.json"
    kz.kinward("export", "child", reference[:-1] + "?", "--out", str(tmp_path / "file"), *wanted, status=1)
    (tmp_path / "token").write_text(kz.token("analyst"))
    kz.kinward("export", "child", str(child), "--out", str(tmp_path / "file"), *wanted, status=1)
