"""Every migration says what it is; one that expands takes nothing away from the release that still runs."""

import pytest

from services.portal.issuer import desk
from shared.config import SERVICES
from shared.steps import Phase, of_package, scripts
from tests.guard.expanding import breaking, sql_of

PACKAGES = [*(f"services.{service}.migrations" for service in SERVICES), desk.MIGRATIONS]
FOUNDED = {"registry": 17, "placements": 18, "social_work": 4, "reporting": 5, "portal": 1}
"""How many steps of each database are from before there was a release to be rolled out beside."""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_step_says_its_phase_and_none_is_founding_any_more(package):
    files = sorted(scripts.folder(package).glob("[0-9]*.py"))
    assert [path.name for path in files if '\nphase = "' not in path.read_text(encoding="utf-8")] == []
    steps = of_package(package)
    founded = FOUNDED[steps[0].revision.rpartition("_")[0]]
    assert [step.revision for step in steps[:founded] if step.phase is not Phase.FOUNDING] == []
    assert [step.revision for step in steps[founded:] if step.phase is Phase.FOUNDING] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_step_that_expands_takes_nothing_away(package):
    files = sorted(scripts.folder(package).glob("[0-9]*.py"))
    found = {
        step.revision: wrong
        for path, step in zip(files, of_package(package), strict=True)
        if step.phase is Phase.EXPAND
        and (wrong := breaking(sql_of(f"{package}.{path.stem}"), concurrently=step.concurrently))
    }
    assert found == {}


@pytest.mark.parametrize(
    "sql",
    [
        "create table stamp (id uuid primary key); create unique index stamp_id on stamp (id);"
        " alter table stamp alter column id set not null",
        "alter table parcel add column colour text, add weight numeric(5, 2) not null default 0",
        "alter table parcel alter column colour drop not null",
        "alter table parcel drop constraint state_check, add constraint state_check check (state in ('a', 'b', 'c'))",
        "create function f() returns void language plpgsql as $$ begin drop table parcel; end $$",
        "insert into parcel values ('drop table parcel; rename')  -- truncate",
        "alter table parcel add column twice integer not null generated always as (weight * 2) stored",
        "create view heavy as select * from parcel",
    ],
)
def test_what_adds_is_let_pass(sql):
    assert breaking(sql) == []


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("alter table parcel rename column colour to color", "renames"),
        ("alter index parcel_colour rename to parcel_color", "renames"),
        ("alter table parcel drop column colour", "drops"),
        ("drop table if exists parcel", "drops"),
        ("create table x (id int);\ndrop index parcel_weight", "drops"),
        ("alter table parcel drop constraint state_check", "drops"),
        ("alter table parcel add column a text, add column colour text not null", "adds a column that older writers"),
        ("alter table only parcel alter column weight type bigint", "changes the type"),
        ("alter table parcel alter weight set data type bigint", "changes the type"),
        ("alter table parcel alter column weight set not null", "makes a column not null"),
        ("alter table parcel alter column weight drop default", "drops what fills"),
        ("alter table parcel add constraint light check (weight < 5)", "adds a rule"),
        ("alter table parcel add unique (colour)", "adds a rule"),
        ("create unique index concurrently if not exists one on parcel (colour)", "adds a rule"),
        ("create index parcel_colour on parcel (colour)", "keeps writers waiting"),
        ("create trigger t before insert on parcel for each row execute function f()", "adds a rule"),
        ("alter table parcel enable row level security", "changes which rows"),
        ("truncate parcel", "deletes rows"),
        ("lock table parcel", "locks a table"),
    ],
)
def test_what_takes_away_or_stands_in_the_way_is_seen(sql, what):
    assert breaking(sql, concurrently="concurrently" in sql)[0].startswith(what)


def test_a_step_without_a_transaction_can_be_said_again_and_says_so():
    index = "create index concurrently if not exists parcel_colour on parcel (colour)"
    assert breaking(index, concurrently=True) == []
    assert breaking(index) == ["concurrently = True is missing"]
    again = ["a step without a transaction is one statement that can be said again: if not exists"]
    assert breaking(index.replace("if not exists ", ""), concurrently=True) == again
    assert breaking(f"{index}; {index}", concurrently=True) == again


def test_the_sql_of_a_step_is_written_down_without_a_database(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    step = 'from alembic import op\ndef upgrade():\n    op.execute("alter table parcel drop column colour")\n'
    (tmp_path / "a_step_of_the_guard.py").write_text(step, encoding="utf-8")
    assert breaking(sql_of("a_step_of_the_guard")) == ["drops: alter table parcel drop column colour"]
